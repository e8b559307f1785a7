import { eventually } from '../../../waiting';
import { TRAINS, Yard, type Body } from './client';
import { train } from './definitions';

const NAMESPACES = '/api/v1/namespaces';
const MAPS = '/api/v1/namespaces/default/configmaps';

describe('deletion', () => {
  let yard: Yard;
  beforeEach(async () => {
    yard = await Yard.open();
    await yard.defineTrains();
  });
  afterEach(() => yard.close());

  const gone = (path: string): Promise<unknown> =>
    eventually(`${path} is gone`, async () => (await yard.get(path)).code === 404);
  const ownedMap = (name: string, owner: Body, more: object = {}): Promise<Body> =>
    yard.create(MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        ownerReferences: [
          {
            apiVersion: owner.apiVersion,
            kind: owner.kind,
            name: owner.metadata.name,
            uid: owner.metadata.uid,
            ...more,
          },
        ],
      },
    });

  it('answers with a Status that names what is gone', async () => {
    const { metadata } = await yard.createTrain('a');
    const { code, body } = await yard.delete(`${TRAINS}/a`);
    expect(code).toBe(200);
    expect(body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', group: 'rail.example.com', kind: 'trains', uid: metadata.uid },
    });
    expect((await yard.delete(`${TRAINS}/a`)).code).toBe(404);
  });

  it('respects preconditions', async () => {
    const { metadata } = await yard.createTrain('a');
    const other = await yard.delete(`${TRAINS}/a`, { preconditions: { uid: 'x' } });
    expect([other.code, other.body.message]).toEqual([
      409,
      `Operation cannot be fulfilled on Train.rail.example.com "a": the UID in the precondition (x) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    ]);
    expect((await yard.delete(`${TRAINS}/a`, { preconditions: { resourceVersion: '1' } })).code).toBe(409);
    const { uid, resourceVersion } = metadata;
    expect((await yard.delete(`${TRAINS}/a`, { preconditions: { uid, resourceVersion } })).code).toBe(200);
  });

  it('waits for finalizers, lets no new ones in, and ends when the last is removed', async () => {
    await yard.create(TRAINS, { ...train('a'), metadata: { name: 'a', finalizers: ['x.io/a', 'x.io/b'] } });
    const { body } = await yard.delete(`${TRAINS}/a`);
    expect(body.metadata.deletionTimestamp).toMatch(/Z$/);
    expect(body.metadata.generation).toBe(2);
    const more = await yard.merge(`${TRAINS}/a`, { metadata: { finalizers: ['x.io/a', 'x.io/b', 'x.io/c'] } });
    expect(more.body.message).toContain('no new finalizers can be added if the object is being deleted');
    const again = await yard.delete(`${TRAINS}/a`);
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    await yard.merge(`${TRAINS}/a`, { metadata: { finalizers: ['x.io/b'] } });
    expect((await yard.get(`${TRAINS}/a`)).code).toBe(200);
    expect((await yard.merge(`${TRAINS}/a`, { metadata: { finalizers: null } })).code).toBe(200);
    expect((await yard.get(`${TRAINS}/a`)).code).toBe(404);
  });

  it('of a collection takes what the selector selects', async () => {
    for (const name of ['a', 'b', 'c']) {
      await yard.create(TRAINS, { ...train(name), metadata: { name, labels: { keep: name === 'b' ? 'yes' : 'no' } } });
    }
    const { body } = await yard.delete(`${TRAINS}?labelSelector=keep%3Dno`);
    expect(body.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
    expect((await yard.get(TRAINS)).body.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('of an owner takes what it owns, down the line', async () => {
    const owner = await yard.createTrain('a');
    const map = await ownedMap('m', owner);
    await ownedMap('n', map);
    await yard.delete(`${TRAINS}/a`);
    await gone(`${MAPS}/m`);
    await gone(`${MAPS}/n`);
  });

  it('of one of two owners only takes the reference to it', async () => {
    const [first, second] = [await yard.createTrain('a'), await yard.createTrain('b')];
    const references = [first, second].map(({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      uid: metadata.uid,
    }));
    await yard.create(MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', ownerReferences: references },
    });
    await yard.delete(`${TRAINS}/a`);
    await eventually('one owner is left', async () => {
      const { body } = await yard.get(`${MAPS}/m`);
      return (
        body.metadata.ownerReferences?.length === 1 && body.metadata.ownerReferences[0]?.uid === second.metadata.uid
      );
    });
  });

  it('with policy Orphan leaves what it owned, without the reference', async () => {
    const owner = await yard.createTrain('a');
    await ownedMap('m', owner);
    await yard.delete(`${TRAINS}/a`, { propagationPolicy: 'Orphan' });
    await gone(`${TRAINS}/a`);
    expect((await yard.get(`${MAPS}/m`)).body.metadata.ownerReferences).toBeUndefined();
  });

  it('with policy Foreground waits for what blocks it', async () => {
    const owner = await yard.createTrain('a');
    await ownedMap('m', owner, { blockOwnerDeletion: true });
    await yard.merge(`${MAPS}/m`, { metadata: { finalizers: ['x.io/a'] } });
    await yard.delete(`${TRAINS}/a?propagationPolicy=Foreground`);
    await eventually(
      'the dependent is being deleted',
      async () => (await yard.get(`${MAPS}/m`)).body.metadata.deletionTimestamp,
    );
    expect((await yard.get(`${TRAINS}/a`)).body.metadata.finalizers).toEqual(['foregroundDeletion']);
    await yard.merge(`${MAPS}/m`, { metadata: { finalizers: null } });
    await gone(`${TRAINS}/a`);
    expect((await yard.delete(`${MAPS}/x`, { propagationPolicy: 'Sideways' })).code).toBe(422);
  });

  it('takes objects that were made for an owner that is already gone, but not those of unknown kinds', async () => {
    const owner = await yard.createTrain('a');
    await yard.delete(`${TRAINS}/a`);
    await ownedMap('stranger', { ...owner, kind: 'Bus' });
    await ownedMap('late', owner);
    await gone(`${MAPS}/late`);
    expect((await yard.get(`${MAPS}/stranger`)).code).toBe(200);
  });

  it('of a namespace takes everything in it, and nothing new comes in meanwhile', async () => {
    await yard.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    const trains = '/apis/rail.example.com/v1/namespaces/n/trains';
    const held = { ...train('a'), metadata: { name: 'a', finalizers: ['x.io/a'] } };
    await yard.create(trains, held);
    await yard.create('/api/v1/namespaces/n/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } });
    const { body } = await yard.delete(`${NAMESPACES}/n`);
    expect(body.status).toMatchObject({ phase: 'Terminating' });
    await gone('/api/v1/namespaces/n/secrets/s');
    const late = await yard.post(trains, { ...train('b'), metadata: { name: 'b' } });
    expect([late.code, late.body.message]).toEqual([
      403,
      'trains.rail.example.com "b" is forbidden: unable to create new content in namespace n because it is being terminated',
    ]);
    expect((await yard.get(`${NAMESPACES}/n`)).code).toBe(200);
    await yard.merge(`${trains}/a`, { metadata: { finalizers: null } });
    await gone(`${NAMESPACES}/n`);
  });

  it('that a restart interrupted goes on', async () => {
    await yard.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    const owner = await yard.createTrain('a');
    await ownedMap('m', owner);
    // Both deletions are acknowledged before the controllers have had their turn.
    const asked = [yard.delete(`${NAMESPACES}/n`), yard.delete(`${TRAINS}/a`)];
    await Promise.all(asked);
    await yard.restart();
    await gone(`${NAMESPACES}/n`);
    await gone(`${MAPS}/m`);
  });
});
