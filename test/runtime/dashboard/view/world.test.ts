import type { AllEvent, StreamedTicket } from '../../../../runtime/dashboard/protocol';
import { change, worldOf } from '../../../../runtime/dashboard/view/world';

const AT = '2026-01-01T00:00:00Z';
const ticket = (name: string, uid = name): StreamedTicket => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind: 'Ticket',
  metadata: { namespace: 'shop', name, uid, resourceVersion: '1' },
  spec: { hold: false, abort: false, track: 'main' },
});
const all: AllEvent = {
  at: AT,
  tracks: [],
  stations: [],
  tickets: [ticket('main-1'), ticket('main-2')],
  applications: [],
};

test('what a change names is replaced, what it takes away is gone, and all else is the same object as before', () => {
  const before = worldOf(all);
  const after = change(before, {
    at: AT,
    set: { tickets: [ticket('main-3')] },
    gone: [{ kind: 'Ticket', namespace: 'shop', name: 'main-1' }],
  });
  expect([...after.tickets.keys()]).toEqual(['shop/main-2', 'shop/main-3']);
  expect(after.tickets.get('shop/main-2')).toBe(before.tickets.get('shop/main-2'));
  expect(after.tracks).toBe(before.tracks);
  expect([...before.tickets.keys()]).toEqual(['shop/main-1', 'shop/main-2']);
});

test('an object that was made anew under its old name is there afterwards', () => {
  const after = change(worldOf(all), {
    at: AT,
    set: { tickets: [ticket('main-1', 'another')] },
    gone: [{ kind: 'Ticket', namespace: 'shop', name: 'main-1' }],
  });
  expect(after.tickets.get('shop/main-1')?.metadata.uid).toBe('another');
});

test('a ticket that is gone takes no station of the same name with it', () => {
  const before = worldOf({ ...all, applications: [{ namespace: 'shop', name: 'main-1', health: 'Healthy' }] });
  const after = change(before, { at: AT, set: {}, gone: [{ kind: 'Ticket', namespace: 'shop', name: 'main-1' }] });
  expect(after.applications.has('shop/main-1')).toBe(true);
});
