import { REPOSITORY, survivesEveryCrash, Yard } from './lines';

/** A release that fans out to two regions, and documents that follow when both have it. */
const regions = (junctions: readonly object[] = [{ track: 'east' }, { track: 'west' }], tracks = ['east', 'west']) =>
  new Yard({
    tracks: { main: ['release', 'docs'], east: ['east-full'], west: ['west-full'] },
    stations: { release: { junctions }, docs: { entry: { completed: { tracks } } } },
  });

describe('F1: the gate `completed`', () => {
  test('opens when every child on its tracks has completed, and no earlier', () => {
    const yard = regions();
    yard.fares('west-full', { suspended: 'paused' });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.phase('main-1.east')).toBe('Completed');
    expect(yard.ticket('main-1').status?.waiting).toMatchObject({
      reason: 'Completed',
      message: 'waits for main-1.west on west (Suspended at west-full)',
    });
    expect(yard.station('docs').status?.occupant).toBeUndefined();
    yard.fares('west-full');
    yard.settle();
    expect(yard.visits('main-1')).toEqual(['release Arrived', 'docs Arrived']);
  });

  test('counts a track that was skipped for the ticket as completed', () => {
    const yard = regions([{ track: 'east' }, { track: 'west', enabled: false }]);
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1', 'main-1.east']);
    expect(yard.phase('main-1')).toBe('Completed');
  });

  test('a child that fails fails the ticket, and names it in its words', () => {
    const yard = regions();
    yard.fares('west-full', { syncFails: 'no such image' });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1').status?.failure).toMatchObject({ reason: 'ChildFailed', station: 'docs' });
    expect(yard.ticket('main-1').status?.failure?.message).toContain('main-1.west failed on west: ');
    expect(yard.ticket('main-1').status?.failure?.message).toContain('no such image');
    expect(yard.visits('main-1')).toEqual(['release Arrived', 'docs Failed']);
  });

  test('a child that a person aborts fails the ticket', () => {
    const yard = regions();
    yard.fares('west-full', { suspended: 'paused' });
    yard.board('1.0.0');
    yard.settle();
    yard.say(yard.ticket('main-1.west'), { abort: true });
    yard.settle();
    expect(yard.ticket('main-1').status?.failure).toMatchObject({
      reason: 'ChildFailed',
      message: 'main-1.west was aborted on west',
    });
  });

  test('a child that was superseded counts as the one that took its change along, followed to its end', () => {
    const yard = regions();
    yard.fares('west-full', { suspended: 'paused' });
    for (const tag of ['1.0.0', '1.1.0', '1.2.0']) yard.board(tag);
    yard.settle();
    const supersede = (name: string, by: string): void => {
      const [ticket, other] = [yard.ticket(name), yard.ticket(by)];
      const supersededBy = { ticket: by, uid: other.metadata.uid };
      const status = { ...ticket.status, phase: 'Superseded' as const, supersededBy };
      yard.simulation.tickets.set(`shop/${name}`, { ...ticket, status });
    };
    // The first child is in the station; the second is taken along by the third.
    supersede('main-2.west', 'main-3.west');
    yard.settle();
    expect(yard.waits('main-1')).toBe('Completed');
    yard.fares('west-full');
    yard.settle();
    expect(['main-1', 'main-2', 'main-3'].map((name) => yard.phase(name))).toEqual([
      'Completed',
      'Completed',
      'Completed',
    ]);
  });

  test('a track that nothing branches off onto keeps it shut, and the ticket says what to mend', () => {
    const yard = regions([{ track: 'east' }], ['east', 'west']);
    yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1').status?.waiting?.message).toBe(
      'nothing has branched off onto west at any station that it has passed: put the junction before docs, or take the track out of entry.completed',
    );
  });

  test('a child that is gone keeps it shut: whether it completed is not known', () => {
    const yard = regions();
    yard.fares('west-full', { suspended: 'paused' });
    yard.board('1.0.0');
    yard.settle();
    yard.simulation.tickets.delete('shop/main-1.west');
    yard.settle();
    expect(yard.ticket('main-1').status?.waiting?.message).toContain('its ticket on west is gone');
  });

  test('is open for an express ticket: nothing branches off from it', () => {
    const yard = regions();
    yard.board('1.0.0');
    yard.settle();
    const path = 'env/docs';
    const commit = yard.simulation.model.source.commit(REPOSITORY, `${path}/x.yaml`);
    const express = yard.simulation.express(yard.station('docs'), {
      overlays: [{ repoURL: REPOSITORY, commit, path }],
    });
    yard.settle();
    expect(yard.visits(express.metadata.name)).toEqual(['docs Arrived']);
  });

  test('history of a fan-in survives a crash before every step', () => {
    survivesEveryCrash(() => {
      const yard = regions();
      yard.board('1.0.0');
      return yard;
    });
  });
});
