import { ConflictError, TerminalError, TransientError } from '../../../runtime/errors';
import { type LogFields, silentLog } from '../../../runtime/log';
import { AlreadyExistsError, type Draft, EventRecorder, type KubeEvent, NotFoundError } from '../../../runtime/kube';
import { FakeClock } from './fake-clock';

const ticket = {
  apiVersion: 'k8sta.io/v1alpha1',
  kind: 'Ticket',
  metadata: { name: 'shop-7', namespace: 'shop', uid: 'uid-7', resourceVersion: '12' },
};
const occurrence = { object: ticket, reason: 'Arrived', message: 'Arrived at prod' };

/** The events of a cluster, held by hand. */
class FakeEvents {
  readonly held = new Map<string, Draft<KubeEvent>>();
  failing: Error | undefined;
  writes = 0;

  async create(event: Draft<KubeEvent>): Promise<KubeEvent> {
    this.writes++;
    if (this.failing) throw this.failing;
    if (this.held.has(event.metadata.name)) throw new AlreadyExistsError('taken');
    this.held.set(event.metadata.name, event);
    return stored(event);
  }

  async get({ name }: { name: string }): Promise<KubeEvent | undefined> {
    const event = this.held.get(name);
    return event && stored(event);
  }

  async merge({ name }: { name: string }, patch: object): Promise<KubeEvent> {
    this.writes++;
    const event = this.held.get(name);
    if (!event) throw new NotFoundError('gone');
    const merged = { ...event, ...patch };
    this.held.set(name, merged);
    return stored(merged);
  }
}

function stored(event: Draft<KubeEvent>): KubeEvent {
  const metadata = { ...event.metadata, uid: 'u', resourceVersion: '1' };
  return { ...event, apiVersion: 'v1', kind: 'Event', metadata };
}

describe('An event recorder', () => {
  let events: FakeEvents;
  let clock: FakeClock;
  let lost: LogFields[];

  const recorder = (limit?: number): EventRecorder => {
    const log = { ...silentLog, warn: (fields: LogFields) => void lost.push(fields) };
    return new EventRecorder({ events, log, clock, ...(limit ? { limit } : {}) });
  };
  const held = (): Draft<KubeEvent>[] => [...events.held.values()];

  beforeEach(() => {
    events = new FakeEvents();
    clock = new FakeClock();
    lost = [];
  });

  test('writes what happened to whom, so that kubectl describe shows it', async () => {
    const recording = recorder();
    recording.record({ ...occurrence, type: 'Warning' });
    await recording.flush();
    expect(held()).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: expect.stringMatching(/^shop-7\.[0-9a-f]{16}$/) as string, namespace: 'shop' },
        involvedObject: {
          apiVersion: 'k8sta.io/v1alpha1',
          kind: 'Ticket',
          name: 'shop-7',
          namespace: 'shop',
          uid: 'uid-7',
          resourceVersion: '12',
        },
        type: 'Warning',
        reason: 'Arrived',
        message: 'Arrived at prod',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        source: { component: 'k8sta' },
        reportingComponent: 'k8sta',
        reportingInstance: 'k8sta',
      },
    ]);
  });

  test('counts what happens again, in the same moment, later, or seen by another recorder', async () => {
    const first = recorder();
    first.record(occurrence);
    first.record(occurrence);
    await first.flush();
    await clock.pass(60_000);
    first.record(occurrence);
    await first.flush();
    const second = recorder();
    second.record(occurrence);
    await second.flush();
    expect(held()).toMatchObject([
      { count: 4, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:01:00Z' },
    ]);
  });

  test.each([
    ['reason', { ...occurrence, reason: 'Departed' }],
    ['message', { ...occurrence, message: 'Arrived at test' }],
    ['object', { ...occurrence, object: { ...ticket, metadata: { ...ticket.metadata, uid: 'uid-8' } } }],
  ])('keeps apart what differs in its %s', async (_what, other) => {
    const recording = recorder();
    recording.record(occurrence);
    recording.record(other);
    await recording.flush();
    expect(held()).toHaveLength(2);
  });

  test('writes again what the server has forgotten between two looks', async () => {
    const recording = recorder();
    recording.record(occurrence);
    await recording.flush();
    const merge = events.merge.bind(events);
    events.merge = async (ref, patch) => {
      events.held.clear();
      return merge(ref, patch);
    };
    recording.record(occurrence);
    await recording.flush();
    expect(held()).toMatchObject([{ count: 1 }]);
    expect(lost).toEqual([]);
  });

  test('cuts names and messages to what the API takes', async () => {
    const recording = recorder();
    const object = { ...ticket, metadata: { ...ticket.metadata, name: `${'a'.repeat(219)}.b${'c'.repeat(30)}` } };
    recording.record({ object, reason: 'Long', message: 'x'.repeat(5_000) });
    await recording.flush();
    expect(held()[0]?.metadata.name).toMatch(/^a{219}\.[0-9a-f]{16}$/);
    expect(held()[0]?.message).toHaveLength(1024);
  });

  test('puts the events of a cluster-scoped object into the default namespace', async () => {
    const recording = recorder();
    const metadata = { name: 'prod', uid: 'uid-9', resourceVersion: '1' };
    recording.record({ ...occurrence, object: { ...ticket, metadata } });
    await recording.flush();
    expect(held()[0]?.metadata.namespace).toBe('default');
  });

  test.each([new TransientError('busy'), new TerminalError('refused'), new ConflictError('moved'), new Error('what?')])(
    'loses an event rather than trouble its caller: %s',
    async (error) => {
      events.failing = error;
      const recording = recorder();
      recording.record(occurrence);
      await recording.flush();
      expect(lost).toEqual([{ reason: 'Arrived', kind: 'Ticket', name: 'shop-7', error: error.message }]);
      // One attempt: an API in trouble is not asked twice.
      expect(events.writes).toBe(1);
      events.failing = undefined;
      recording.record(occurrence);
      await recording.flush();
      expect(held()).toHaveLength(1);
    },
  );

  test('does not collect without end what cannot be written', async () => {
    const recording = recorder(2);
    for (const message of ['1', '2', '3']) recording.record({ ...occurrence, message });
    await recording.flush();
    expect(held().map(({ message }) => message)).toEqual(['1', '2']);
    expect(lost).toHaveLength(1);
  });
});
