/** A line of one station that is entered by pull request, and what people do on its forge. */

import type { Change, PullRequests, Ticket } from '../../lib/api';
import { STATIONS, TICKETS } from '../../runtime/resources';
import { judge } from './invariants';
import { branchOf, IMAGES, NAMESPACE, repositoryOf, type ApplicationPlan, type Network } from './network';
import { makeTicket } from './people/choice';
import { applyStations } from './resources';
import { Scene } from './scene';
import type { Fault } from './world';

const SEED = 3;
const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const web = { name: 'web', repository: 1, automated: true };
export const api = { name: 'api', repository: 1, automated: true };
const PEOPLE: PullRequests = { merge: 'People', method: 'Merge' };
const [IMAGE] = IMAGES;
export const STATE_FILE = '.k8sta/state.yaml';

const image = (tag: string): Change => ({ images: [{ repoURL: IMAGE, tag }] });
export const network = (applications: readonly ApplicationPlan[], pullRequests = PEOPLE): Network => ({
  stations: [{ name: 'prod', applications, pullRequests }],
  tracks: [{ name: 'main', stations: ['prod'] }],
});
export const branch = (plan: ApplicationPlan = web): string => branchOf('prod', plan);

/** A network on which 1.0.0 is asked for at once, and 2.0.0 five minutes later. */
export function begin(plan: Network, faults: readonly Fault[] = []): Scene {
  const scene = new Scene({ seed: SEED, network: plan, actions: [], faults });
  scene.timeline.after(SECOND, () => void makeTicket(scene, { name: 'main' }, { change: image('1.0.0') }));
  scene.timeline.after(5 * MINUTE, () => void makeTicket(scene, { name: 'main' }, { change: image('2.0.0') }));
  return scene;
}

export const first = 'main-hand-1';
export const second = 'main-hand-2';
export const ticket = (scene: Scene, name: string): Ticket | undefined =>
  scene.api.get(TICKETS, { namespace: NAMESPACE, name });
export const station = (scene: Scene) => scene.api.get(STATIONS, { namespace: NAMESPACE, name: 'prod' });

/** Somebody looks at the forge twice a minute. */
export function everyHalfMinute(scene: Scene, act: () => void): void {
  scene.timeline.after(30 * SECOND, () => {
    act();
    everyHalfMinute(scene, act);
  });
}

type Method = 'Merge' | 'Squash' | 'Rebase';

export const mergesAll = (scene: Scene, method: Method = 'Merge'): void =>
  everyHalfMinute(scene, () => {
    for (const one of scene.forges.requests) scene.forges.merge(one, method, 'Ada');
    scene.argocd.noticeHeads();
  });

/** What a branch shows, without the record of its state. */
export function shown(scene: Scene, plan: ApplicationPlan = web): string {
  const { git } = scene;
  const head = git.head(repositoryOf(plan), branch(plan)) ?? '';
  const files = [...git.objects.filesNow(head)].filter(([path]) => path !== STATE_FILE);
  return files.map(([, oid]) => Buffer.from(git.objects.blob(oid) ?? []).toString()).join('\n');
}

/** Branches on which commits wait. */
const waiting = (scene: Scene): string[] =>
  [...scene.git.heads(repositoryOf(web)).keys()].filter((name) => name.startsWith('k8sta/'));

/** Nothing is open, nothing is left behind, and every ticket has come to an end. */
export function isTidy(scene: Scene): void {
  expect(judge(scene)).toEqual([]);
  expect(scene.errors).toEqual([]);
  expect(scene.forges.requests.filter(({ state }) => state === 'Open')).toEqual([]);
  expect(waiting(scene)).toEqual([]);
}

/** Deletes the station while the second pull request is open, and makes it anew two minutes later; people merge the rest. */
export function madeAnew(faults: readonly Fault[] = []): Scene {
  const plan = network([web]);
  const scene = begin(plan, faults);
  let deleted = false;
  everyHalfMinute(scene, () => {
    const [one, two, ...others] = scene.forges.requests;
    for (const asked of [one, ...others]) if (asked) scene.forges.merge(asked, 'Merge', 'Ada');
    scene.argocd.noticeHeads();
    if (two === undefined || deleted) return;
    deleted = true;
    scene.api.delete(STATIONS, { namespace: NAMESPACE, name: 'prod' }, 'Ada');
    scene.timeline.after(2 * MINUTE, () => applyStations(plan, scene.api, 'Ada'));
  });
  return scene;
}

/** Two applications, of which the first one's second pull request is merged and the other one's closed. */
export function oneOfTwo(faults: readonly Fault[] = []): Scene {
  const scene = begin(network([web, api]), faults);
  everyHalfMinute(scene, () => {
    const { forges } = scene;
    for (const [at, one] of forges.into(branch(web)).entries()) {
      if (at < 2) forges.merge(one, 'Squash', 'Ada');
    }
    const [good, bad] = forges.into(branch(api));
    if (good) forges.merge(good, 'Merge', 'Ada');
    if (bad && forges.into(branch(web))[1]?.state === 'Merged') forges.close(bad);
    scene.argocd.noticeHeads();
  });
  return scene;
}
