import type { Ticket, TicketStatus } from '../../../../lib/api';
import { wakeForTickets } from '../../../../runtime/dispatch/caches/warm';
import { metadataOf, Store } from '../../../../runtime/kube';
import type { Kept } from '../../../../runtime/dispatch/caches/world';
import { silentLog } from '../../../../runtime/log';
import { eventually } from '../../../waiting';

describe('the renderer', () => {
  let version = 0;
  let woken: number;
  let isAtWork: boolean;
  let tickets: Store<Kept<Ticket>>;
  let end: () => void;

  const put = (name: string, status?: TicketStatus): void => {
    const metadata = { name, namespace: 'shop', uid: name, resourceVersion: String((version += 1)) };
    const spec = { track: 'main', change: {}, hold: false, abort: false };
    const resource: Ticket = {
      apiVersion: 'k8sta.io/v1alpha1',
      kind: 'Ticket',
      metadata,
      spec,
      ...(status && { status }),
    };
    tickets.put({ metadata, resource });
  };

  beforeEach(() => {
    woken = 0;
    isAtWork = true;
    tickets = new Store<Kept<Ticket>>({ log: silentLog, identity: metadataOf });
    const renderer = { wake: () => Promise.resolve(void (woken += 1)) };
    end = wakeForTickets(tickets, renderer, { isAtWork: () => isAtWork, log: silentLog });
  });

  test('is woken by a ticket that has yet to board, and by each such ticket once', () => {
    put('app-1');
    put('app-1', { phase: 'Standing' });
    put('app-2');
    expect(woken).toBe(2);
  });

  test('sleeps on while tickets that have boarded are listed, move, end and go', () => {
    put('app-1', { sequence: 1, phase: 'Standing' });
    put('app-1', { sequence: 1, phase: 'Completed' });
    tickets.remove({ name: 'app-1', namespace: 'shop', uid: 'app-1', resourceVersion: String((version += 1)) });
    expect(woken).toBe(0);
  });

  test('sleeps on in a runtime that stands by, or has been ended', () => {
    isAtWork = false;
    put('app-1');
    isAtWork = true;
    end();
    put('app-2');
    expect(woken).toBe(0);
  });

  test('is woken at once where somebody watches; where that fails, nobody is stopped', async () => {
    const words: string[] = [];
    const log = { ...silentLog, debug: (_fields: object, message: string) => void words.push(message) };
    wakeForTickets(
      tickets,
      { wake: () => Promise.reject(new Error('no memory')) },
      { isAtWork: () => isAtWork, eager: true, log },
    );
    await eventually('it is told', () => words.length > 0);
    expect(words).toEqual(['The renderer could not be woken in advance']);
  });
});
