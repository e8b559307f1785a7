/** What is said of tickets that have not boarded. */

import { API_VERSION, type Ticket, type TicketStatus, type Track } from '../../lib/api';
import { decideTrack, transitionsOf, type Facts } from '../../runtime/journey';
import { TRACK_DEFAULTS } from '../lib/api/defaults';
import { reference } from '../lib/network/resources';
import { stationWith, ticketWith } from '../runtime/journey/resources';
import { nothingKnown } from './facts';

const now = new Date('2030-01-01T00:00:00Z');
const change = { images: [{ repoURL: 'ghcr.io/acme/shop', tag: '1.0.0' }] };
const silent = { state: 'Failed', reason: 'GitUnavailable', message: 'the server is silent', retryAt: now } as const;

function ticket(name: string, status?: TicketStatus, abort = false): Ticket {
  const { metadata, spec, ...rest } = ticketWith(status, change);
  return { ...rest, spec: { ...spec, abort }, metadata: { ...metadata, name, uid: `uid-${name}` } };
}

/** What is written into these tickets where Git does not answer and the first one has been given its place. */
function written(...tickets: readonly Ticket[]): Record<string, TicketStatus> {
  const track: Track = {
    apiVersion: API_VERSION,
    kind: 'Track',
    metadata: { name: 'main', namespace: 'shop', uid: 'uid-main', resourceVersion: '1' },
    spec: { ...TRACK_DEFAULTS, subscriptions: [], stations: [{ name: 'test' }] },
    status: { sequence: 1, boarded: { ticket: 'main-1', uid: 'uid-main-1' } },
  };
  const facts: Facts = {
    ...nothingKnown,
    track: () => track,
    station: () => stationWith(undefined, [reference('test')]),
    job: () => silent,
  };
  const { steps } = decideTrack({ track, tickets, now, facts });
  return Object.fromEntries(
    steps.flatMap((step) => (step.step === 'WriteTicket' ? [[step.ticket.metadata.name, step.status]] : [])),
  );
}

test('a ticket that cannot board yet says why, and what it carries', () => {
  expect(written(ticket('main-1'))).toMatchObject({
    'main-1': {
      phase: 'Standing',
      waiting: { reason: 'GitUnavailable', message: 'cannot board yet: the server is silent' },
      summary: { change: 'shop 1.0.0' },
    },
  });
});

test('those behind a ticket that cannot board say for whom they wait', () => {
  const { 'main-1': stuck } = written(ticket('main-1'));
  expect(written(ticket('main-1', stuck), ticket('main-2'), ticket('main-3'))).toMatchObject({
    'main-2': {
      phase: 'Standing',
      waiting: { reason: 'OlderTicket', message: 'waits for main-1 to board before it' },
      summary: { change: 'shop 1.0.0' },
    },
    'main-3': { phase: 'Standing', waiting: { reason: 'OlderTicket' } },
  });
});

test('a ticket that is aborted before it boards waits for nothing any more', () => {
  const { 'main-1': stuck } = written(ticket('main-1'));
  const { 'main-1': ended } = written(ticket('main-1', stuck, true));
  expect(ended?.phase).toBe('Aborted');
  expect(ended?.waiting).toBeUndefined();
  expect(ended?.summary).toEqual({ change: 'shop 1.0.0' });
});

test('its wait is told as an Event, with the station where there is one', () => {
  const { 'main-1': stuck } = written(ticket('main-1'));
  expect(transitionsOf(undefined, stuck ?? {}).map(({ message }) => message)).toEqual([
    'cannot board yet: the server is silent',
  ]);
  expect(transitionsOf(undefined, { ...stuck, station: 'test' }).map(({ message }) => message)).toEqual([
    'test: cannot board yet: the server is silent',
  ]);
});
