import type { Station, Ticket } from '../../lib/api';
import {
  decideGoneStation,
  decideStation,
  decideTrack,
  goneTrack,
  type Plan,
  type Snapshot,
} from '../../runtime/journey';
import { stationWith, ticketWith } from '../runtime/journey/resources';
import { nothingKnown } from './facts';

const now = new Date('2030-01-01T00:00:00Z');
const change = { images: [{ repoURL: 'ghcr.io/acme/shop', tag: '1' }] };
const ticket = (status: Ticket['status']): Ticket => ticketWith(status, change);

const decide = (rider: Ticket, stop?: Station): Plan => {
  const snapshot: Snapshot = {
    gone: true,
    track: goneTrack('shop', 'main'),
    tickets: [rider],
    now,
    facts: { ...nothingKnown, ticket: () => rider, station: () => stop, seat: () => stop },
  };
  return decideTrack(snapshot);
};

describe('C6: the track is deleted', () => {
  test('a ticket that stands on it ends Aborted', () => {
    expect(decide(ticket({ phase: 'Standing', sequence: 1, station: 'test' })).steps).toMatchObject([
      { step: 'WriteTicket', status: { phase: 'Aborted' } },
    ]);
  });

  test('a ticket that has not boarded waits for the track, and says so', () => {
    expect(decide(ticket(undefined)).steps).toMatchObject([
      {
        step: 'WriteTicket',
        status: {
          phase: 'Standing',
          waiting: { reason: 'TrackDisabled', message: expect.stringContaining('track main does not exist') as string },
        },
      },
    ]);
  });

  test('an arrival under way finishes, and the ticket ends then', () => {
    const start = '2030-01-01T00:00:00Z';
    const arrival = { station: 'test', stationUid: 'uid-test', start, pushed: start, applications: [] };
    const rider = ticket({ phase: 'Arriving', sequence: 1, station: 'test', arrival });
    const stop = stationWith({ occupant: { ticket: 'main-1', uid: 'uid-main-1', start } });
    expect(decide(rider, stop).steps).toMatchObject([
      { step: 'WriteTicket', status: { phase: 'Aborted', stamps: [{ station: 'test', result: 'Arrived' }] } },
    ]);
  });

  test('the station of a ticket that has ended is freed', () => {
    const rider = ticket({ phase: 'Aborted', sequence: 1, station: 'test' });
    const stop = stationWith({ occupant: { ticket: 'main-1', uid: 'uid-main-1', start: '2030-01-01T00:00:00Z' } });
    const plan = decideStation({
      station: stop,
      lines: [],
      single: [],
      now,
      facts: { ...nothingKnown, ticket: () => rider },
    });
    const [step] = plan.steps;
    expect(step).toMatchObject({ step: 'WriteStation' });
    expect(step?.step === 'WriteStation' && step.status.occupant).toBeUndefined();
  });
});

describe('C3: the station of a ticket that visits it alone is not there', () => {
  const alone = (spec: Partial<Ticket['spec']>): Plan => {
    const rider: Ticket = { ...ticket(undefined), spec: { change, hold: false, abort: false, ...spec } };
    return decideGoneStation(
      { namespace: 'shop', name: 'prod' },
      { now, facts: { ...nothingKnown, singlesAt: () => [rider] } },
    );
  };
  const waits = { phase: 'Standing', station: 'prod', waiting: { reason: 'StationMissing' } };

  test.each([
    ['an express ticket waits for it, and says so', { express: { station: 'prod' } }, waits],
    ['a rollback waits for it, and says so', { rollback: { station: 'prod', to: { previous: true } } }, waits],
    ['one that a person aborts ends there', { express: { station: 'prod' }, abort: true }, { phase: 'Aborted' }],
  ] as const)('%s', (_title, spec, status) => {
    expect(alone(spec).steps).toMatchObject([{ step: 'WriteTicket', status }]);
  });
});
