/** Source commits show on their forge in which stations they are; no ticket waits for that. */

import { branchOf, NAMESPACE, repositoryOf, SOURCE_BRANCH, type Network } from './network';
import { makeTicket } from './people/choice';
import { judge } from './invariants';
import { Scene } from './scene';
import { TICKETS } from '../../runtime/resources';

const MINUTE = 60_000;
const web = { name: 'web', repository: 1, automated: true };
const repoURL = repositoryOf(web);

const network = (commitStatus: boolean): Network => ({
  stations: [
    { name: 'test', applications: [web], commitStatus },
    { name: 'prod', applications: [web], commitStatus },
  ],
  tracks: [{ name: 'main', stations: ['test', 'prod'] }],
});

/** A scene in which somebody commits and makes a ticket for it after five minutes. */
function begin(plan: Network, text = 'one'): { scene: Scene; commit: () => string } {
  const scene = new Scene({ seed: 3, network: plan, actions: [] });
  let commit = '';
  scene.timeline.after(5 * MINUTE, () => {
    commit = scene.git.commit(repoURL, SOURCE_BRANCH, { [`${branchOf('test', web)}/config`]: text }, 'Ada');
    makeTicket(scene, { name: 'main' }, { change: { sources: [{ repoURL, commit }] } });
  });
  return { scene, commit: () => commit };
}

const ticket = (scene: Scene) => scene.api.get(TICKETS, { namespace: NAMESPACE, name: 'main-hand-1' });

test('a commit shows each station that it is in, said once', async () => {
  const { scene, commit } = begin(network(true));
  await scene.live();
  expect(judge(scene)).toEqual([]);
  expect(scene.forges.said.get(commit())).toEqual([
    'k8sta/shop/test Passed in test (ticket main-hand-1)',
    'k8sta/shop/prod Passed in prod (ticket main-hand-1)',
  ]);
  expect(ticket(scene)?.status?.reported).toEqual({ stamps: 2 });
});

test('nothing is said, and nothing written, where no station asks for it', async () => {
  const { scene } = begin(network(false));
  await scene.live();
  expect(scene.forges.said.size).toBe(0);
  expect(ticket(scene)?.status?.reported).toBeUndefined();
});

test('a failed arrival is said with its reason', async () => {
  const { scene, commit } = begin(network(true), 'broken');
  await scene.live();
  expect(ticket(scene)?.status).toMatchObject({ phase: 'Failed', failure: { reason: 'RenderFailed' } });
  expect(scene.forges.said.get(commit())).toEqual([
    'k8sta/shop/test Failed failed at test: RenderFailed (ticket main-hand-1)',
  ]);
});

test('a forge that is away holds no ticket up, is named once, and is told when it is back', async () => {
  const { scene, commit } = begin(network(true));
  scene.forges.away = true;
  let before: unknown;
  scene.timeline.after(30 * MINUTE, () => {
    const { phase, reported } = ticket(scene)?.status ?? {};
    before = { phase, reported };
    scene.forges.away = false;
  });
  await scene.live();
  expect(before).toEqual({ phase: 'Completed', reported: { stamps: 0, problem: 'the forge is away' } });
  expect(scene.forges.said.get(commit())).toHaveLength(2);
  expect(ticket(scene)?.status?.reported).toEqual({ stamps: 2 });
  const named = scene.api.history.filter(
    ({ object }) => (object as { status?: { reported?: { problem?: string } } }).status?.reported?.problem,
  );
  const versions = named.map(({ object }) =>
    JSON.stringify((object as { status?: { reported?: unknown } }).status?.reported),
  );
  expect(new Set(versions).size).toBe(1);
});
