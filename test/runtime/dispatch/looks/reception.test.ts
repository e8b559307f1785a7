import type { ImageSubscription } from '../../../../lib/api';
import { addressOf } from '../../../../runtime/webhooks';
import { eventually } from '../../../waiting';
import type { Scene } from '../scene';
import { Yard } from '../yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
  await yard.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'k8sta' } });
}, 60_000);

afterAll(() => yard.close(), 30_000);

const VALUES = { sender: 'quay', secret: 'a secret that nobody guesses' };
const path = addressOf({ namespace: 'k8sta', name: 'webhook', values: VALUES });

/** A webhook of an image's push. */
const pushed = (image: string): boolean | string =>
  yard.reception.take({ path, headers: {}, body: Buffer.from(JSON.stringify({ docker_url: image })) });

const subscribed = (name: string, image: string): Promise<Scene> => {
  const images: ImageSubscription = {
    repositories: [image],
    select: { semver: { constraint: '*', prereleases: false } },
    interval: '1h',
  };
  return yard.scene(name, { track: { subscriptions: [{ name: 'image', images }] } });
};

test('a webhook has the subscription looked at that it is about, at once, and no other (R10, B1)', async () => {
  const [image, other] = ['ghcr.io/acme/heard', 'ghcr.io/acme/unheard'];
  for (const one of [image, other]) await yard.railyard.registry.publish(`${one}:1.0.0`);
  const [scene, stranger] = [await subscribed('heard', image), await subscribed('unheard', other)];
  await Promise.all([scene.completed('main-1'), stranger.completed('main-1')]);

  expect(pushed(image)).toBe(false);
  await yard.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'webhook', namespace: 'k8sta', labels: { 'k8sta.io/credential': 'webhook' } },
    stringData: VALUES,
  } as never);
  await eventually('the receiver is open', () => pushed('nobody/subscribes') === true);

  let asked = 0;
  yard.faults.registry.set('acme/unheard', () => void (asked += 1));
  for (const one of [image, other]) await yard.railyard.registry.publish(`${one}:1.1.0`);
  const begin = Date.now();
  for (let times = 0; times < 50; times += 1) expect(pushed(image)).toBe(true);
  await scene.until('main-2', 'boards', ({ status }) => status?.sequence !== undefined);
  expect(Date.now() - begin).toBeLessThan(5_000);
  await scene.completed('main-2');
  expect(yard.eyes.tickets.list('heard')).toHaveLength(2);
  expect(asked).toBe(0);
  expect(stranger.seen('main-2')).toBeUndefined();
});

test('a hint that nobody could look at yet is looked at after a restart', async () => {
  const image = 'ghcr.io/acme/later';
  await yard.railyard.registry.publish(`${image}:1.0.0`);
  const scene = await subscribed('later', image);
  await scene.completed('main-1');
  const standby = yard.reception;
  await scene.say('track', 'main', { hold: true });
  await yard.railyard.registry.publish(`${image}:1.1.0`);
  standby.take({ path, headers: {}, body: Buffer.from('{"docker_url":"ghcr.io/acme/later"}') });
  await eventually('the hint is written', () => scene.trackNow()?.status?.hints?.['image'] !== undefined);
  await yard.stopRuntime();
  await yard.start();
  await scene.say('track', 'main', { hold: false });
  await scene.completed('main-2');
});
