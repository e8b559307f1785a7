import fc from 'fast-check';
import type { Station, Ticket } from '../../lib/api';
import { Yard, type Plan } from './lines';

const STATIONS = ['a', 'b', 'c', 'd'];

const gates = fc.record(
  {
    entry: fc.oneof(
      fc.constant({ approval: {} }),
      fc.constant({ windows: [{ allow: '*/5 * * * *', duration: '1m' }] }),
      fc.constant({}),
    ),
    exit: fc.constantFrom({ soak: '90s' }, { analyses: [{ template: 'smoke' }] }, {}),
    hold: fc.boolean(),
  },
  { requiredKeys: [] },
);

const networks = fc.record({
  main: fc.shuffledSubarray(STATIONS, { minLength: 1 }),
  other: fc.shuffledSubarray(STATIONS, { minLength: 1 }),
  service: fc.constantFrom('Every', 'Latest'),
  onFailure: fc.constantFrom('Continue', 'Halt', 'Rollback'),
  gates: fc.dictionary(fc.constantFrom(...STATIONS), gates),
});

/** What people and Applications do, one after the other; the ride goes on for a while in between. */
const words = fc.array(
  fc.record({
    what: fc.constantFrom(
      'board',
      'board',
      'board',
      'fails',
      'recovers',
      'hold',
      'abort',
      'approve',
      'rollback',
      'die',
    ),
    which: fc.nat({ max: 7 }),
    steps: fc.oneof(fc.nat({ max: 12 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  }),
  { minLength: 3, maxLength: 12 },
);

type Word = { readonly what: string; readonly which: number; readonly steps: number };

function say(yard: Yard, { what, which }: Word, at: number): void {
  const { simulation } = yard;
  const stop = [...simulation.stations.values()][which % simulation.stations.size];
  const ticket = [...simulation.tickets.values()][which];
  if (what === 'board') yard.board(`1.${at}.0`, which % 3 === 0 ? 'other' : 'main');
  if (what === 'die') simulation.restart();
  if (stop !== undefined) sayOfStation(yard, what, stop, at);
  if (ticket !== undefined) sayOfTicket(yard, what, ticket);
}

function sayOfStation(yard: Yard, what: string, stop: Station, at: number): void {
  const station = stop.metadata.name;
  if (what === 'fails') yard.fares(station, { degraded: 'it crashes' });
  if (what === 'recovers') yard.fares(station);
  if (what === 'hold') yard.say(stop, { hold: !stop.spec.hold });
  const rollback = { rollback: { station, to: { previous: true as const } }, hold: false, abort: false };
  if (what === 'rollback') yard.simulation.make('shop', `back-${at}`, rollback);
}

function sayOfTicket(yard: Yard, what: string, ticket: Ticket): void {
  if (what === 'abort') yard.say(ticket, { abort: true });
  const { station, digest } = ticket.status?.entry ?? {};
  if (what !== 'approve' || station === undefined || digest === undefined) return;
  yard.say(ticket, { approvals: [{ station, digest, by: 'ada' }] });
}

/** Every step that is carried out, when, and what is there in the end. */
function historyOf(plan: Plan, said: readonly Word[], remembers: boolean) {
  const yard = new Yard(plan, remembers);
  const { simulation } = yard;
  const steps: string[] = [];
  const carry = simulation.carry.bind(simulation);
  simulation.carry = (step) => {
    steps.push(JSON.stringify([simulation.now, step]));
    carry(step);
  };
  for (const [at, word] of said.entries()) {
    say(yard, word, at);
    simulation.settle(word.steps);
  }
  simulation.settle();
  const { tickets, stations, tracks } = simulation;
  return { steps, left: [tickets, stations, tracks].map((kept) => JSON.stringify([...kept])) };
}

test('what is left out because nothing that it is made of has changed would have asked for nothing', () => {
  fc.assert(
    fc.property(networks, words, ({ main, other, service, onFailure, gates: stations }, said) => {
      const tracks = { main: { stations: main, service, onFailure }, other: { stations: other, service } };
      const plan = { tracks, stations };
      expect(historyOf(plan, said, true)).toEqual(historyOf(plan, said, false));
    }),
    { numRuns: 60 },
  );
});
