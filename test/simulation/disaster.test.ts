/** The cluster loses everything that is ours: what goes on from there goes on from Git alone. */

import type { Change, Ticket } from '../../lib/api';
import { STATIONS, TICKETS, TRACKS } from '../../runtime/resources';
import type { Resource } from '../../runtime/kube';
import { branchOf, IMAGES, NAMESPACE, placeOf, repositoryOf, type Network } from './network';
import { makeTicket } from './people/choice';
import { draftOf, stationSpec, trackSpec } from './resources';
import { Scene } from './scene';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const web = { name: 'web', repository: 1, automated: true };
const url = repositoryOf(web);
const [IMAGE] = IMAGES;
const stations = ['stage', 'prod'];
const network: Network = {
  stations: stations.map((name) => ({ name, applications: [web] })),
  tracks: [{ name: 'main', stations }],
};

const ride = (scene: Scene, change: Change): void => void makeTicket(scene, { name: 'main' }, { change });

/** Tracks, Stations and Tickets are gone, and with them every status. */
function lose({ api }: Scene): void {
  for (const resource of [TICKETS, STATIONS, TRACKS] as readonly Resource[]) {
    for (const { metadata } of api.list(resource)) {
      api.delete(resource, { namespace: NAMESPACE, name: metadata.name }, 'a disaster');
    }
  }
}

/** What the team's repository says is applied once more. */
function apply({ api }: Scene): void {
  for (const plan of network.stations) {
    api.create(STATIONS, draftOf('Station', placeOf(plan), stationSpec(plan)) as never, 'Ada');
  }
  for (const plan of network.tracks)
    api.create(TRACKS, draftOf('Track', placeOf(plan), trackSpec(plan)) as never, 'Ada');
}

const landed = (scene: Scene, station: string): string[] =>
  scene.git.history
    .filter(({ branch, by }) => branch === branchOf(station, web) && by.startsWith('runtime'))
    .flatMap(({ after }) => after ?? []);

function shown({ git }: Scene, station: string): string {
  const files = [...git.objects.filesNow(git.head(url, branchOf(station, web)) ?? '')];
  return files.map(([, oid]) => Buffer.from(git.objects.blob(oid) ?? []).toString()).join('\n');
}

test('A7: with every status gone nothing is deployed anew, and the next change changes what it carries and nothing else', async () => {
  const scene = new Scene({ seed: 3, network, actions: [], faults: [] });
  scene.timeline.after(SECOND, () => ride(scene, { images: [{ repoURL: IMAGE, tag: '1.0.0' }] }));
  let before: string[] = [];
  let after: string[] = [];
  scene.timeline.after(8 * MINUTE, () => {
    before = stations.flatMap((station) => landed(scene, station));
    lose(scene);
  });
  scene.timeline.after(10 * MINUTE, () => apply(scene));
  scene.timeline.after(20 * MINUTE, () => {
    after = stations.flatMap((station) => landed(scene, station));
    const commit = scene.git.commit(url, 'main', { 'base/config': 'base 2' }, 'Ada');
    ride(scene, { sources: [{ repoURL: url, commit }] });
  });
  await scene.live();
  expect(before).toHaveLength(2);
  expect(after).toEqual(before);
  const tickets = scene.api.list(TICKETS) as unknown as Ticket[];
  expect(tickets.map(({ status }) => status?.phase)).toEqual(['Completed']);
  for (const station of stations) {
    expect(landed(scene, station)).toHaveLength(2);
    expect(shown(scene, station)).toContain('base 2');
    expect(shown(scene, station)).toContain('1.0.0');
  }
});
