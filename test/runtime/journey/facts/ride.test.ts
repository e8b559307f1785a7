import fc from 'fast-check';
import type { Stamp, Ticket, Track } from '../../../../lib/api';
import { nextStation, Order } from '../../../../runtime/journey/facts/ride';

const STOPS = ['a', 'b', 'c', 'd', 'e'];

function trackOf(stations: readonly string[]): Track {
  return {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Track',
    metadata: { name: 'main', namespace: 'shop', uid: 'track', resourceVersion: '1' },
    spec: { service: 'Every', stations: stations.map((name) => ({ name })) },
  } as unknown as Track;
}

function ticketOf(sequence: number, visits: readonly string[]): Ticket {
  const stamps = visits.map((station): Partial<Stamp> => ({ station, result: 'Arrived' }));
  return {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Ticket',
    metadata: { name: `main-${sequence}`, namespace: 'shop', uid: `uid-${sequence}`, resourceVersion: '1' },
    spec: { track: 'main', change: {} },
    status: { phase: 'Standing', sequence, boarded: { track: 'track' }, stamps },
  } as unknown as Ticket;
}

/** The rule as it is written: behind the last station of the line that it has passed, those that it has not passed yet. */
function wayOf(line: readonly string[], visits: readonly string[]): string[] {
  const last = visits.findLast((station) => line.includes(station));
  return line.slice(last === undefined ? 0 : line.indexOf(last) + 1).filter((station) => !visits.includes(station));
}

const lines = fc.shuffledSubarray(STOPS);
/** Visits on this line and on what it was before it was edited. */
const visits = fc.shuffledSubarray([...STOPS, 'x', 'y']);

test('the next station is the first behind the last passed one that was not passed before (C6)', () => {
  fc.assert(
    fc.property(lines, visits, (line, been) => {
      expect(nextStation(trackOf(line), ticketOf(1, been).status)).toBe(wayOf(line, been)[0]);
    }),
  );
});

test('ahead of a ticket is the youngest older one that still has its next station before it, at the end of the line any (C2, I6)', () => {
  fc.assert(
    fc.property(lines, fc.array(visits, { maxLength: 8 }), (line, riders) => {
      const tickets = riders.map((been, at) => ticketOf(at + 1, been));
      const order = new Order({ track: trackOf(line), tickets: [...tickets].reverse() });
      expect(order.tickets).toEqual(tickets);
      for (const [at, ticket] of tickets.entries()) {
        const [next] = wayOf(line, riders[at] ?? []);
        const older = riders.findLastIndex(
          (been, index) => index < at && (next === undefined || wayOf(line, been).includes(next)),
        );
        expect(order.aheadOf(ticket)?.metadata.name).toBe(tickets[older]?.metadata.name);
      }
    }),
    { numRuns: 500 },
  );
});
