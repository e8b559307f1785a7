import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { type EntryGate, Gate, GitRepository, Station, Subject, Subscription, Track } from '../../lib';
import type { Station as StationResource, Ticket } from '../../lib/api';
import { resourcesOf } from '../../testing/network';
import { Simulation } from '../../testing/simulation';

const APPROVAL = Gate.approval({ by: [Subject.group('release')] });

class Shop extends Chart {
  constructor(scope: Construct, id: string, gates: readonly EntryGate[]) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string) => new Station(this, name).application('web', { repository, overlay: `env/${name}` });
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      stations: [stop('test'), stop('prod').entry(...gates)],
    });
  }
}

/** A shop whose prod has these entry gates, and the people around it. */
class Yard {
  readonly simulation: Simulation;

  constructor(...gates: readonly EntryGate[]) {
    this.simulation = new Simulation(resourcesOf(new Shop(Testing.app(), 'shop', gates)));
  }

  board(tag: string): void {
    const [track] = this.simulation.tracks.values();
    if (track === undefined) throw new Error('the shop has a track');
    this.simulation.board(track, { images: [{ repoURL: 'ghcr.io/acme/shop', tag }] });
  }

  ticket(name: string): Ticket {
    return found(this.simulation.tickets.get(`shop/${name}`), name);
  }

  station(name: string): StationResource {
    return found(this.simulation.stations.get(`shop/${name}`), name);
  }

  say(name: string, spec: Partial<Ticket['spec']>): void {
    const ticket = this.ticket(name);
    this.simulation.tickets.set(`shop/${name}`, { ...ticket, spec: { ...ticket.spec, ...spec } });
  }

  gate(entry: StationResource['spec']['entry']): void {
    const station = this.station('prod');
    const metadata = { ...station.metadata, generation: 2 };
    this.simulation.stations.set('shop/prod', { ...station, metadata, spec: { ...station.spec, entry } });
  }

  /** Says yes to what the ticket shows, or to another digest. */
  approve(name: string, by = 'ada', digest = this.digest(name)): void {
    const { approvals = [] } = this.ticket(name).spec;
    this.say(name, { approvals: [...approvals, { station: 'prod', digest, by }] });
  }

  digest(name: string): string {
    return found(this.ticket(name).status?.entry?.digest, `digest of ${name}`);
  }

  settle(steps?: number): this {
    this.simulation.settle(steps);
    return this;
  }

  visits(name: string): string[] {
    return (this.ticket(name).status?.stamps ?? []).map((stamp) => `${stamp.station} ${stamp.result}`);
  }

  approved(name: string) {
    return this.ticket(name).status?.conditions?.find((condition) => condition.type === 'Approved');
  }

  /** A first ticket has arrived everywhere: the branches of those behind it start from nothing else. */
  inService(): this {
    const prod = this.station('prod');
    this.gate(undefined);
    this.board('0.9.0');
    this.settle();
    this.gate(prod.spec.entry);
    return this;
  }

  /** The name of the ticket with this place in the order of the track. */
  at(sequence: number): string {
    const ticket = [...this.simulation.tickets.values()].find(({ status }) => status?.sequence === sequence);
    return found(ticket, `ticket number ${sequence}`).metadata.name;
  }

  /** The head of prod's branch; absent while nothing was pushed. */
  head(): string | undefined {
    const [reference] = this.station('prod').spec.applications;
    return reference && this.simulation.model.head(reference);
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

const OTHER = `sha256:${'0'.repeat(64)}`;

describe('an approval', () => {
  test('F2, F3: of what the ticket shows lets it in, and the stamp names the person', () => {
    const yard = new Yard(APPROVAL);
    yard.board('1.0.0');
    yard.settle();
    const { status } = yard.ticket('main-1');
    expect(status).toMatchObject({ phase: 'Standing', station: 'prod', waiting: { reason: 'Approval' } });
    expect(status?.entry).toMatchObject({
      station: 'prod',
      diffs: [{ application: 'argocd/shop-prod-web', changed: 1 }],
    });
    expect(status?.waiting?.message).toContain(`{station: prod, digest: '${yard.digest('main-1')}', by: <you>}`);
    const digest = yard.digest('main-1');
    yard.approve('main-1');
    yard.settle();
    expect(yard.visits('main-1')).toEqual(['test Arrived', 'prod Arrived']);
    expect(yard.ticket('main-1').status?.stamps?.at(-1)?.approvals).toEqual([{ station: 'prod', digest, by: 'ada' }]);
    expect(yard.approved('main-1')).toMatchObject({ status: 'True' });
    expect(yard.ticket('main-1').status?.entry).toBeUndefined();
  });

  test('F3: of another digest opens nothing, and the ticket says so', () => {
    const yard = new Yard(APPROVAL);
    yard.board('1.0.0');
    yard.settle();
    yard.approve('main-1', 'ada', OTHER);
    yard.settle();
    expect(yard.ticket('main-1').status).toMatchObject({ phase: 'Standing', waiting: { reason: 'Approval' } });
    expect(yard.ticket('main-1').status?.waiting?.message).toContain(
      'the approval by ada of sha256:000000000000 is for',
    );
    expect(yard.approved('main-1')).toMatchObject({ status: 'False', reason: 'Void' });
    expect(yard.head()).toBeUndefined();
  });

  test('for a station that the ticket has passed, or that it is not before, is answered', () => {
    const yard = new Yard(APPROVAL);
    yard.board('1.0.0');
    yard.settle();
    yard.say('main-1', { approvals: [{ station: 'test', digest: OTHER, by: 'ada' }] });
    yard.settle();
    expect(yard.approved('main-1')).toMatchObject({
      status: 'False',
      reason: 'Passed',
      message: 'The approval of test by ada has no effect: the ticket has passed test.',
    });
    yard.say('main-1', { approvals: [{ station: 'nowhere', digest: OTHER, by: 'ada' }] });
    yard.settle();
    expect(yard.approved('main-1')).toMatchObject({ reason: 'NotThere' });
  });

  test('and an abort at once: the ticket ends, nothing moves, and the approval is said to have no effect', () => {
    const yard = new Yard(APPROVAL);
    yard.board('1.0.0');
    yard.settle();
    yard.approve('main-1');
    yard.say('main-1', { abort: true });
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Aborted');
    expect(yard.approved('main-1')).toMatchObject({ status: 'False', reason: 'Ended' });
    expect(yard.head()).toBeUndefined();
  });
});

describe('a queue before an approval gate', () => {
  test('history k: one waits for its window, the one behind it is approved; the approval holds when the first has gone', () => {
    const yard = new Yard(APPROVAL).inService();
    yard.board('1.0.0');
    yard.board('1.1.0');
    yard.settle();
    expect(yard.ticket('main-3').status?.entry?.behind).toEqual(['main-2']);
    const digest = yard.digest('main-3');
    yard.gate({ approval: {}, windows: [{ allow: '0 9 * * *', duration: '5m', timeZone: 'UTC' }] });
    yard.approve('main-2');
    yard.approve('main-3', 'grace');
    yard.settle();
    expect(yard.ticket('main-2').status?.stamps?.at(-1)?.arrived).toBe('2030-01-01T09:00:00Z');
    expect(yard.ticket('main-3').status?.stamps?.at(-1)).toMatchObject({
      result: 'Arrived',
      approvals: [{ digest, by: 'grace' }],
    });
  });

  test('F2: is shown as if each older ticket had arrived, so that it is approved in any order', () => {
    const yard = new Yard(APPROVAL).inService();
    for (const tag of ['1.0.0', '1.1.0', '1.2.0']) yard.board(tag);
    yard.settle();
    for (const name of ['main-4', 'main-3', 'main-2']) yard.approve(name);
    yard.settle();
    expect(['main-2', 'main-3', 'main-4'].map((name) => yard.visits(name).at(-1))).toEqual([
      'prod Arrived',
      'prod Arrived',
      'prod Arrived',
    ]);
  });

  test('F3: when an older ticket goes, an approval of trees that had its change is void, and the ticket says what changed', () => {
    const yard = new Yard(APPROVAL).inService();
    const [track] = yard.simulation.tracks.values();
    yard.simulation.board(found(track, 'track'), { images: [{ repoURL: 'ghcr.io/acme/api', tag: '1' }] });
    yard.board('1.1.0');
    yard.settle();
    const head = yard.head();
    yard.approve('main-3');
    yard.say('main-2', { abort: true });
    yard.settle();
    const { status } = yard.ticket('main-3');
    expect(status).toMatchObject({ phase: 'Standing', waiting: { reason: 'Approval' } });
    expect(status?.waiting?.message).toContain(
      'the approval by ada does not hold any more; the files of argocd/shop-prod-web come out otherwise than was shown; older tickets ahead of it were main-2 and are none',
    );
    expect(yard.head()).toBe(head);
    yard.approve('main-3');
    yard.settle();
    expect(yard.ticket('main-3').status?.phase).toBe('Completed');
  });

  test('F2: trees are worked out for the ten oldest, and the others say so', () => {
    const yard = new Yard(APPROVAL);
    for (let number = 1; number <= 11; number += 1) yard.board(`1.${number}.0`);
    yard.settle();
    const [first, tenth, last] = [yard.at(1), yard.at(10), yard.at(11)];
    expect(yard.ticket(tenth).status?.entry?.digest).toBeDefined();
    expect(yard.ticket(last).status?.entry).toEqual({
      station: 'prod',
      diffs: [],
      message: 'worked out once it is among the 10 oldest tickets of its track that stand before prod',
    });
    yard.say(first, { abort: true });
    yard.settle();
    expect(yard.ticket(last).status?.entry?.digest).toBeDefined();
  });

  test('F2: nothing is worked out again while nothing changes, over a restart too', () => {
    const yard = new Yard(APPROVAL);
    yard.board('1.0.0');
    yard.settle();
    yard.simulation.restart();
    const run = jest.spyOn(yard.simulation.model, 'run');
    yard.settle();
    expect(run.mock.calls.map(([job]) => job.kind)).not.toContain('preview');
  });
});

describe('F4: before anything is recorded or pushed', () => {
  test('other trees than were approved free the station, and a new approval is asked for', () => {
    const yard = new Yard(APPROVAL);
    yard.board('1.0.0');
    yard.settle();
    yard.approve('main-1');
    yard.simulation.model.renderer = '2';
    yard.settle();
    const { status } = yard.ticket('main-1');
    expect(status).toMatchObject({ phase: 'Standing', station: 'prod', waiting: { reason: 'Approval' } });
    expect(status?.waiting?.message).toContain('the files of argocd/shop-prod-web come out otherwise than was shown');
    expect(yard.station('prod').status?.occupant).toBeUndefined();
    expect(yard.head()).toBeUndefined();
    yard.approve('main-1');
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
  });

  test('a gate that is added while the ticket sets out keeps it out', () => {
    const yard = new Yard();
    yard.board('1.0.0');
    while (yard.station('prod').status?.occupant === undefined) yard.settle(1);
    yard.gate({ approval: {} });
    yard.settle();
    expect(yard.ticket('main-1').status).toMatchObject({ phase: 'Standing', waiting: { reason: 'Approval' } });
    expect(yard.head()).toBeUndefined();
  });

  test('an approval that is taken back before a restart finds nothing pushed, or everything', () => {
    for (let steps = 1; ; steps += 1) {
      const yard = new Yard(APPROVAL);
      yard.board('1.0.0');
      yard.settle();
      yard.approve('main-1');
      const taken = yard.simulation.settle(steps);
      const pushed = yard.head() !== undefined;
      yard.simulation.restart();
      yard.say('main-1', { approvals: [] });
      yard.settle();
      expect(yard.head() !== undefined).toBe(pushed);
      expect(yard.ticket('main-1').status?.phase).toBe(pushed ? 'Completed' : 'Standing');
      expect(yard.station('prod').status?.occupant).toBeUndefined();
      if (taken < steps) return;
    }
  });
});
