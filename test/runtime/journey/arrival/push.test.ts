import type { Station, Ticket } from '../../../../lib/api';
import { isOnRecord } from '../../../../runtime/journey';
import { recordedArrival, START } from '../recorded-arrival';

const { ticket, station, job } = recordedArrival('https://git.example.com/shop.git', 'c'.repeat(40));

describe('D5: nothing is pushed that is not on record', () => {
  test('a push goes out while ticket and station ask for it', () => {
    expect(isOnRecord(job, ticket, station)).toBe(true);
  });

  const occupied = (occupant: Partial<NonNullable<NonNullable<Station['status']>['occupant']>>): Station => ({
    ...station,
    status: { occupant: { ticket: 'main-1', uid: 'uid-main-1', start: START, ...occupant } },
  });

  test.each<[string, Ticket | undefined, Station | undefined]>([
    ['the ticket is gone', undefined, station],
    ['the ticket was made anew', { ...ticket, metadata: { ...ticket.metadata, uid: 'another' } }, station],
    ['the ticket is aborted', { ...ticket, spec: { ...ticket.spec, abort: true } }, station],
    ['the ticket has ended', { ...ticket, status: { ...ticket.status, phase: 'Failed' } }, station],
    ['the record was withdrawn', { ...ticket, status: { phase: 'Arriving' } }, station],
    ['the station is gone', ticket, undefined],
    ['the station was made anew', ticket, { ...station, metadata: { ...station.metadata, uid: 'another' } }],
    ['the station is free', ticket, { ...station, status: {} }],
    ['another ticket has the station', ticket, occupied({ uid: 'uid-main-2' })],
    ['the ticket has taken the station anew', ticket, occupied({ start: '2030-01-01T00:01:00Z' })],
  ])('no push goes out where %s', (_what, presentTicket, presentStation) => {
    expect(isOnRecord(job, presentTicket, presentStation)).toBe(false);
  });
});
