/** What the machine relies on of a Kubernetes API. */

import type { Track } from '../../../lib/api';
import { ConflictError, TerminalError } from '../../../runtime/errors';
import { APPLICATIONS, TRACKS } from '../../../runtime/resources';
import {
  AlreadyExistsError,
  metadataOf,
  NotFoundError,
  Store,
  type KubeObject,
  type Objects,
} from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import { eventually } from '../../waiting';
import { trackSpec } from '../resources';
import type { Place } from './place';

type Kept = Track & KubeObject;

const PLACE = { namespace: 'shop' };
const spec = (...stations: string[]) => trackSpec({ name: 'any', stations });
const draft = (name: string, ...stations: string[]) => ({
  metadata: { ...PLACE, name },
  spec: spec(...(stations.length === 0 ? ['a'] : stations)),
});

export function kubernetesPort(place: () => Place): void {
  let tracks: Objects<Kept>;
  beforeAll(() => (tracks = place().cluster.objects<Kept>(TRACKS)));

  test('what is created has a uid, a version, a generation and a time, and no status', async () => {
    const made = await tracks.create({ ...draft('made'), status: { sequence: 7 } });
    expect(made).toMatchObject({ kind: 'Track', spec: spec('a'), metadata: { name: 'made', generation: 1 } });
    expect(made.metadata.uid).not.toBe('');
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(made.status).toBeUndefined();
    expect(await tracks.get({ ...PLACE, name: 'made' })).toEqual(made);
  });

  test('labels, annotations and owners are kept as they were given', async () => {
    const { metadata } = await tracks.create(draft('owner'));
    const owner = { apiVersion: 'k8sta.io/v1alpha1', kind: 'Track', name: 'owner', uid: metadata.uid };
    const marks = { labels: { a: '1' }, annotations: { b: '2' }, ownerReferences: [owner] };
    const made = await tracks.create({ ...draft('owned'), metadata: { ...draft('owned').metadata, ...marks } });
    expect(made.metadata).toMatchObject(marks);
  });

  test('a name that is taken is refused, and what is not there is not found', async () => {
    await tracks.create(draft('taken'));
    await expect(tracks.create(draft('taken'))).rejects.toThrow(AlreadyExistsError);
    const ref = { ...PLACE, name: 'nobody' };
    await expect(tracks.get(ref)).resolves.toBeUndefined();
    await expect(tracks.merge(ref, { spec: { hold: true } })).rejects.toThrow(NotFoundError);
  });

  test('a status replaces the status alone, and keeps the generation', async () => {
    const made = await tracks.create(draft('status'));
    const written = await tracks.replaceStatus({
      ...made,
      spec: { ...made.spec, hold: true },
      status: { sequence: 1 },
    });
    expect(written).toMatchObject({ spec: { hold: false }, status: { sequence: 1 }, metadata: { generation: 1 } });
    expect(written.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
  });

  test('what was decided on an older version is refused, and nothing changes', async () => {
    const made = await tracks.create(draft('race'));
    const first = await tracks.replaceStatus({ ...made, status: { sequence: 1 } });
    await expect(tracks.replaceStatus({ ...made, status: { sequence: 2 } })).rejects.toThrow(ConflictError);
    await expect(tracks.replace({ ...made, spec: { ...made.spec, hold: true } })).rejects.toThrow(ConflictError);
    const stale = { metadata: { resourceVersion: made.metadata.resourceVersion }, spec: { hold: true } };
    await expect(tracks.merge({ ...PLACE, name: 'race' }, stale)).rejects.toThrow(ConflictError);
    expect(await tracks.get({ ...PLACE, name: 'race' })).toEqual(first);
  });

  test('another one of the same name is not the one that was meant', async () => {
    const made = await tracks.create(draft('remade'));
    const ref = { ...PLACE, name: 'remade' };
    expect(await tracks.delete(ref, { uid: made.metadata.uid })).toBe(true);
    expect(await tracks.delete(ref, { uid: made.metadata.uid })).toBe(false);
    const again = await tracks.create(draft('remade'));
    expect(again.metadata.uid).not.toBe(made.metadata.uid);
    await expect(tracks.delete(ref, { uid: made.metadata.uid })).rejects.toThrow(ConflictError);
    await expect(tracks.replaceStatus({ ...made, status: { sequence: 2 } })).rejects.toThrow(ConflictError);
    expect(await tracks.get(ref)).toEqual(again);
  });

  test('who deletes may say which version', async () => {
    const made = await tracks.create(draft('older'));
    const ref = { ...PLACE, name: 'older' };
    await tracks.replaceStatus({ ...made, status: { sequence: 1 } });
    const { uid, resourceVersion } = made.metadata;
    await expect(tracks.delete(ref, { uid, resourceVersion })).rejects.toThrow(ConflictError);
    expect(await tracks.get(ref)).toBeDefined();
  });

  test('a write without a version is refused, for nothing guards it', async () => {
    const made = await tracks.create(draft('blind'));
    const blind = { ...made, metadata: { ...made.metadata, resourceVersion: '' } };
    await expect(tracks.replaceStatus(blind)).rejects.toThrow(TerminalError);
  });

  test('a changed spec is a new generation, and a write that changes nothing is no new version', async () => {
    const made = await tracks.create(draft('spec'));
    const ref = { ...PLACE, name: 'spec' };
    const held = await tracks.merge(ref, { spec: { hold: true } });
    expect(held.metadata.generation).toBe(2);
    expect(held.spec).toEqual({ ...made.spec, hold: true });
    const same = await tracks.merge(ref, { spec: { hold: true } });
    expect(same.metadata.resourceVersion).toBe(held.metadata.resourceVersion);
  });

  test('a merge takes away what is null, replaces lists whole, and leaves the status alone', async () => {
    const made = await tracks.create({
      ...draft('merge', 'a', 'b'),
      metadata: { ...PLACE, name: 'merge', labels: { a: '1' } },
    });
    await tracks.replaceStatus({ ...made, status: { sequence: 3 } });
    const patch = {
      metadata: { labels: { a: null, b: '2' } },
      spec: { stations: [{ name: 'c' }] },
      status: { sequence: 9 },
    };
    const merged = await tracks.merge({ ...PLACE, name: 'merge' }, patch);
    expect(merged.metadata.labels).toEqual({ b: '2' });
    expect(merged.spec.stations).toEqual([{ name: 'c' }]);
    expect(merged.status).toEqual({ sequence: 3 });
  });

  test('an Application has no status of its own address: a merge writes all of it', async () => {
    const applications = place().cluster.objects<KubeObject>(APPLICATIONS);
    const source = { repoURL: place().repoURL, targetRevision: 'nowhere', path: '.' };
    await applications.create({
      metadata: { namespace: 'argocd', name: 'whole' },
      ...{ spec: { project: 'default', source, destination: { name: 'in-cluster', namespace: 'whole' } } },
    });
    const status = { operationState: { phase: 'Failed', operation: {}, startedAt: place().now().toISOString() } };
    const merged = await applications.merge({ namespace: 'argocd', name: 'whole' }, { status });
    expect(merged).toMatchObject({ status: { operationState: { phase: 'Failed' } } });
  });

  test('a cache shows what is there, then every change and deletion', async () => {
    const store = new Store<Kept>({ log: silentLog, identity: metadataOf });
    const seen: string[] = [];
    store.onChange((key, before, after) => {
      if (key !== 'shop/watched') return;
      seen.push(after === undefined ? 'gone' : `${before === undefined ? 'new' : 'changed'} ${after.spec.hold}`);
    });
    await tracks.create(draft('watched'));
    const reflector = place().cluster.reflector<Kept, Kept>({
      resource: TRACKS,
      store,
      project: (track) => track,
      log: silentLog,
    });
    reflector.start();
    await reflector.synced();
    expect(store.get('shop/watched')?.spec.hold).toBe(false);
    await tracks.merge({ ...PLACE, name: 'watched' }, { spec: { hold: true } });
    await eventually('the change is seen', () => store.get('shop/watched')?.spec.hold);
    await tracks.delete({ ...PLACE, name: 'watched' });
    await eventually('the deletion is seen', () => store.get('shop/watched') === undefined);
    expect(seen).toEqual(['new false', 'changed true', 'gone']);
    await reflector.stop();
  });
}
