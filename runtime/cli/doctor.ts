/** `k8sta doctor`: what is missing on this machine or in this cluster, and how to get it. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GROUP, KINDS } from '../../lib/api';
import { messageOf } from '../errors';
import { LEASES, type ConnectedCluster, type Resource } from '../kube';
import { installedShim } from '../render';
import { openCluster, type ClusterChoice } from './cluster';
import { nodeProblem } from './node-version';
import { paletteFor } from './palette';
import { requireKinds } from './preconditions';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';
import { oneLine } from './view/text';

export interface DoctorOptions extends ClusterChoice {
  /** Namespace of the runtime. */
  readonly runtimeNamespace: string;
  /** Look at this machine only. */
  readonly cluster: boolean;
}

/** What was found of one thing. */
type Finding =
  | { readonly state: 'Good'; readonly words: string }
  /** Something cannot be done without it. */
  | { readonly state: 'Missing'; readonly words: string; readonly fix: string }
  /** Something goes better with it, or cannot be seen. */
  | { readonly state: 'Note'; readonly words: string; readonly fix?: string };

interface Check {
  readonly name: string;
  readonly look: () => Promise<Finding>;
}

/** @returns 1 where something is missing without which the rest cannot work */
export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<ExitCode> {
  const checks = [...machineChecks(terminal), ...(options.cluster ? clusterChecks(terminal, options) : [])];
  const findings = await Promise.all(
    checks.map(async ({ name, look }) => ({ name, finding: await look().catch((error: unknown) => unseen(error)) })),
  );
  const palette = paletteFor(terminal);
  const width = Math.max(...checks.map(({ name }) => name.length));
  const signs = { Good: palette.good('✓'), Missing: palette.bad('✕'), Note: palette.busy('·') };
  for (const { name, finding } of findings) {
    print(terminal.out, `${signs[finding.state]} ${name.padEnd(width)}  ${oneLine(finding.words)}`);
    if ('fix' in finding && finding.fix !== undefined) print(terminal.out, `  ${' '.repeat(width)}  ${finding.fix}`);
  }
  const missing = findings.filter(({ finding }) => finding.state === 'Missing').length;
  print(terminal.err, missing === 0 ? 'nothing is missing' : `${missing} missing`);
  return missing === 0 ? EXIT.done : EXIT.failed;
}

const good = (words: string): Finding => ({ state: 'Good', words });
const unseen = (error: unknown): Finding => ({ state: 'Note', words: `cannot be seen: ${messageOf(error)}` });

function machineChecks({ env, stop }: Terminal): Check[] {
  /** The first line that a program says of its version; nothing where there is no such program. */
  const versionOf = async (program: string, ...args: string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await promisify(execFile)(program, args, { env, signal: stop, timeout: 10_000 });
      return stdout.trim().split('\n')[0] ?? '';
    } catch {
      return undefined;
    }
  };
  const optional = (name: string, what: string, fix: string, ...args: string[]): Check => ({
    name,
    look: async () => {
      const version = await versionOf(name, ...args);
      return version === undefined ? { state: 'Note', words: `not on the PATH: ${what}`, fix } : good(version);
    },
  });
  return [
    {
      name: 'node',
      look: () => {
        const problem = nodeProblem(process.versions.node, ['run']);
        const fix = 'install Node 22.19 or newer';
        return Promise.resolve(
          problem === undefined ? good(process.versions.node) : { state: 'Missing', words: problem, fix },
        );
      },
    },
    {
      name: 'git',
      look: async () => {
        const version = await versionOf('git', '--version');
        const words = 'not on the PATH: the runtime, the demo and k8sta diff read and write repositories with it';
        return version === undefined ? { state: 'Missing', words, fix: 'install Git' } : good(version);
      },
    },
    {
      name: 'kustomize',
      look: () => {
        const shim = installedShim();
        const words = 'embedded, as WebAssembly: slower than the native one of the container image';
        return Promise.resolve(shim === undefined ? { state: 'Note', words } : good(`embedded, native: ${shim}`));
      },
    },
    optional('helm', 'only stations that render Helm charts need it', 'install Helm', 'version', '--short'),
    optional('ytt', 'only stations that render with ytt need it', 'install ytt', '--version'),
  ];
}

const POLICIES: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
  namespaced: false,
};

function clusterChecks(terminal: Terminal, options: DoctorOptions): Check[] {
  const asked = { signal: terminal.stop };
  let cluster: ConnectedCluster;
  try {
    cluster = openCluster(options);
  } catch (error) {
    const finding: Finding = {
      state: 'Missing',
      words: messageOf(error),
      fix: 'or look at this machine only: k8sta doctor --no-cluster',
    };
    return [{ name: 'cluster', look: () => Promise.resolve(finding) }];
  }
  const { server, context, namespace } = cluster;
  const place = `${server}, context ${context}, namespace ${namespace}`;
  return [
    {
      name: 'cluster',
      look: () =>
        cluster.version(asked).then(
          (version) => good(`${version} at ${place}`),
          (error: unknown) => ({ state: 'Missing', words: messageOf(error), fix: 'choose another with --context' }),
        ),
    },
    { name: 'you', look: async () => good(await cluster.whoami(asked)) },
    {
      name: 'definitions',
      look: () =>
        requireKinds(cluster, { namespaces: [namespace] }).then(
          () => good('Tracks, Stations and Tickets of this version, and Argo CD’s Applications'),
          (error: unknown) => ({
            state: 'Missing',
            words: messageOf(error),
            fix: 'see k8sta crds, and install Argo CD',
          }),
        ),
    },
    { name: 'policies', look: () => policies(cluster, asked) },
    { name: 'runtime', look: () => runtime(cluster, options, asked) },
  ];
}

type Asked = { readonly signal: AbortSignal };

/** Whether the cluster judges what people say, beyond the rights to write at all. */
async function policies(cluster: ConnectedCluster, asked: Asked): Promise<Finding> {
  const names = Object.values(KINDS).map(({ plural }) => `${plural}.${GROUP}`);
  const found = await Promise.all(names.map((name) => cluster.objects(POLICIES).get({ name }, asked)));
  const missing = names.filter((_name, index) => found[index] === undefined);
  if (missing.length === 0) return good('who may approve, hold and roll back is judged for every way in');
  const words = `no admission policy ${missing.join(', ')}: whoever may write tickets may approve and hold as well`;
  return { state: 'Note', words, fix: 'k8sta manifests has them' };
}

/** A lease that was renewed so long ago has no holder, in milliseconds. */
const STALE_MS = 60_000;

async function runtime(cluster: ConnectedCluster, { runtimeNamespace }: DoctorOptions, asked: Asked): Promise<Finding> {
  const fix =
    'install it with k8sta manifests, name its namespace with --runtime-namespace, or run one here: k8sta run';
  const leases = await cluster.objects(LEASES).list({ namespace: runtimeNamespace, ...asked });
  const ours = leases.items.filter(({ metadata }) => /^k8sta(-[0-9a-f]{10})?$/.test(metadata.name));
  if (ours.length === 0)
    return { state: 'Note', words: `no runtime has ever led in namespace ${runtimeNamespace}`, fix };
  const led = ours.filter(
    ({ spec }) => spec?.holderIdentity && Date.now() - Date.parse(spec.renewTime ?? '') < STALE_MS,
  );
  const [leader] = led;
  if (leader === undefined)
    return { state: 'Missing', words: `no runtime leads in namespace ${runtimeNamespace}`, fix };
  return good(`${led.map(({ spec }) => spec?.holderIdentity).join(', ')} leads in namespace ${runtimeNamespace}`);
}
