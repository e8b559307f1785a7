import fc from 'fast-check';
import { type LogFields, silentLog } from '../../../runtime/log';
import { compareVersions, type Identity, metadataOf, Store } from '../../../runtime/kube';

interface Thing {
  metadata: Identity;
  value: string;
  tags?: string[];
}

const thing = (
  name: string,
  version: number,
  more: Partial<Thing> & { uid?: string; namespace?: string } = {},
): Thing => {
  const { uid = `uid-${name}`, namespace = 'shop', ...rest } = more;
  return { metadata: { name, namespace, uid, resourceVersion: String(version) }, value: `v${version}`, ...rest };
};
const storeOf = (...things: Thing[]): Store<Thing> => {
  const store = new Store<Thing>({ log: silentLog, identity: metadataOf });
  const version = Math.max(0, ...things.map(({ metadata }) => Number(metadata.resourceVersion)));
  store.replace(things, String(version));
  return store;
};
const valueOf = (store: Store<Thing>, key = 'shop/a'): string | undefined => store.get(key)?.value;

describe('A store', () => {
  test('finds objects by key, by namespace and by what an index says', () => {
    const indexes = { tag: ({ tags = [] }: Thing) => tags };
    const store = new Store<Thing, 'tag'>({ log: silentLog, identity: metadataOf, indexes });
    store.put(thing('a', 1, { tags: ['red', 'blue'] }));
    store.put(thing('b', 2, { tags: ['red'], namespace: 'other' }));
    expect(store.size).toBe(2);
    expect(store.get('shop/a')?.metadata.name).toBe('a');
    expect(store.list('other').map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(store.find('tag', 'red')).toHaveLength(2);
    store.put(thing('a', 3, { tags: ['green'] }));
    expect(store.find('tag', 'red').map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(store.find('tag', 'green')).toHaveLength(1);
    store.remove(thing('a', 4).metadata);
    expect(store.find('tag', 'green')).toEqual([]);
    expect(store.list('shop')).toEqual([]);
  });

  test('keeps an object of a cluster scope by its name alone', () => {
    const store = new Store<Thing>({ log: silentLog, identity: metadataOf });
    store.put({ metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, value: 'v1' });
    expect(store.get('a')?.value).toBe('v1');
  });

  test('keeps a projection that holds its identity elsewhere', () => {
    type Flat = Identity & { value: string };
    const store = new Store<Flat>({ log: silentLog, identity: (flat) => flat });
    store.put({ name: 'a', namespace: 'shop', uid: 'u', resourceVersion: '1', value: 'x' });
    expect(store.get('shop/a')?.value).toBe('x');
  });

  test('hands out objects that nobody can change', () => {
    const store = storeOf(thing('a', 1, { tags: ['red'] }));
    expect(() => store.get('shop/a')?.tags?.push('blue')).toThrow(TypeError);
  });

  test('tells what was added, changed and deleted, once each, and nothing where nothing changed', () => {
    const store = storeOf();
    const told: string[] = [];
    const end = store.onChange((key, before, after) => told.push(`${key}: ${before?.value} -> ${after?.value}`));
    store.put(thing('a', 1));
    store.put(thing('a', 1));
    store.put(thing('a', 2));
    store.replace([thing('a', 2)], '3');
    store.remove(thing('a', 4).metadata);
    store.remove(thing('a', 4).metadata);
    end();
    store.put(thing('a', 5));
    expect(told).toEqual(['shop/a: undefined -> v1', 'shop/a: v1 -> v2', 'shop/a: v2 -> undefined']);
  });

  test('tells another object under the same name as a deletion and an addition', () => {
    const store = storeOf(thing('a', 1));
    const told: string[] = [];
    store.onChange((_key, before, after) => told.push(`${before?.metadata.uid} -> ${after?.metadata.uid}`));
    store.put(thing('a', 2, { uid: 'another' }));
    expect(told).toEqual(['uid-a -> undefined', 'undefined -> another']);
  });

  test('goes on when a listener or an index function throws, and says so', () => {
    const errors: LogFields[] = [];
    const log = { ...silentLog, error: (fields: LogFields) => void errors.push(fields) };
    const broken = (): string[] => {
      throw new Error('broken index');
    };
    const store = new Store<Thing, 'broken'>({ log, identity: metadataOf, indexes: { broken } });
    const heard: string[] = [];
    store.onChange(() => {
      throw new Error('broken listener');
    });
    store.onChange((key) => heard.push(key));
    store.put(thing('a', 1));
    expect(heard).toEqual(['shop/a']);
    expect(errors.map(({ error }) => error)).toEqual(['broken index', 'broken listener']);
  });

  test.each<[string, (store: Store<Thing>) => void, string | undefined]>([
    ['shows a write before the watch tells it', (store) => store.observe(thing('a', 11)), 'v11'],
    ['shows a creation before the watch tells it', (store) => store.observe(thing('a', 11, { uid: 'new' })), 'v11'],
    [
      'keeps a newer version against a late reply',
      (store) => (store.put(thing('a', 12)), store.observe(thing('a', 11))),
      'v12',
    ],
    [
      'keeps a newer reply against a late event',
      (store) => (store.observe(thing('a', 13)), store.put(thing('a', 12))),
      'v13',
    ],
    ['orders by number, not by letter', (store) => (store.observe(thing('a', 100)), store.put(thing('a', 99))), 'v100'],
    [
      'does not raise the dead: the reply to a write is older than the deletion',
      (store) => (store.remove(thing('a', 12).metadata), store.observe(thing('a', 11))),
      undefined,
    ],
    [
      'keeps what was made anew against the deletion of what was there',
      (store) => (store.observe(thing('a', 13, { uid: 'new' })), store.remove(thing('a', 12).metadata)),
      'v13',
    ],
    [
      'deletes what a writer wrote last',
      (store) => (store.observe(thing('a', 13)), store.remove(thing('a', 14).metadata)),
      undefined,
    ],
    [
      'deletes also where the event carries the last version itself',
      (store) => (store.observe(thing('a', 13)), store.remove(thing('a', 13).metadata)),
      undefined,
    ],
    ['ignores a reply older than a bookmark', (store) => (store.advance('20'), store.observe(thing('a', 15))), 'v10'],
    ['drops what a list does not show', (store) => store.replace([], '20'), undefined],
    [
      'keeps a reply that is newer than a list',
      (store) => (store.observe(thing('a', 21)), store.replace([thing('a', 10)], '20')),
      'v21',
    ],
    [
      'keeps a creation that is newer than a list',
      (store) => (store.remove(thing('a', 11).metadata), store.observe(thing('a', 21)), store.replace([], '20')),
      'v21',
    ],
    [
      'believes a list alone when the server was set back',
      (store) => (store.advance('50'), store.replace([thing('a', 5)], '6')),
      'v5',
    ],
    [
      'drops everything else when the server was set back',
      (store) => (store.observe(thing('a', 60)), store.replace([], '6')),
      undefined,
    ],
    [
      'keeps what was listed but could not be read',
      (store) => store.replace([], '20', undefined, new Set(['shop/a'])),
      'v10',
    ],
  ])('%s', (_rule, happen, expected) => {
    const store = storeOf(thing('a', 10));
    happen(store);
    expect(valueOf(store)).toBe(expected);
  });

  test('keeps namespaces apart that are listed apart', () => {
    const store = storeOf();
    store.replace([thing('a', 5)], '10', 'shop');
    store.replace([thing('b', 6, { namespace: 'other' })], '30', 'other');
    store.observe(thing('a', 20));
    expect(valueOf(store)).toBe('v20');
    store.replace([], '40', 'other');
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  test('believes only the reflector where versions cannot be ordered', () => {
    const odd = (version: string): Thing => ({
      metadata: { name: 'a', namespace: 'shop', uid: 'u', resourceVersion: version },
      value: version,
    });
    const store = new Store<Thing>({ log: silentLog, identity: metadataOf });
    store.replace([odd('x9')], 'x9');
    store.observe(odd('x10'));
    expect(valueOf(store)).toBe('x9');
    store.put(odd('x10'));
    expect(valueOf(store)).toBe('x10');
  });

  test('never goes backwards and ends where the server ends, whatever replies and lists come between', () => {
    // A history of the server: at each version one of two objects is written or deleted.
    const step = fc.record({ name: fc.constantFrom('a', 'b'), deletes: fc.boolean() });
    // What the store is handed between the events, which come in order: a reply of any past or future version, or a list.
    const between = fc.array(fc.record({ reply: fc.boolean(), version: fc.nat(30) }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(step, between), { minLength: 1, maxLength: 30 }), (history) => {
        const worlds = worldsOf(history.map(([one]) => one));
        const store = storeOf();
        const highest = new Map<string, number>();
        store.onChange((key, _before, after) => {
          if (!after) return;
          const version = Number(after.metadata.resourceVersion);
          expect(version).toBeGreaterThan(highest.get(key) ?? 0);
          highest.set(key, version);
        });
        history.forEach(([{ name, deletes }, extras], index) => {
          for (const { reply, version } of extras) {
            const world = worlds[Math.min(version, history.length)];
            const listVersion = Math.max(index, Math.min(version, history.length));
            if (reply)
              for (const written of world?.values() ?? [])
                if (Number(written.metadata.resourceVersion) === version) store.observe(written);
            // A list is never older than what its watch has told.
            if (!reply && listVersion > 0)
              store.replace([...(worlds[listVersion]?.values() ?? [])], String(listVersion));
          }
          const version = index + 1;
          if (deletes) store.remove(thing(name, version).metadata);
          else store.put(thing(name, version));
        });
        const end = [...(worlds[history.length]?.values() ?? [])].map(({ value }) => value).sort();
        expect(
          store
            .list()
            .map(({ value }) => value)
            .sort(),
        ).toEqual(end);
      }),
      { numRuns: 500 },
    );
  });
});

/** What the server holds at each version, 0 being the beginning. */
function worldsOf(steps: { name: string; deletes: boolean }[]): Map<string, Thing>[] {
  const worlds: Map<string, Thing>[] = [new Map<string, Thing>()];
  steps.forEach(({ name, deletes }, index) => {
    const world = new Map(worlds[index]);
    if (deletes) world.delete(name);
    else world.set(name, thing(name, index + 1));
    worlds.push(world);
  });
  return worlds;
}

describe('Versions', () => {
  test.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['7', '7', 0],
    ['123456789012345678901234567890', '123456789012345678901234567891', -1],
  ])('%s against %s', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other) ?? NaN)).toBe(sign);
  });

  test.each(['', '0', '01', '-1', '1e3', 'x'])('%p cannot be ordered', (odd) => {
    expect(compareVersions(odd, '5')).toBeUndefined();
  });

  test('are ordered as the numbers they are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n }), fc.bigInt({ min: 1n }), (one, other) => {
        const expected = one < other ? -1 : one > other ? 1 : 0;
        expect(Math.sign(compareVersions(String(one), String(other)) ?? NaN)).toBe(expected);
      }),
    );
  });
});
