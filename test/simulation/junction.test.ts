import { survivesEveryCrash, trackOf, Yard } from './lines';

const regions = (extra: Readonly<Record<string, unknown>> = {}) =>
  new Yard({
    tracks: { main: ['test', 'prod'], east: ['east-1', 'east-2'], west: ['west-1'] },
    stations: { prod: { junctions: [{ track: 'east' }, { track: 'west' }], ...extra } },
  });

describe('B6: a junction', () => {
  test('makes one ticket for each track, which carries the whole change to its own end', () => {
    const yard = regions();
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1', 'main-1.east', 'main-1.west']);
    expect(yard.visits('main-1.east')).toEqual(['east-1 Arrived', 'east-2 Arrived']);
    expect(['east-2', 'west-1'].map((name) => yard.tag(name))).toEqual(['1.0.0', '1.0.0']);
    expect(yard.names().map((name) => yard.phase(name))).toEqual(['Completed', 'Completed', 'Completed']);
  });

  test('shows where each ticket comes from in spec, labels and the parent’s stamp', () => {
    const yard = regions();
    const { metadata } = yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1.east')).toMatchObject({
      metadata: { labels: { 'k8sta.io/track': 'track-shop-east', 'k8sta.io/root': metadata.uid } },
      spec: { origin: { parent: { name: 'main-1', uid: metadata.uid, station: 'prod' } } },
      status: { root: { track: 'track-shop-main', sequence: 1 } },
    });
    expect(yard.ticket('main-1').status?.stamps?.[1]?.children).toEqual([{ track: 'east' }, { track: 'west' }]);
  });

  test('makes each ticket exactly once, whatever crashes', () => {
    const steps = survivesEveryCrash(() => {
      const yard = regions();
      yard.board('1.0.0');
      return yard;
    });
    expect(steps).toBeGreaterThan(30);
  });

  test('stays taken until the tickets are there, and makes none for an arrival that fails', () => {
    const yard = regions();
    yard.fares('prod', { syncFails: 'no such image' });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1']);
    yard.fares('prod');
    yard.board('1.1.0');
    for (let at = 0; yard.names().length < 4; at += 1) {
      expect(at).toBeLessThan(200);
      yard.simulation.settle(1);
      if (yard.names().length === 3) expect(yard.station('prod').status?.occupant?.ticket).toBe('main-2');
    }
  });

  test('is one in the midst of a line too, nested, and at a station without applications', () => {
    const yard = new Yard({
      tracks: { main: ['gate', 'prod'], east: ['east-1'], far: ['far-1'] },
      stations: {
        gate: { applications: [], junctions: [{ track: 'east' }] },
        'east-1': { junctions: [{ track: 'far' }] },
      },
    });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1', 'main-1.east', 'main-1.east.far']);
    expect(
      yard.ticket('main-1.east.far').spec.origin?.lineage?.map(({ track, station }) => `${track} ${station}`),
    ).toEqual(['main gate', 'east east-1']);
    expect(yard.ticket('main-1.east.far').metadata.labels?.['k8sta.io/root']).toBe(yard.ticket('main-1').metadata.uid);
    expect([yard.tag('far-1'), yard.tag('prod')]).toEqual(['1.0.0', '1.0.0']);
  });

  test('A6: boards its tracks when nothing changed there as well', () => {
    const yard = regions();
    yard.board('1.0.0');
    yard.settle();
    yard.say(yard.station('east-1'), { hold: true });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.visits('main-2')).toEqual(['test AlreadyContained', 'prod AlreadyContained']);
    expect(yard.names().slice(3)).toEqual(['main-2', 'main-2.east', 'main-2.west']);
  });

  test('C5: with the change contained, makes its tickets before the result is stamped, each once', () => {
    survivesEveryCrash(() => {
      const yard = regions();
      yard.board('1.0.0');
      yard.settle();
      yard.board('1.0.0');
      return yard;
    });
  });
});

describe('C7: what a junction skips is on record', () => {
  test('a disabled reference, a track that is not there, and one of another namespace that does not consent', () => {
    const yard = new Yard({
      tracks: { main: ['prod'], east: ['east-1'], 'other/south': ['south-1'] },
      stations: {
        prod: {
          junctions: [{ track: 'east', enabled: false }, { track: 'north' }, { track: 'south', namespace: 'other' }],
        },
      },
    });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1']);
    expect(yard.ticket('main-1').status?.stamps?.[0]?.children).toMatchObject([
      { track: 'east', skipped: 'Disabled' },
      { track: 'north', skipped: 'TrackMissing' },
      { track: 'south', namespace: 'other', skipped: 'NotConsented' },
    ]);
    const [ready] = yard.station('prod').status?.conditions ?? [];
    expect(ready).toMatchObject({ status: 'False' });
    expect(ready?.message).toContain('track north does not exist');
    expect(ready?.message).toContain('{namespace: shop, station: prod}');
  });

  test('a track of another namespace that consents is boarded under a name that says where from', () => {
    const yard = new Yard({
      tracks: {
        main: ['prod'],
        'other/south': { stations: ['south-1'], boardedFrom: [{ namespace: 'shop', station: 'prod' }] },
      },
      stations: { prod: { junctions: [{ track: 'south', namespace: 'other' }] } },
    });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1', 'other/shop.main-1.south']);
    expect(yard.phase('other/shop.main-1.south')).toBe('Completed');
  });

  test('a junction onto its own line moves nothing twice, and the station says so', () => {
    const yard = new Yard({
      tracks: { main: ['test', 'prod'], back: ['east-1'] },
      stations: {
        test: { junctions: [{ track: 'main' }, { track: 'back' }] },
        'east-1': { junctions: [{ track: 'main' }] },
      },
    });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.names()).toEqual(['main-1', 'main-1.back']);
    expect(yard.ticket('main-1.back').status?.stamps?.[0]?.children).toMatchObject([
      { track: 'main', skipped: 'InLineage' },
    ]);
    expect(yard.station('test').status?.conditions?.[0]?.message).toContain('leads back to test');
  });

  test('a disabled application is named in the stamp, which the next arrival does not replace', () => {
    const yard = new Yard({ tracks: { main: ['test', 'prod'] } });
    const [application] = yard.station('test').spec.applications;
    yard.say(yard.station('test'), { applications: [{ ...application, enabled: false }] });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1').status?.stamps).toMatchObject([{ skipped: ['argocd/test'] }, { result: 'Arrived' }]);
  });
});

describe('B8: what makes a ticket the same one', () => {
  test('another ticket’s name is left to it; the child gets one of its own', () => {
    const yard = regions();
    yard.board('1.0.0');
    const taken = {
      ...yard.board('9.9.9', 'west'),
      metadata: { ...yard.ticket('west-1').metadata, name: 'main-1.east' },
    };
    yard.simulation.tickets.set('shop/main-1.east', taken);
    yard.settle();
    const [, , , child] = yard.names();
    expect(child).toMatch(/^main-1\.east-[0-9a-f]{10}$/);
    expect(yard.phase(child ?? '')).toBe('Completed');
  });

  test('a track that is made anew does not take over the tickets of the old one, whether or not anyone saw it gone (C6)', () => {
    const yard = new Yard({ tracks: { main: ['test', 'prod'] }, stations: { prod: { hold: true } } });
    yard.board('1.0.0');
    yard.settle();
    const anew = trackOf('main', ['test', 'prod']);
    yard.simulation.tracks.set('shop/main', { ...anew, metadata: { ...anew.metadata, uid: 'another' } });
    yard.settle();
    expect(yard.phase('main-1')).toBe('Aborted');
    yard.board('1.1.0');
    yard.say(yard.station('prod'), { hold: false });
    yard.settle();
    expect(yard.phase('main-2')).toBe('Completed');
  });
});

describe('what a child carries', () => {
  test('i, A8: a new station behind prod starts from prod’s state, across the junction', () => {
    const yard = new Yard({
      tracks: { main: ['prod'], east: ['east-1'] },
      stations: { prod: { junctions: [{ track: 'east', enabled: false }] } },
    });
    yard.board('1.0.0');
    yard.settle();
    yard.say(yard.station('prod'), { junctions: [{ track: 'east', enabled: true }] });
    yard.board({ images: [{ repoURL: 'ghcr.io/acme/api', tag: '2' }] });
    yard.settle();
    const tags = yard.good('east-1')?.images?.map(({ repoURL, tag }) => `${repoURL}:${tag}`);
    expect(tags).toEqual(['ghcr.io/acme/api:2', 'ghcr.io/acme/shop:1.0.0']);
    expect(yard.good('east-1')?.base).toBe(yard.good('prod')?.base);
  });

  test('n: a diamond: main-2 reaches the shared station before main-1, and its change stays (A4)', () => {
    const yard = new Yard({
      tracks: { main: ['test'], left: ['x', 'shared'], right: ['y', 'shared'] },
      stations: { test: { junctions: [{ track: 'left' }, { track: 'right' }] }, x: { hold: true } },
    });
    yard.board('2');
    yard.board('3');
    yard.settle();
    expect(yard.visits('main-2.right')).toEqual(['y Arrived', 'shared Arrived']);
    yard.say(yard.station('x'), { hold: false });
    yard.settle();
    expect(yard.phase('main-1.left')).toBe('Completed');
    expect(yard.tag('shared')).toBe('3');
  });
});
