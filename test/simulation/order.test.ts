import type { Ticket, Track } from '../../lib/api';
import { parseTicket } from '../../lib/api/validation';
import { decideTrack, type Facts, type Look } from '../../runtime/journey';
import { nothingKnown } from './facts';
import { IMAGE, trackOf, Yard } from './lines';

const when = (yard: Yard, ticket: string, station: string): string =>
  yard.ticket(ticket).status?.stamps?.find((stamp) => stamp.station === station)?.departed ?? '';

describe('C1: turns', () => {
  test('l: tracks [x, y] and [y, x], both busy: no deadlock', () => {
    const yard = new Yard({ tracks: { there: ['x', 'y'], back: ['y', 'x'] } });
    for (const tag of ['1', '2', '3']) {
      yard.board(tag, 'there');
      yard.board({ images: [{ repoURL: 'ghcr.io/acme/api', tag }] }, 'back');
    }
    yard.settle();
    expect(yard.names().map((name) => yard.phase(name))).toEqual(Array<string>(6).fill('Completed'));
  });

  test('a track that never runs out of tickets keeps no other from its turn', () => {
    const yard = new Yard({ tracks: { busy: ['a', 'shared'], rare: ['shared'] } });
    for (let tag = 1; tag <= 5; tag += 1) yard.board(String(tag), 'busy');
    yard.simulation.settle(30);
    yard.board({ images: [{ repoURL: 'ghcr.io/acme/api', tag: '1' }] }, 'rare');
    yard.settle();
    expect(when(yard, 'rare-1', 'shared') < when(yard, 'busy-5', 'shared')).toBe(true);
  });

  test('what waits for its turn says so, and is told nothing new while others come and go', () => {
    const yard = new Yard({ tracks: { main: ['shared'], other: ['shared'] } });
    yard.fares('shared', { suspended: 'paused' });
    yard.board('1');
    yard.settle();
    yard.board('2', 'other');
    yard.settle();
    const { waiting } = yard.ticket('other-1').status ?? {};
    expect(waiting?.reason).toBe('StationOccupied');
    const [plan] = yard.simulation.plans().filter(({ steps }) => steps.length > 0);
    expect(plan).toBeUndefined();
  });
});

describe('what a wait costs in writes', () => {
  /** The reasons that a ticket gave, one after the other, and for how many of its versions. */
  const told = (yard: Yard, name: string, until: () => boolean): string[] => {
    const versions = new Map<string, string>();
    for (let step = 0; step < 400 && !until(); step += 1) {
      const { metadata, status } = yard.ticket(name);
      versions.set(metadata.resourceVersion ?? '', `${status?.phase} ${status?.station} ${status?.waiting?.reason}`);
      yard.simulation.settle(1);
    }
    return [...versions.values()];
  };

  test('a ticket that goes on behind an older one says so in the write in which it goes on', () => {
    const yard = new Yard({ tracks: { main: ['a', 'b'] } });
    yard.fares('b', { suspended: 'paused' });
    yard.board('1');
    yard.settle();
    yard.board('2');
    const seen = told(yard, 'main-2', () => yard.waits('main-2') === 'OlderTicket');
    expect(yard.ticket('main-2').status).toMatchObject({
      phase: 'Standing',
      station: 'b',
      waiting: { reason: 'OlderTicket', message: 'waits for main-1, which boarded before it, to pass b' },
    });
    expect(seen).not.toContain('Standing b undefined');
  });

  test('a plan that frees a station tells nobody to wait for it', () => {
    const yard = new Yard({ tracks: { main: ['a'], other: ['a'] } });
    for (const tag of ['1', '2', '3']) yard.board(tag);
    yard.board({ images: [{ repoURL: 'ghcr.io/acme/api', tag: '1' }] }, 'other');
    const told = new Set<string>();
    let freed = 0;
    for (let step = 0; step < 400 && yard.phase('main-3') !== 'Completed'; step += 1) {
      for (const { steps } of yard.simulation.plans()) {
        if (!steps.some((one) => one.step === 'WriteStation' && one.status.occupant === undefined)) continue;
        freed += 1;
        for (const one of steps) if (one.step === 'WriteTicket') told.add(`${one.status.waiting?.reason}`);
      }
      yard.simulation.settle(1);
    }
    expect(yard.phase('main-3')).toBe('Completed');
    expect(freed).toBeGreaterThan(2);
    expect([...told]).not.toContain('StationOccupied');
  });
});

describe('D7: the write that frees a station', () => {
  /** Who was in the station, one after the other, as its versions tell; an empty name where nobody was. */
  const occupants = (yard: Yard, station: string, until: () => boolean): string[] => {
    const versions = new Map<string, string>();
    for (let step = 0; step < 400 && !until(); step += 1) {
      const { metadata, status } = yard.station(station);
      versions.set(metadata.resourceVersion ?? '', status?.occupant?.ticket ?? '');
      yard.simulation.settle(1);
    }
    return [...versions.values()].filter((name, at, all) => name !== all[at - 1]);
  };

  test('puts the next ticket in, and makes good what the last one has brought', () => {
    const yard = new Yard({ tracks: { main: ['a'] } });
    for (const tag of ['1', '2', '3']) yard.board(tag);
    expect(occupants(yard, 'a', () => yard.phase('main-3') === 'Completed')).toEqual([
      '',
      'main-1',
      'main-2',
      'main-3',
    ]);
    yard.settle();
    expect(yard.station('a').status?.history?.map(({ ticket }) => ticket)).toEqual(['main-3', 'main-2', 'main-1']);
    expect(yard.station('a').status?.occupant).toBeUndefined();
  });

  test('puts nobody in who is held, nor anybody while the station halts', () => {
    const held = new Yard({ tracks: { main: ['a'] } });
    held.board('1');
    held.board('2');
    held.say(held.ticket('main-2'), { hold: true });
    held.settle();
    expect([held.phase('main-1'), held.phase('main-2')]).toEqual(['Completed', 'Standing']);
    expect(held.station('a').status?.occupant).toBeUndefined();

    const halted = new Yard({ tracks: { main: ['a'] } });
    halted.say(halted.track('main'), { onFailure: 'Halt' });
    halted.fares('a', { syncFails: 'no' });
    halted.board('1');
    halted.board('2');
    halted.settle();
    expect([halted.phase('main-1'), halted.waits('main-2')]).toEqual(['Failed', 'Halted']);
    expect(halted.station('a').status?.occupant).toBeUndefined();
  });
});

describe('C6: the track is edited while a ticket rides', () => {
  const stops = (...names: string[]) => ({ stations: names.map((name) => ({ name })) });
  const cases: [string, string[], string[]][] = [
    ['the next station is removed', ['a', 'c'], ['a', 'c']],
    ['the last one it completed is removed', ['b', 'c'], ['a', 'b', 'c']],
    ['a station is put in behind it', ['new', 'a', 'b', 'c'], ['a', 'b', 'c']],
    ['a station is put in before it', ['a', 'new', 'b', 'c'], ['a', 'new', 'b', 'c']],
    ['the rest is turned round', ['a', 'c', 'b'], ['a', 'c', 'b']],
    ['it ends where the ticket is', ['a'], ['a']],
    ['nothing of it is left', ['new'], ['a', 'new']],
  ];

  test.each(cases)('%s', (_what, line, visits) => {
    const yard = new Yard({ tracks: { main: ['a', 'b', 'c'] }, stations: { b: { hold: true }, new: {} } });
    yard.board('1');
    yard.settle();
    yard.say(yard.track('main'), stops(...line));
    yard.say(yard.station('b'), { hold: false });
    yard.settle();
    expect(yard.visits('main-1')).toEqual(visits.map((name) => `${name} Arrived`));
    expect(yard.phase('main-1')).toBe('Completed');
  });

  test('an arrival under way at a station that is removed finishes there', () => {
    const yard = new Yard({ tracks: { main: ['a', 'b'] } });
    yard.fares('a', { suspended: 'paused' });
    yard.board('1');
    yard.settle();
    yard.say(yard.track('main'), stops('b'));
    yard.fares('a');
    yard.settle();
    expect(yard.visits('main-1')).toEqual(['a Arrived', 'b Arrived']);
    expect(yard.station('a').status?.occupant).toBeUndefined();
  });

  test('I6: who has nothing left to ride completes behind an older one that finishes at a station that was removed', () => {
    const yard = new Yard({ tracks: { main: ['a', 'b'] } });
    yard.fares('b', { suspended: 'paused' });
    yard.board('1');
    yard.board('2');
    yard.settle();
    yard.say(yard.track('main'), stops('a'));
    yard.settle();
    expect(yard.ticket('main-2').status).toMatchObject({
      phase: 'Standing',
      waiting: {
        reason: 'OlderTicket',
        message: 'has nothing left to ride, and waits for main-1, which boarded before it, to end',
      },
    });
    yard.fares('b');
    yard.settle();
    expect([yard.phase('main-1'), yard.phase('main-2')]).toEqual(['Completed', 'Completed']);
  });

  test('C7: a disabled track keeps its standing ticket, and an arrival under way finishes', () => {
    const yard = new Yard({ tracks: { main: ['a', 'b'] } });
    yard.fares('a', { suspended: 'paused' });
    yard.board('1');
    yard.settle();
    yard.say(yard.track('main'), { enabled: false });
    yard.fares('a');
    yard.settle();
    expect(yard.ticket('main-1').status).toMatchObject({ station: 'b', waiting: { reason: 'TrackDisabled' } });
    yard.say(yard.track('main'), { enabled: true });
    yard.settle();
    expect(yard.phase('main-1')).toBe('Completed');
  });
});

describe('B8: tickets that a subscription makes', () => {
  const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
  let track: Track;
  let tickets: Ticket[];

  beforeEach(() => {
    const images = { repositories: [IMAGE], select: { digest: { tag: 'stable' } } };
    track = trackOf('main', { stations: ['test'], subscriptions: [{ name: 'image', images }] });
    tickets = [];
  });

  /** One decision after a look that found `stable` at this digest. @returns whether it makes a ticket */
  function decide(digit: string, notes = true): boolean {
    const now = new Date('2030-01-01T00:00:00Z');
    const image = { repoURL: IMAGE, tag: 'stable', digest: digest(digit) };
    const look: Look = { images: [image], newer: true, choice: 'what stable points to' };
    const facts: Facts = {
      ...nothingKnown,
      ticketsOn: () => tickets,
      job: (kind) => (kind === 'look' ? { state: 'Done', at: now, result: look as never } : undefined),
    };
    const { steps } = decideTrack({ track, tickets: [], now, facts });
    let made = false;
    for (const step of steps) {
      if (step.step === 'CreateTicket') {
        made = true;
        const metadata = {
          name: `main-${tickets.length + 1}`,
          namespace: 'shop',
          uid: `${tickets.length}`,
          resourceVersion: '1',
        };
        const parsed = parseTicket({ apiVersion: track.apiVersion, kind: 'Ticket', metadata, spec: step.spec });
        if ('problems' in parsed) throw new Error(parsed.problems.join(' '));
        tickets.push({ ...parsed.resource, status: { phase: 'Completed' } });
      }
      if (step.step === 'WriteTrack' && notes) track = { ...track, status: step.status };
    }
    return made;
  }

  const tags = () => tickets.map(({ spec }) => spec.change?.images?.[0]?.digest?.at(-1));

  test('w: `stable` moves d1, d2, d1: three tickets, and a fourth when it goes back once more', () => {
    for (const digit of ['1', '1', '2', '2', '1', '1', '2']) {
      decide(digit);
      decide(digit);
    }
    expect(tags()).toEqual(['1', '2', '1', '2']);
  });

  test('a crash before the track notes a ticket makes no second one, though the first has ended meanwhile', () => {
    expect(decide('1', false)).toBe(true);
    expect(decide('1', false)).toBe(false);
    expect(decide('1')).toBe(false);
    expect(decide('2')).toBe(true);
    expect(tags()).toEqual(['1', '2']);
  });
});
