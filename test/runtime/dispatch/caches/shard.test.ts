import type { KubeObject } from '../../../../runtime/kube';
import { startRuntime, type Runtime } from '../../../../runtime/dispatch';
import { TRACKS } from '../../../../runtime/resources';
import { silentLog } from '../../../../runtime/log';
import { join } from 'node:path';
import { eventually } from '../../../waiting';
import type { Scene } from '../scene';
import { Yard } from '../yard';

let yard: Yard;
let red: Runtime;
let blue: Runtime | undefined;

/** A runtime that carries the tracks of this colour. */
const shard = (colour: string): Promise<Runtime> =>
  startRuntime({
    cluster: yard.cluster,
    folder: join(yard.folder, colour),
    registryMirrors: new Map([['ghcr.io', yard.railyard.registryURL]]),
    settleMs: 0,
    credentialsNamespace: 'k8sta',
    scope: { shard: `colour=${colour}` },
    log: silentLog,
  });

beforeAll(async () => {
  yard = await Yard.open({ started: false });
  red = await shard('red');
}, 60_000);

afterAll(async () => {
  await red.stop();
  await blue?.stop();
  await yard.close();
}, 30_000);

const paint = (scene: Scene, name: string, colour: string): Promise<KubeObject> =>
  yard.cluster.objects(TRACKS).merge({ namespace: scene.name, name }, { metadata: { labels: { colour } } });

/** Two tracks, one of each colour, and a ticket on both. */
async function twoTracks(name: string, tracks: Readonly<Record<string, readonly string[]>>): Promise<Scene> {
  const stations = [...new Set(Object.values(tracks).flat())];
  const scene = await yard.scene(name, { stations, tracks });
  for (const track of Object.keys(tracks)) await paint(scene, track, track);
  return scene;
}

test('a runtime with a selector carries the tracks that it means and touches no other', async () => {
  const scene = await twoTracks('apart', { red: ['a'], blue: ['b'] });
  await scene.ticket('first', '1.0.0', { track: 'blue' });
  await scene.ticket('second', '1.0.0', { track: 'red' });
  await scene.completed('second');
  expect(scene.seen('first')?.status).toBeUndefined();
  expect(scene.trackNow('blue')?.status).toBeUndefined();
  expect(scene.stationNow('b')?.status).toBeUndefined();
  expect(await scene.repository.head('env/b')).toBeUndefined();
  blue = await shard('blue');
  await scene.completed('first');
});

test('a track that is labelled anew goes to the other runtime, tickets and all', async () => {
  const scene = await twoTracks('moved', { red: ['a'] });
  await paint(scene, 'red', 'green');
  await eventually('the label is seen', () => scene.trackNow('red')?.metadata.labels?.['colour'] === 'green');
  await scene.ticket('one', '1.0.0', { track: 'red' });
  await paint(scene, 'red', 'blue');
  await scene.completed('one');
});

test('a station where tracks of both stop is taken by neither, and says which tracks to bring together', async () => {
  const scene = await twoTracks('shared', { red: ['a', 'both'], blue: ['both'] });
  await scene.ticket('one', '1.0.0', { track: 'red' });
  await scene.ticket('two', '1.0.0', { track: 'blue' });
  const words = /^tracks blue, red stop at station both and are carried by different runtimes: label them alike/;
  for (const name of ['one', 'two']) {
    const { status } = await scene.waiting(name, 'SharedStation');
    expect(status?.waiting?.message).toMatch(words);
  }
  expect(await scene.repository.head('env/both')).toBeUndefined();
  const ready = () => scene.stationNow('both')?.status?.conditions?.find(({ type }) => type === 'Ready');
  await eventually('the station says so', () => ready()?.message.includes('tracks blue, red stop at station both'));
  await paint(scene, 'blue', 'red');
  await scene.completed('one');
  await scene.completed('two');
  await eventually('the station is in service', () => ready()?.status === 'True');
});
