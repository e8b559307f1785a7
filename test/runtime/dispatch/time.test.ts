import { eventually } from '../../waiting';
import { Yard } from './yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

/** How late a timer may be. */
const LATE_MS = 250;

test('a soak departs when it ends: not before, and at once (F6)', async () => {
  const scene = await yard.scene('soak', { stations: [{ name: 'test', spec: { exit: { soak: '1s' } } }] });
  await scene.ticket('one', '1.0.0');
  const soaking = await scene.waiting('one', 'Soak');
  const { since, until } = soaking.status?.waiting ?? {};
  expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(1_000);
  const ticket = await scene.completed('one');
  const late = Date.parse(ticket.status?.stamps?.[0]?.departed ?? '') - Date.parse(until ?? '');
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThanOrEqual(LATE_MS);
});

test('a soak that health breaks begins anew, and does not run into the arrival deadline (F5, u)', async () => {
  const scene = await yard.scene('broken-soak', {
    stations: [{ name: 'test', spec: { exit: { soak: '5s' }, deadlines: { arrival: '4s', degraded: '1m' } } }],
  });
  await scene.ticket('one', '1.0.0');
  const first = await scene.waiting('one', 'Soak');
  yard.railyard.argocd.script('argocd', 'broken-soak-test', { health: 'Degraded: a hiccup' });
  await scene.waiting('one', 'Degraded');
  yard.railyard.argocd.script('argocd', 'broken-soak-test', undefined);
  const again = await scene.waiting('one', 'Soak');
  const since = (ticket: typeof first): number => Date.parse(ticket.status?.waiting?.since ?? '');
  expect(since(again)).toBeGreaterThan(since(first));
  const ticket = await scene.completed('one');
  expect(Date.parse(ticket.status?.stamps?.[0]?.departed ?? '') - since(again)).toBeGreaterThanOrEqual(5_000);
});

test('a suspended Application is waited for beyond the arrival deadline (E1, E2)', async () => {
  const scene = await yard.scene('suspended', { stations: [{ name: 'test', spec: { deadlines: { arrival: '4s' } } }] });
  yard.railyard.argocd.script('argocd', 'suspended-test', { health: 'Suspended: a rollout is paused' });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'Suspended');
  expect(status?.phase).toBe('Suspended');
  const past = Date.now() + 4_500;
  await eventually('the deadline would have passed', () => Date.now() > past);
  expect(scene.seen('one')?.status?.phase).toBe('Suspended');
  yard.railyard.argocd.script('argocd', 'suspended-test', undefined);
  await scene.completed('one');
});

test('a grace of Degraded ends when it ends (E2)', async () => {
  const scene = await yard.scene('grace', { stations: [{ name: 'test', spec: { deadlines: { degraded: '1s' } } }] });
  yard.railyard.argocd.script('argocd', 'grace-test', { health: 'Degraded: crashes' });
  await scene.ticket('one', '1.0.0');
  const waiting = await scene.waiting('one', 'Degraded');
  const { status } = await scene.failed('one');
  const late =
    Date.parse(status?.stamps?.[0]?.departed ?? '') - Date.parse(waiting.status?.waiting?.since ?? '') - 1_000;
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThanOrEqual(LATE_MS);
});
