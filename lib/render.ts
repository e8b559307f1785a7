import type { RenderSpec } from './api';
import type { HelmChart } from './helm-chart';
import { invalidProp } from './invalid-prop';
import { folderProblem } from './network/git-ref';
import { labelProblem } from './network/name';

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
  static helm(chart: HelmChart | string): Render {
    if (typeof chart !== 'string') {
      return new Render({
        helm: { chart: { repoURL: chart.repositoryURL, name: chart.name, version: chart.version } },
      });
    }
    const problem = chart === '' ? 'is empty' : folderProblem(chart);
    if (problem !== undefined) throw invalidProp('chart', chart, problem, "write a folder such as 'chart'");
    return new Render({ helm: { path: chart } });
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
