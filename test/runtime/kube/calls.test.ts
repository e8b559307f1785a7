import { connect, type ApiCall } from '../../../runtime/kube';
import { ClockSkew } from '../../../runtime/kube/calls';
import { FakeApi, WIDGETS } from './fake-api';

test('each request is told by verb, resource and code, and no name of an object is among them', async () => {
  const api = await new FakeApi().start();
  const calls: ApiCall[] = [];
  const widgets = connect({ kubeconfig: api.kubeconfig() }, { onCall: (call) => calls.push(call) }).objects(WIDGETS);
  const ref = { namespace: 'default', name: 'one' };
  await widgets.list();
  await widgets.list({ namespace: 'default' });
  await widgets.get(ref);
  await widgets.merge(ref, {}).catch(() => undefined);
  await widgets.merge(ref, {}, { subresource: 'status' }).catch(() => undefined);
  await widgets.create({ metadata: ref, spec: { value: '' } }).catch(() => undefined);
  await api.stop();
  await widgets.get(ref).catch(() => undefined);
  expect(calls.map(({ verb, resource, code }) => `${verb} ${resource} ${code}`)).toEqual([
    'list widgets 200',
    'list widgets 200',
    'get widgets 404',
    'patch widgets 404',
    'patch widgets/status 404',
    'create widgets 404',
    'get widgets none',
  ]);
});

test.each([
  ['the same second', 5_400, 5_500, 0],
  ['a slow answer', 5_000, 90_000, 0],
  ['a clock ahead', 100_000, 100_100, 94_000],
  ['a clock behind', 1_000, 1_100, -3_900],
])('of the clocks, %s proves no more than it does', (_what, sentAt, receivedAt, ahead) => {
  const skew = new ClockSkew();
  expect(skew.aheadMs).toBe(0);
  skew.saw(5_000, sentAt, receivedAt);
  expect(skew.aheadMs).toBe(ahead);
});
