import fc from 'fast-check';
import { eventually } from '../../../waiting';
import { TRAINS, Yard, type Body, type Event } from './client';
import { train } from './definitions';

/** One step of somebody's work; names and versions are few, so that steps meet. */
type Step =
  | { readonly do: 'create' | 'delete' | 'read'; readonly name: string }
  | { readonly do: 'replace' | 'patch' | 'status'; readonly name: string; readonly speed: number };

const name = fc.constantFrom('a', 'b', 'c');
const speed = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('create', 'delete', 'read'), name }),
  fc.record({ do: fc.constantFrom('replace', 'patch', 'status'), name, speed }),
);

describe('whatever is done', () => {
  let yard: Yard;
  beforeAll(async () => {
    yard = await Yard.open();
    await yard.defineTrains();
  });
  afterAll(() => yard.close());

  const take = async (one: Step, read: Map<string, Body>): Promise<number> => {
    const path = `${TRAINS}/${one.name}`;
    switch (one.do) {
      case 'create':
        return (await yard.post(TRAINS, train(one.name))).code;
      case 'delete':
        return (await yard.delete(path)).code;
      case 'read': {
        const { code, body } = await yard.get(path);
        if (code === 200) read.set(one.name, body);
        return code;
      }
      case 'patch':
        return (await yard.merge(path, { spec: { speed: one.speed } })).code;
      case 'status':
        return (await yard.merge(`${path}/status`, { status: { position: one.speed } })).code;
      case 'replace': {
        const known = read.get(one.name);
        return known ? (await yard.put(path, { ...known, spec: { ...known.spec, speed: one.speed } })).code : 404;
      }
    }
  };

  /** What somebody knows who only listens. */
  const heard = (events: readonly Event[]): Map<string, Body> => {
    const world = new Map<string, Body>();
    for (const { type, object } of events) {
      if (type === 'DELETED') world.delete(object.metadata.uid);
      else world.set(object.metadata.uid, object);
    }
    return world;
  };

  it('a watcher knows what a list says, revisions only grow, and a restart changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        await yard.delete(TRAINS);
        const from = (await yard.get(TRAINS)).body.metadata.resourceVersion;
        const watch = await yard.watch(`${TRAINS}?resourceVersion=${from}`);
        const read = new Map<string, Body>();
        const writes = yard.server.revision;
        for (const one of steps) expect([200, 201, 404, 409]).toContain(await take(one, read));
        const list = (await yard.get(TRAINS)).body;
        await eventually('the watch has caught up', () => watch.events.length === yard.server.revision - writes);
        await watch.stop();
        const known = [...heard(watch.events).values()];
        known.sort((left, right) => ((left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1));
        expect(known).toEqual(list.items);
        const revisions = watch.events.map(({ object }) => Number(object.metadata.resourceVersion));
        expect(revisions).toEqual([...new Set(revisions)].sort((left, right) => left - right));
        await yard.restart();
        expect((await yard.get(TRAINS)).body).toEqual(list);
      }),
      { numRuns: 20 },
    );
  });

  it('of many who replace the same version exactly one succeeds', async () => {
    const made = await yard.createTrain('contended');
    const path = `${TRAINS}/contended`;
    const tries = Array.from({ length: 8 }, (_, at) =>
      yard.put(path, { ...made, spec: { ...made.spec, speed: at + 1 } }),
    );
    const codes = (await Promise.all(tries)).map(({ code }) => code);
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(codes.filter((code) => code === 409)).toHaveLength(7);
  });
});
