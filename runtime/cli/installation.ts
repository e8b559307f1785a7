/** `k8sta manifests`: the runtime in a cluster, for those who install without a construct of their own. */

/* eslint-disable @typescript-eslint/no-require-imports --
   The construct needs cdk8s and cdk8s-plus, which a runtime is deployed without; whoever asks is told what is missing. */

import type * as CDK8s from 'cdk8s';
import { TerminalError } from '../errors';
import type * as Install from '../../lib/install';
import { codeOf } from './errors';
import { EXIT, type ExitCode, type Terminal } from './terminal';
import type { Commands, Mirrors, PullSecrets } from './values';

export interface InstallationOptions {
  readonly image: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly definitions: boolean;
  readonly watchNamespace?: readonly string[];
  readonly argocdNamespace?: readonly string[];
  readonly credential?: readonly string[];
  readonly webhooks?: boolean;
  readonly monitoring?: boolean;
  readonly dashboard?: boolean;
  readonly pullSecret?: PullSecrets;
  readonly registryMirror?: Mirrors;
  readonly registryNetwork?: readonly string[];
  readonly renderCommand?: Commands;
  readonly logLevel?: Install.LogLevel;
}

/** @throws TerminalError when cdk8s or cdk8s-plus is not installed; Error that names the option, the value and the fix */
export async function printInstallation(terminal: Terminal, options: InstallationOptions): Promise<ExitCode> {
  const { App, Chart } = optional<typeof CDK8s>('cdk8s', () => require('cdk8s') as typeof CDK8s);
  const { TransitAuthority } = optional('cdk8s-plus-33', () => require('../../lib/install') as typeof Install);
  const app = new App();
  new TransitAuthority(new Chart(app, 'k8sta'), 'authority', propsOf(options));
  terminal.out.write(app.synthYaml());
  return EXIT.done;
}

/** Commander leaves out what was not said; the construct has the defaults. */
function propsOf(options: InstallationOptions): Install.TransitAuthorityProps {
  const { image, namespace, name, definitions, pullSecret, logLevel } = options;
  const {
    watchNamespace,
    argocdNamespace,
    credential,
    registryMirror,
    registryNetwork,
    renderCommand,
    webhooks,
    dashboard,
  } = options;
  return {
    image,
    definitions,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(watchNamespace === undefined ? {} : { namespaces: watchNamespace }),
    ...(argocdNamespace === undefined ? {} : { argocdNamespaces: argocdNamespace }),
    ...(credential === undefined ? {} : { credentials: credential }),
    ...(webhooks === undefined ? {} : { webhooks }),
    ...(options.monitoring === true ? { monitoring: {} } : {}),
    ...(dashboard === undefined ? {} : { dashboard }),
    ...(pullSecret === undefined ? {} : { pullSecrets: pullSecret }),
    ...(registryMirror === undefined ? {} : { registryMirrors: Object.fromEntries(registryMirror) }),
    ...(registryNetwork === undefined ? {} : { registryNetworks: registryNetwork }),
    ...(renderCommand === undefined ? {} : { renderCommands: Object.fromEntries(renderCommand) }),
    ...(logLevel === undefined ? {} : { logLevel }),
  };
}

function optional<T>(name: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (codeOf(error) !== 'MODULE_NOT_FOUND') throw error;
    throw new TerminalError(
      `k8sta manifests needs ${name}, which is not installed beside k8sta: npm install cdk8s cdk8s-plus-33 constructs`,
    );
  }
}
