import { PassThrough } from 'node:stream';
import { gunzipSync, constants } from 'node:zlib';
import type { Sight, Shown } from '../../../../runtime/dispatch';
import { Hub, type Listener } from '../../../../runtime/server/dashboard/hub';
import { listenerOn } from '../../../../runtime/server/dashboard/listener';
import { commitPage } from '../../../../runtime/server/dashboard/links';
import { maskSecrets } from '../../../../runtime/server/dashboard/mask';
import { packingFor, type Packing } from '../../../../runtime/server/dashboard/packing';
import { eventually } from '../../../waiting';
import { FakeClock } from '../../kube/fake-clock';

/** Objects of one kind, in memory. */
class Shelf {
  private readonly objects = new Map<string, unknown>();
  private readonly listeners = new Set<(key: string, before: unknown) => void>();
  put(key: string, object: unknown): void {
    const before = this.objects.get(key);
    if (object === undefined) this.objects.delete(key);
    else this.objects.set(key, object);
    for (const listener of this.listeners) listener(key, before);
  }
  get followed(): number {
    return this.listeners.size;
  }
  shown(): Shown<never> {
    return {
      get: (key) => this.objects.get(key) as never,
      list: () => [...this.objects.values()] as never[],
      onChange: (listener) => {
        this.listeners.add(listener as never);
        return () => void this.listeners.delete(listener as never);
      },
    };
  }
}

function scene() {
  const [tickets, empty, clock] = [new Shelf(), new Shelf(), new FakeClock()];
  const sight = {
    tracks: empty.shown(),
    stations: empty.shown(),
    tickets: tickets.shown(),
    applications: empty.shown(),
  };
  const hub = new Hub({ ...sight, stationsOf: () => [] } as unknown as Sight, clock);
  return { tickets, clock, hub };
}

const ticket = (namespace: string, name: string, tag: string) => ({
  metadata: { namespace, name, uid: 'u', resourceVersion: tag },
  spec: { track: 'main', change: { images: [{ repoURL: 'ghcr.io/acme/web', tag }] } },
});

const view = (...namespaces: string[]) => ({
  key: namespaces.join(),
  sees: (namespace: string) => namespaces.includes(namespace),
});

class Ear implements Listener {
  readonly heard: Buffer[] = [];
  constructor(readonly packing: Packing = 'identity') {}
  take = (bytes: Buffer): void => void this.heard.push(bytes);
  drop = (): void => undefined;
  get text(): string {
    const all = Buffer.concat(this.heard);
    return (this.packing === 'gzip' ? gunzipSync(all, { finishFlush: constants.Z_SYNC_FLUSH }) : all).toString();
  }
  get count(): number {
    return this.text.match(/^event: /gm)?.length ?? 0;
  }
}

test('one piece of bytes goes to all who may see the same, and nothing to whom it does not concern', async () => {
  const { tickets, clock, hub } = scene();
  tickets.put('shop/one', ticket('shop', 'one', '1'));
  const ears = [new Ear('gzip'), new Ear('gzip')];
  const stranger = new Ear();
  for (const ear of ears) hub.join(view('shop'), ear);
  hub.join(view('blog'), stranger);
  await eventually('all have begun', () => [...ears, stranger].every(({ count }) => count === 1));
  tickets.put('shop/one', ticket('shop', 'one', '2'));
  await clock.pass(300);
  const [first, second] = ears.map(({ heard }) => heard.at(-1));
  expect(first).toBe(second);
  expect(ears[0]?.text).toContain('"tag":"2"');
  expect(stranger.count).toBe(1);
  expect(stranger.text).not.toContain('shop');
});

test('changes of a quarter of a second are told together, the last state of each object once', async () => {
  const { tickets, clock, hub } = scene();
  const ear = new Ear();
  hub.join(view('shop'), ear);
  await eventually('it has begun', () => ear.count === 1);
  for (let tag = 1; tag <= 100; tag++) {
    tickets.put('shop/one', ticket('shop', 'one', String(tag)));
    await clock.pass(10);
  }
  await clock.pass(300);
  expect(ear.count).toBeLessThanOrEqual(7);
  expect(ear.text.split('"tag":"100"')).toHaveLength(2);
  // What comes and goes in between was never there.
  tickets.put('shop/two', ticket('shop', 'two', '1'));
  tickets.put('shop/two', undefined);
  const before = ear.count;
  await clock.pass(300);
  expect(ear.count).toBe(before);
});

test('nothing is lost or told twice while a beginning is being packed', async () => {
  const { tickets, clock, hub } = scene();
  tickets.put('shop/one', ticket('shop', 'one', '1'));
  const ear = new Ear('gzip');
  hub.join(view('shop'), ear);
  tickets.put('shop/one', ticket('shop', 'one', '2'));
  await clock.pass(300);
  await eventually('both have come', () => ear.count === 2);
  const [all, change] = [...ear.text.matchAll(/^event: (\w+)\ndata: .*"tag":"(\d)"/gm)];
  expect([all?.slice(1), change?.slice(1)]).toEqual([
    ['all', '1'],
    ['change', '2'],
  ]);
});

test('whoever takes nothing is cut off after a while, and whoever is slow is not', async () => {
  const clock = new FakeClock();
  const wires = [new PassThrough(), new PassThrough()] as const;
  const [lost, slow] = wires.map((wire) => ({ wire, ...listenerOn(wire, 'identity', clock) }));
  const piece = Buffer.alloc(100_000);
  for (let second = 0; second <= 25; second++) {
    lost?.take(piece);
    slow?.take(piece);
    // Behind, but on its way.
    if (second % 10 === 9) while (slow?.wire.read() !== null);
    await clock.pass(1_000);
  }
  expect([lost?.wire.destroyed, slow?.wire.destroyed]).toEqual([true, false]);
  const far = new PassThrough();
  const behind = listenerOn(far, 'identity', clock);
  for (let at = 0; at < 400; at++) behind.take(piece);
  expect(far.destroyed).toBe(true);
});

test('whoever moves is told all anew, and nothing is followed while nobody looks', async () => {
  const { tickets, clock, hub } = scene();
  tickets.put('blog/one', ticket('blog', 'one', '1'));
  const ear = new Ear();
  expect(tickets.followed).toBe(0);
  const member = hub.join(view('shop'), ear);
  expect(tickets.followed).toBe(1);
  await eventually('it has begun', () => ear.count === 1);
  member.move(view('shop', 'blog'));
  await eventually('it has begun anew', () => ear.text.includes('"tag":"1"'));
  await clock.pass(16_000);
  expect(ear.text).toContain(': still here');
  member.leave();
  expect(tickets.followed).toBe(0);
  expect(hub.size).toBe(0);
});

test.each([
  ['gzip, deflate, br', 'gzip'],
  ['br;q=1, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', 'identity'],
  ['identity', 'identity'],
  [undefined, 'identity'],
])('of the encodings %s the stream has %s', (accepted, packing) => expect(packingFor(accepted)).toBe(packing));

test.each([
  ['https://github.com/acme/shop.git', 'https://github.com/acme/shop/commit/'],
  ['git@github.com:acme/shop.git', 'https://github.com/acme/shop/commit/'],
  ['ssh://git@gitlab.example.com:2222/team/sub/shop.git', 'https://gitlab.example.com/team/sub/shop/-/commit/'],
  ['https://bitbucket.org/acme/shop', 'https://bitbucket.org/acme/shop/commits/'],
  ['https://git.example.com/shop.git', undefined],
  ['https://github.com/acme/<script>', undefined],
])('a commit of %s has its page at %s', (repoURL, page) =>
  expect(commitPage({ repoURL, commit: 'a'.repeat(40) })).toBe(page && `${page}${'a'.repeat(40)}`),
);

test('of manifests that speak of Secrets no value is left, wherever it stands', () => {
  const key = Buffer.alloc(32);
  const texts = [
    'kind: Secret\ndata: {a: aGlkZGVu}\nstringData:\n  b: aGlkZGVu\n',
    'kind: ConfigMap\n---\nkind: "Secret"\nmetadata:\n  annotations:\n    last: aGlkZGVu\ndata:\n  a: |\n    aGlkZGVu\n',
    'kind: List\nitems:\n- kind: Secret\n  data:\n    a: aGlkZGVu\n',
    'kind: SecretList\nitems:\n- data:\n    a: aGlkZGVu\n',
    '{"kind": "Secret", "data": {"a": "aGlkZGVu"}}',
    'kind: Secret\ndata: aGlkZGVu\n',
    'kind: Secret\n  data: [aGlkZGVu\n',
  ];
  for (const text of texts) {
    expect(maskSecrets(text, key)).toContain('hidden');
    expect(maskSecrets(text, key)).not.toContain('aGlkZGVu');
  }
  const other = 'kind: SealedSecret\nspec: aGlkZGVu\n';
  expect(maskSecrets(other, key)).toBe(other);
});
