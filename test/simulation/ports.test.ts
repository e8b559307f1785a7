import { TRACKS } from '../../runtime/resources';
import { metadataOf, Store, type KubeObject } from '../../runtime/kube';
import { silentLog } from '../../runtime/log';
import { eventually } from '../waiting';
import { argocdPort, gitPort, kubernetesPort, openMemory, openRailyard } from './ports';
import type { Place } from './ports/place';

describe.each([
  ['in memory', () => openMemory()],
  ['the real adapters and the railyard', () => openRailyard()],
] satisfies [string, () => Promise<Place>][])('ports: %s', (_name, open) => {
  let place: Place;
  beforeAll(async () => {
    place = await open();
  }, 60_000);
  afterAll(() => place.close());

  describe('a Kubernetes API', () => kubernetesPort(() => place));
  describe('Git', () => gitPort(() => place));
  describe('Argo CD', () => argocdPort(() => place));
});

test('in memory: a watch that answers 410 begins anew with a list, and nothing is missed', async () => {
  const place = await openMemory([{ effect: 'watch Track shop/second', nth: 0, fate: 'Expired', ms: 1_000 }]);
  const tracks = place.cluster.objects<KubeObject>(TRACKS);
  const store = new Store<KubeObject>({ log: silentLog, identity: metadataOf });
  const reflector = place.cluster.reflector<KubeObject, KubeObject>({
    resource: TRACKS,
    store,
    project: (track) => track,
    log: silentLog,
  });
  reflector.start();
  await reflector.synced();
  for (const name of ['first', 'second', 'third']) await tracks.create({ metadata: { namespace: 'shop', name } });
  await tracks.delete({ namespace: 'shop', name: 'first' });
  const names = (): string[] => store.list().map(({ metadata }) => metadata.name);
  await eventually('the list shows it', () => names().join() === 'second,third');
  await reflector.stop();
  await place.close();
});
