/** What the machine relies on of Argo CD: which words it says in which order. */

import { projectApplication, refreshPatch, syncOperation } from '../../../runtime/argocd';
import { APPLICATIONS } from '../../../runtime/resources';
import type { ApplicationView } from '../../../runtime/journey';
import { Store, type KubeObject } from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import { configMap } from '../../runtime/railyard/world';
import { eventually } from '../../waiting';
import type { Place } from './place';

const NAMESPACE = 'argocd';
const REFRESH = 'argocd.argoproj.io/refresh';
const DEADLINE_MS = 30_000;

interface Live extends KubeObject {
  readonly operation?: object;
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly operationState?: { readonly phase?: string; readonly syncResult?: { readonly revision?: string } };
    readonly conditions?: readonly { readonly type: string }[];
  };
}

export function argocdPort(place: () => Place): void {
  const of = () => place().cluster.objects<Live>(APPLICATIONS);

  async function make(name: string, automated = true): Promise<void> {
    const { repoURL } = place();
    const source = { repoURL, targetRevision: `env/${name}`, path: '.' };
    const destination = { name: 'in-cluster', namespace: name };
    const syncPolicy = automated ? { automated: { prune: true, selfHeal: true } } : {};
    await of().create({
      metadata: { namespace: NAMESPACE, name },
      ...{ spec: { project: 'default', source, destination, syncPolicy } },
    });
  }

  const until = (name: string, what: string, holds: (live: Live) => boolean | undefined): Promise<Live> =>
    eventually(
      `${name} is ${what}`,
      async () => {
        const live = await of().get({ namespace: NAMESPACE, name });
        return live !== undefined && holds(live) && live;
      },
      DEADLINE_MS,
    );

  const refresh = (name: string): Promise<Live> =>
    of().merge({ namespace: NAMESPACE, name }, refreshPatch(place().now()));

  const isAtRest = ({ operation, metadata, status }: Live): boolean =>
    operation === undefined &&
    metadata.annotations?.[REFRESH] === undefined &&
    status?.operationState?.phase !== 'Running';

  const shows = (commit: string, compared: string) => (live: Live) =>
    isAtRest(live) && live.status?.sync?.revision === commit && live.status.sync.status === compared;

  test('a branch that is not there is a ComparisonError, until it is', async () => {
    await make('late');
    const broken = await until('late', 'in error', ({ status }) =>
      status?.conditions?.some(({ type }) => type === 'ComparisonError'),
    );
    expect(broken.status?.sync?.status).toBe('Unknown');
    const commit = await place().commit('env/late', { 'app.yaml': configMap('1') });
    await refresh('late');
    const well = await until(
      'late',
      'synced',
      (live) => shows(commit, 'Synced')(live) && live.status?.health?.status === 'Healthy',
    );
    expect((well.status?.conditions ?? []).map(({ type }) => type)).not.toContain('ComparisonError');
  });

  test('a new head is synced first and said to be Synced then, with the operation that did it', async () => {
    const first = await place().commit('env/order', { 'app.yaml': configMap('1') });
    await make('order');
    await until('order', 'synced', shows(first, 'Synced'));
    const said: string[] = [];
    const store = new Store<ApplicationView>({ log: silentLog, identity: (view) => view });
    const reflector = place().cluster.reflector<KubeObject, ApplicationView>({
      resource: APPLICATIONS,
      store,
      project: (object) => {
        const live: Live = object;
        const { sync, operationState } = live.status ?? {};
        if (live.metadata.name === 'order')
          said.push(
            `${sync?.status} ${sync?.revision}, ${operationState?.phase} ${operationState?.syncResult?.revision}`,
          );
        return projectApplication(object);
      },
      log: silentLog,
    });
    reflector.start();
    await reflector.synced();
    const second = await place().commit('env/order', { 'app.yaml': configMap('2') });
    await refresh('order');
    const live = await until(
      'order',
      'synced',
      (one) => shows(second, 'Synced')(one) && one.status?.health?.status === 'Healthy',
    );
    expect(live.status?.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision: second } });
    await eventually('it is said to be synced', () => said.some((words) => words.startsWith(`Synced ${second}`)));
    const synced = said.findIndex((words) => words.startsWith(`Synced ${second}`));
    expect(said[synced]).toBe(`Synced ${second}, Succeeded ${second}`);
    expect(said.slice(0, synced).some((words) => words.startsWith(`OutOfSync ${second}`))).toBe(true);
    await reflector.stop();
  });

  test('a head that shows the same manifests is Synced without an operation', async () => {
    const first = await place().commit('env/same', { 'app.yaml': configMap('1') });
    await make('same');
    await until('same', 'synced', shows(first, 'Synced'));
    const second = await place().commit('env/same', { 'app.yaml': configMap('1'), 'README.md': 'words' });
    await refresh('same');
    const live = await until('same', 'compared', shows(second, 'Synced'));
    expect(live.status?.operationState?.syncResult?.revision).toBe(first);
  });

  test('what is not automated is OutOfSync until somebody asks for exactly that commit', async () => {
    const commit = await place().commit('env/manual', { 'app.yaml': configMap('1') });
    await make('manual', false);
    const waiting = await until('manual', 'compared', shows(commit, 'OutOfSync'));
    expect(waiting.status?.operationState).toBeUndefined();
    const view = projectApplication(waiting);
    const request = syncOperation(view, { commit, ticketUid: 'uid', now: place().now() });
    if (request.kind !== 'Patch') throw new Error(`it is ${request.kind}`);
    await of().merge({ namespace: NAMESPACE, name: 'manual' }, request.patch);
    const live = await until('manual', 'synced', shows(commit, 'Synced'));
    expect(live.status?.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision: commit } });
  });
}
