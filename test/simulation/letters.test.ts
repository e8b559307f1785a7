/** The closing histories of the rulebook that a Git server has a part in, each by its letter, lived by the runtime itself. */

import { ARGOCD, type Change, type Ticket } from '../../lib/api';
import { APPLICATIONS, STATIONS, TICKETS } from '../../runtime/resources';
import { resume } from '../../runtime/verbs';
import { judge } from './invariants';
import {
  branchOf,
  IMAGES,
  NAMESPACE,
  placeOf,
  repositoryOf,
  type ApplicationPlan,
  type Network,
  type StationPlan,
} from './network';
import { makeTicket } from './people/choice';
import { draftOf, stationSpec } from './resources';
import { Scene } from './scene';

/** One under which every release turns healthy. */
const SEED = 3;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const web = { name: 'web', repository: 1, automated: true };
const url = repositoryOf(web);
const STATE_FILE = '.k8sta/state.yaml';
const [IMAGE] = IMAGES;

const image = (tag: string): Change => ({ images: [{ repoURL: IMAGE, tag }] });
const station = (name: string, more: Partial<StationPlan> = {}): StationPlan => ({
  name,
  applications: [web],
  ...more,
});
const line = (...stations: StationPlan[]): Network => ({
  stations,
  tracks: [{ name: 'main', stations: stations.map(({ name }) => name) }],
});

/** A line on which the image 1.0.0 has arrived everywhere; five minutes later a second ticket is made for this change. */
function begin(network: Network, change: (scene: Scene) => Change): Scene {
  const scene = new Scene({ seed: SEED, network, actions: [], faults: [] });
  scene.timeline.after(SECOND, () => void makeTicket(scene, { name: 'main' }, { change: image('1.0.0') }));
  scene.timeline.after(5 * MINUTE, () => void makeTicket(scene, { name: 'main' }, { change: change(scene) }));
  return scene;
}

const first = 'main-hand-1';
const second = 'main-hand-2';
const ticket = (scene: Scene, name: string): Ticket | undefined =>
  scene.api.get(TICKETS, { namespace: NAMESPACE, name });
const visits = (scene: Scene, name: string): string[] =>
  (ticket(scene, name)?.status?.stamps ?? []).map((stamp) => `${stamp.station} ${stamp.result}`);

/** Does something once, at the moment at which a ticket is first seen like this, before anybody learns that it is. */
function when(
  scene: Scene,
  name: string,
  isSo: (status: NonNullable<Ticket['status']>) => boolean,
  act: () => void,
): void {
  let done = false;
  scene.api.watch(TICKETS, ({ object }) => {
    const { status } = object as Ticket;
    if (done || object.metadata.name !== name || status === undefined || !isSo(status)) return;
    done = true;
    act();
  });
}

/** What the branch of an application shows. */
function shown(scene: Scene, name: string, plan: ApplicationPlan = web): string {
  const { git } = scene;
  const head = git.head(repositoryOf(plan), branchOf(name, plan)) ?? '';
  const files = [...git.objects.filesNow(head)].filter(([path]) => path !== STATE_FILE);
  return files.map(([, oid]) => Buffer.from(git.objects.blob(oid) ?? []).toString()).join('\n');
}

/** The files of the commit before, on top of the branch. */
function revert(scene: Scene, name: string): string {
  const { git } = scene;
  const branch = branchOf(name, web);
  const head = git.head(url, branch) ?? '';
  const [before = ''] = git.objects.commit(head).parents;
  const now = git.objects.filesNow(head);
  const edit = [...git.objects.filesNow(before)].flatMap(([path, oid]) =>
    path === STATE_FILE || now.get(path) === oid ? [] : [[path, Buffer.from(git.objects.blob(oid) ?? []).toString()]],
  );
  const commit = git.commit(url, branch, Object.fromEntries(edit) as Record<string, string>, 'Ada');
  scene.argocd.noticeHeads();
  return commit;
}

/** Commits of the runtime that a branch has shown. */
const landed = (scene: Scene, name: string): string[] =>
  scene.git.history
    .filter(({ branch, by }) => branch === branchOf(name, web) && by.startsWith('runtime'))
    .flatMap(({ after }) => after ?? []);

/** The station is taken away, and applied again a while later. */
function remake(scene: Scene, plan: StationPlan, after: number): void {
  scene.api.delete(STATIONS, { namespace: NAMESPACE, name: plan.name }, 'Ada');
  scene.timeline.after(after, () => {
    scene.api.create(STATIONS, draftOf('Station', placeOf(plan), stationSpec(plan)) as never, 'Ada');
  });
}

test('b: a person reverts on top of T1 at stage, and Argo CD is healthy on that: T1 suspends, and prod never sees it', async () => {
  const scene = begin(line(station('stage'), station('prod')), () => image('2.0.0'));
  let reverted = '';
  const isPushed = ({ station: at, arrival }: NonNullable<Ticket['status']>): boolean =>
    at === 'stage' && arrival?.pushed !== undefined;
  when(scene, second, isPushed, () => (reverted = revert(scene, 'stage')));
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(ticket(scene, second)?.status).toMatchObject({
    phase: 'Suspended',
    station: 'stage',
    waiting: { reason: 'ForeignCommit' },
  });
  expect(scene.git.head(url, branchOf('stage', web))).toBe(reverted);
  expect(landed(scene, 'prod')).toHaveLength(1);
  expect(shown(scene, 'prod')).toContain('1.0.0');
});

test('b, D8: a resume that names the revert puts T1 on top of it, and the commit says what it wrote over at whose word', async () => {
  const scene = begin(line(station('stage'), station('prod')), () => image('2.0.0'));
  let reverted = '';
  const isPushed = ({ station: at, arrival }: NonNullable<Ticket['status']>): boolean =>
    at === 'stage' && arrival?.pushed !== undefined;
  when(scene, second, isPushed, () => (reverted = revert(scene, 'stage')));
  const isSuspended = ({ phase }: NonNullable<Ticket['status']>): boolean => phase === 'Suspended';
  when(scene, second, isSuspended, () =>
    scene.timeline.after(MINUTE, () => {
      const suspended = ticket(scene, second);
      if (suspended === undefined) throw new Error(`${second} is gone`);
      const { uid } = suspended.metadata;
      expect(suspended.status?.waiting?.resume).toEqual({ uid, heads: [reverted] });
      const word = resume({ object: suspended, by: 'ada' });
      if (word.outcome !== 'Write' || word.writes[0].verb !== 'patch') throw new Error(word.says);
      scene.api.merge(TICKETS, suspended.metadata, word.writes[0].patch, { by: 'Ada' });
    }),
  );
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(visits(scene, second)).toEqual(['stage Arrived', 'prod Arrived']);
  const last = scene.git.objects.commit(landed(scene, 'stage').at(-1) ?? '');
  expect(last.parents).toEqual([reverted]);
  expect(last.trailers).toEqual(
    expect.arrayContaining([
      { key: 'K8sTA-Resumed-By', value: 'ada' },
      { key: 'K8sTA-Overwrote', value: 'deployment.apps_web.yaml' },
    ]),
  );
});

test('f: two applications in two repositories, the second push refused: failed, and the next ticket leaves the change behind in both', async () => {
  const api = { name: 'api', repository: 2, automated: true };
  const scene = begin(line(station('stage', { applications: [web, api] })), () => image('2.0.0'));
  const isRecorded = ({ arrival }: NonNullable<Ticket['status']>): boolean =>
    arrival?.applications[0]?.commit !== undefined;
  when(scene, second, isRecorded, () => void scene.git.shut.add(repositoryOf(api)));
  const other = { images: [{ repoURL: IMAGES[1], tag: '7.0.0' }] };
  scene.timeline.after(10 * MINUTE, () => {
    scene.git.shut.clear();
    makeTicket(scene, { name: 'main' }, { change: other });
  });
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(ticket(scene, second)?.status).toMatchObject({ phase: 'Failed', failure: { reason: 'PushRejected' } });
  expect(visits(scene, 'main-hand-3')).toEqual(['stage Arrived']);
  for (const plan of [web, api]) {
    expect(shown(scene, 'stage', plan)).toContain('7.0.0');
    expect(shown(scene, 'stage', plan)).toContain('1.0.0');
    expect(shown(scene, 'stage', plan)).not.toContain('2.0.0');
  }
});

test('h, A7: after a README-only commit a Station is deleted and made anew: its state is found again', async () => {
  const plan = station('stage');
  const scene = begin(line(plan), ({ git }) => ({
    sources: [{ repoURL: url, commit: git.commit(url, 'main', { 'README.md': 'Read this.\n' }, 'Ada') }],
  }));
  scene.timeline.after(10 * MINUTE, () => remake(scene, plan, 10 * SECOND));
  scene.timeline.after(15 * MINUTE, () => void makeTicket(scene, { name: 'main' }, { change: image('2.0.0') }));
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(visits(scene, second)).toEqual(['stage NoChange']);
  expect(visits(scene, 'main-hand-3')).toEqual(['stage Arrived']);
  expect(landed(scene, 'stage')).toHaveLength(2);
  expect(shown(scene, 'stage')).toContain('2.0.0');
});

test('q, D2: a README that is pushed between record and push: the record is withdrawn, a new commit lands on top', async () => {
  const scene = begin(line(station('stage')), () => image('2.0.0'));
  let readme = '';
  const isRecorded = ({ arrival }: NonNullable<Ticket['status']>): boolean =>
    arrival?.applications[0]?.commit !== undefined && arrival.pushed === undefined;
  when(scene, second, isRecorded, () => {
    readme = scene.git.commit(url, branchOf('stage', web), { 'README.md': 'Hands off.\n' }, 'Ada');
  });
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(visits(scene, second)).toEqual(['stage Arrived']);
  const [, last = ''] = landed(scene, 'stage');
  expect(scene.git.objects.commit(last).parents).toEqual([readme]);
  const [application] = ticket(scene, second)?.status?.arrival?.applications ?? [];
  expect(application).toMatchObject({ commit: last, parent: readme });
  expect(application?.withdrawn).toHaveLength(1);
  expect(shown(scene, 'stage')).toContain('Hands off.');
});

test('x: a station that is deleted in the middle of a soak and made anew holds the soak again, without another commit', async () => {
  const plan = station('stage', { soak: 5 });
  const scene = begin(line(plan), () => image('2.0.0'));
  let remade = 0;
  const isSoaking = ({ arrival }: NonNullable<Ticket['status']>): boolean => arrival?.soaking !== undefined;
  when(scene, first, isSoaking, () =>
    scene.timeline.after(3 * MINUTE, () => {
      remake(scene, plan, 10 * SECOND);
      remade = scene.timeline.now + 10 * SECOND;
    }),
  );
  await scene.live();
  expect(judge(scene)).toEqual([]);
  const stamp = ticket(scene, first)?.status?.stamps?.at(-1);
  expect(Date.parse(stamp?.departed ?? '') - remade).toBeGreaterThanOrEqual(5 * MINUTE);
  expect(landed(scene, 'stage')).toHaveLength(2);
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
});

test('an Application that is replaced in the middle of an arrival, by one of its name and another uid, is waited for like the first', async () => {
  const scene = begin(line(station('stage'), station('prod')), () => image('2.0.0'));
  const ref = { namespace: ARGOCD.namespace, name: 'stage-web' };
  let before: string | undefined;
  const isPushed = ({ station: at, arrival }: NonNullable<Ticket['status']>): boolean =>
    at === 'stage' && arrival?.pushed !== undefined;
  when(scene, second, isPushed, () => {
    const present = scene.api.get(APPLICATIONS, ref);
    before = present?.metadata.uid;
    const { annotations = {} } = present?.metadata ?? {};
    scene.api.delete(APPLICATIONS, ref, 'Ada');
    scene.timeline.after(20 * SECOND, () => {
      const { spec } = present as unknown as { spec: object };
      scene.api.create(APPLICATIONS, { metadata: { ...ref, annotations }, ...{ spec } }, 'Ada');
    });
  });
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(visits(scene, second)).toEqual(['stage Arrived', 'prod Arrived']);
  expect(landed(scene, 'stage')).toHaveLength(2);
  expect(before).toBeDefined();
  expect(scene.api.get(APPLICATIONS, ref)?.metadata.uid).not.toBe(before);
});
