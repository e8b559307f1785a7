import type { RenderSpec } from './api';
import type { HelmChart } from './helm-chart';
import { API_VERSION_PATTERN, KUBERNETES_VERSION_PATTERN } from './api/schema';
import { invalidProp } from './invalid-prop';
import { folderProblem } from './network/git-ref';
import { labelProblem } from './network/name';

/** What charts are told of the cluster. */
export interface HelmOptions {
  /**
   * Version of Kubernetes, such as `1.34`.
   *
   * @default - the one that helm was made for
   */
  readonly kubeVersion?: string;
  /**
   * API versions of the cluster beside those that helm knows, such as `monitoring.coreos.com/v1`.
   *
   * @default []
   */
  readonly apiVersions?: readonly string[];
}

/** How a source becomes manifests (rule L7). Without one, it is found by convention. */
export class Render {
  /** kustomize, as shipped with the runtime: the overlay folder is the kustomization. */
  static kustomize(): Render {
    return new Render({ kustomize: {} });
  }

  /**
   * Helm with `base/values.yaml`, then `<overlay>/values.yaml`. The release is named like the Application.
   *
   * @param chart a published chart, or the folder of a chart in the repository
   */
  static helm(chart: HelmChart | string, options: HelmOptions = {}): Render {
    const told = toldOf(options);
    if (typeof chart !== 'string') {
      const { repositoryURL: repoURL, name, version } = chart;
      return new Render({ helm: { chart: { repoURL, name, version }, ...told } });
    }
    const problem = chart === '' ? 'is empty' : folderProblem(chart);
    if (problem !== undefined) throw invalidProp('chart', chart, problem, "write a folder such as 'chart'");
    return new Render({ helm: { path: chart, ...told } });
  }

  /** ytt over `base/` and the overlay folder. */
  static ytt(): Render {
    return new Render({ ytt: {} });
  }

  /** The overlay folder holds plain YAML or JSON. */
  static yaml(): Render {
    return new Render({ yaml: {} });
  }

  /** A command that the operator of the runtime declared under this name. */
  static command(name: string): Render {
    const problem = labelProblem(name);
    if (problem !== undefined) throw invalidProp('command', name, problem, 'name a command that the operator declared');
    return new Render({ command: { name } });
  }

  private constructor(
    /** As the Station's resource says it. */
    readonly spec: RenderSpec,
  ) {}
}

const KUBERNETES_VERSION = new RegExp(KUBERNETES_VERSION_PATTERN);
const API_VERSION = new RegExp(API_VERSION_PATTERN);

function toldOf({ kubeVersion, apiVersions }: HelmOptions): { kubeVersion?: string; apiVersions?: string[] } {
  if (kubeVersion !== undefined && !KUBERNETES_VERSION.test(kubeVersion)) {
    throw invalidProp('kubeVersion', kubeVersion, 'is no version of Kubernetes', "write one such as '1.34'");
  }
  const wrong = apiVersions?.find((version) => !API_VERSION.test(version));
  if (wrong !== undefined) {
    throw invalidProp('apiVersions', wrong, 'is no API version', "write 'group/version' or 'group/version/Kind'");
  }
  return {
    ...(kubeVersion !== undefined && { kubeVersion }),
    ...(apiVersions !== undefined && { apiVersions: [...apiVersions] }),
  };
}
