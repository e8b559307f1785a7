import { IMAGE, REPOSITORY, Yard, type Plan } from './lines';

const line = (extra: Partial<Plan> = {}) => new Yard({ tracks: { main: ['test', 'prod'] }, ...extra });

/** A person commits to the source branch. */
const commit = (yard: Yard, ...paths: string[]): string => yard.simulation.model.source.commit(REPOSITORY, ...paths);
const source = (sha: string) => ({ sources: [{ repoURL: REPOSITORY, commit: sha }] });
const overlay = (sha: string, path: string) => ({ overlays: [{ repoURL: REPOSITORY, commit: sha, path }] });
const express = (yard: Yard, station: string, sha: string, path = `env/${station}`, track?: string) =>
  yard.simulation.express(
    yard.station(station),
    overlay(sha, path),
    track === undefined ? undefined : yard.track(track),
  );

/** A yard in which everything is at the first source commit and image 1.0.0. */
function running(extra: Partial<Plan> = {}): Yard {
  const yard = line(extra);
  yard.board('1.0.0');
  return yard.settle();
}

describe('A2: a change of the source', () => {
  test('becomes base and overlay of every station in turn, and leaves images alone', () => {
    const yard = running();
    const sha = commit(yard, 'base/deployment.yaml', 'env/prod/patch.yaml');
    yard.board(source(sha));
    yard.settle();
    expect(yard.visits('main-2')).toEqual(['test Arrived', 'prod Arrived']);
    expect(yard.good('prod')).toMatchObject({ base: sha, overlay: sha, images: [{ tag: '1.0.0' }] });
  });

  test('I7: an image takes no configuration along, wherever the source branch is meanwhile', () => {
    const yard = running({ stations: { prod: { hold: true } } });
    const before = yard.good('test')?.base;
    const sha = commit(yard, 'base/deployment.yaml');
    yard.board('1.1.0');
    yard.settle();
    expect(yard.good('test')).toMatchObject({ base: before, images: [{ tag: '1.1.0' }] });
    yard.board(source(sha));
    yard.settle();
    expect(yard.good('test')).toMatchObject({ base: sha, images: [{ tag: '1.1.0' }] });
    commit(yard, 'base/deployment.yaml');
    yard.say(yard.station('prod'), { hold: false });
    yard.settle();
    expect(yard.good('prod')).toMatchObject({ base: sha, images: [{ tag: '1.1.0' }] });
  });

  test('of an overlay alone, on a track: the overlay of its own folder and nothing else', () => {
    const yard = running();
    const base = yard.good('prod')?.base;
    const sha = commit(yard, 'env/prod/patch.yaml');
    yard.board(overlay(sha, 'env/prod'));
    yard.settle();
    expect(yard.visits('main-2')).toEqual(['test AlreadyContained', 'prod Arrived']);
    expect(yard.good('prod')).toMatchObject({ base, overlay: sha });
    expect(yard.good('test')).toMatchObject({ base, overlay: base });
  });

  test('v: an image rides before the source commit that first uses it, and is there when that arrives', () => {
    const yard = running();
    yard.board({ images: [{ repoURL: 'ghcr.io/acme/sidecar', tag: '7' }] });
    yard.settle();
    const sha = commit(yard, 'base/sidecar.yaml');
    yard.board(source(sha));
    yard.settle();
    const images = yard.good('prod')?.images?.map(({ repoURL, tag }) => `${repoURL}:${tag}`);
    expect(yard.good('prod')?.base).toBe(sha);
    expect(images).toEqual([`${IMAGE}:1.0.0`, 'ghcr.io/acme/sidecar:7'].sort());
  });
});

describe('A4: never backwards', () => {
  test('C5: a commit that the station has among its ancestors takes no station', () => {
    const yard = running();
    const first = commit(yard, 'base/a.yaml');
    const second = commit(yard, 'base/b.yaml');
    yard.board(source(second));
    yard.settle();
    yard.board(source(first));
    yard.settle();
    expect(yard.visits('main-3')).toEqual(['test AlreadyContained', 'prod AlreadyContained']);
    expect(yard.good('prod')?.base).toBe(second);
  });

  test('a: express C6 arrives at prod, then the older source ticket C5: C6’s overlay stays', () => {
    const yard = running();
    const c5 = commit(yard, 'base/a.yaml');
    const c6 = commit(yard, 'env/prod/patch.yaml');
    yard.say(yard.station('test'), { hold: true });
    yard.board(source(c5));
    express(yard, 'prod', c6);
    yard.settle();
    expect(yard.visits('express-1')).toEqual(['prod Arrived']);
    yard.say(yard.station('test'), { hold: false });
    yard.settle();
    expect(yard.visits('main-2')).toEqual(['test Arrived', 'prod Arrived']);
    expect(yard.good('prod')).toMatchObject({ base: c5, overlay: c6 });
  });
});

describe('B5: a commit that its source branch does not contain', () => {
  const stray = 'f'.repeat(40);

  test('fails the ticket as it boards, before it takes a station', () => {
    const yard = running();
    yard.board(source(stray));
    yard.settle();
    expect(yard.ticket('main-2').status).toMatchObject({ phase: 'Failed', failure: { reason: 'SourceNotContained' } });
    expect(yard.station('test').status?.occupant).toBeUndefined();
  });

  test('fails an express ticket likewise, and one for a folder that no application has fails saying so', () => {
    const yard = running();
    express(yard, 'prod', stray);
    express(yard, 'prod', commit(yard, 'env/elsewhere/x.yaml'), 'env/elsewhere');
    yard.settle();
    expect(yard.ticket('express-1').status?.failure?.reason).toBe('SourceNotContained');
    expect(yard.ticket('express-2').status?.failure).toMatchObject({
      reason: 'OverlayMissing',
      message: expect.stringContaining('no application of station prod has the overlay folder env/elsewhere') as string,
    });
  });
});

describe('B4: an express ticket', () => {
  test('visits its station alone, past what waits on the track, with its own overlay', () => {
    const yard = running({ stations: { test: {}, prod: {} } });
    yard.fares('test', { suspended: 'paused' });
    yard.board('1.1.0');
    const sha = commit(yard, 'env/prod/patch.yaml');
    express(yard, 'prod', sha);
    yard.settle();
    expect(yard.phase('express-1')).toBe('Completed');
    expect(yard.good('prod')).toMatchObject({ overlay: sha, images: [{ tag: '1.0.0' }] });
    expect(yard.ticket('express-1').status?.sequence).toBeUndefined();
  });

  test('takes turns at its station, and is held and gated like any other', () => {
    const yard = running();
    yard.fares('prod', { suspended: 'paused' });
    yard.board('1.1.0');
    yard.settle();
    const sha = commit(yard, 'env/prod/patch.yaml');
    express(yard, 'prod', sha);
    yard.settle();
    expect(yard.waits('express-1')).toBe('StationOccupied');
    yard.say(yard.ticket('express-1'), { hold: true });
    yard.fares('prod');
    yard.settle();
    expect(yard.phase('main-2')).toBe('Completed');
    expect(yard.waits('express-1')).toBe('Held');
    yard.say(yard.ticket('express-1'), { hold: false });
    yard.settle();
    expect(yard.good('prod')).toMatchObject({ overlay: sha, images: [{ tag: '1.1.0' }] });
  });

  test('c: C5 changes base and overlay, C6 the overlay only; prod stands before C5: C6 waits for it', () => {
    const yard = running({ stations: { test: {}, prod: {} } });
    const c5 = commit(yard, 'base/a.yaml', 'env/prod/patch.yaml');
    const c6 = commit(yard, 'env/prod/patch.yaml');
    express(yard, 'prod', c6);
    yard.settle();
    expect(yard.ticket('express-1').status?.waiting).toMatchObject({
      reason: 'Follow',
      message: expect.stringContaining(c5.slice(0, 7)) as string,
    });
    yard.board(source(c5));
    yard.settle();
    expect(yard.visits('express-1')).toEqual(['prod Arrived']);
    expect(yard.good('prod')).toMatchObject({ base: c5, overlay: c6 });
  });

  test('with Follow waits for whatever it stands on, also where the folder is not touched', () => {
    const yard = running({ tracks: { main: { stations: ['test', 'prod'], express: 'Follow' } } });
    const c5 = commit(yard, 'base/a.yaml');
    const c6 = commit(yard, 'env/prod/patch.yaml');
    express(yard, 'prod', c6, 'env/prod', 'main');
    yard.settle();
    expect(yard.waits('express-1')).toBe('Follow');
    yard.board(source(c5));
    yard.settle();
    expect(yard.visits('express-1')).toEqual(['prod Arrived']);
    expect(yard.good('prod')).toMatchObject({ base: c5, overlay: c6 });
  });

  test('j: a base commit and an overlay commit within one poll: each rides by itself', () => {
    const yard = running();
    const base = commit(yard, 'base/a.yaml');
    const patch = commit(yard, 'env/prod/patch.yaml');
    yard.board(source(base));
    express(yard, 'prod', patch);
    yard.settle();
    expect([yard.phase('main-2'), yard.phase('express-1')]).toEqual(['Completed', 'Completed']);
    expect(yard.good('prod')).toMatchObject({ base, overlay: patch });
  });

  test('s: two overlay commits of two applications of one station: both arrive', () => {
    const both = ['web', 'api'].map((name) => ({
      name: `prod-${name}`,
      namespace: 'argocd',
      repoURL: REPOSITORY,
      overlay: `env/prod/${name}`,
      branch: `env/prod/${name}`,
    }));
    const yard = running({ stations: { prod: { applications: both } } });
    const web = commit(yard, 'env/prod/web/patch.yaml');
    const api = commit(yard, 'env/prod/api/patch.yaml');
    yard.simulation.express(yard.station('prod'), {
      overlays: [...overlay(web, 'env/prod/web').overlays, ...overlay(api, 'env/prod/api').overlays],
    });
    yard.settle();
    expect(yard.visits('express-1')).toEqual(['prod Arrived']);
    expect([yard.good('prod', 'prod-web')?.overlay, yard.good('prod', 'prod-api')?.overlay]).toEqual([web, api]);
  });

  test('A8: stands before a branch that never existed until a riding ticket has made it', () => {
    const yard = line();
    const sha = commit(yard, 'env/prod/patch.yaml');
    express(yard, 'prod', sha);
    yard.settle();
    expect(yard.waits('express-1')).toBe('Follow');
    yard.board('1.0.0');
    yard.settle();
    expect(yard.phase('express-1')).toBe('Completed');
  });

  test('C3: waits for a station that does not exist, and can be aborted there', () => {
    const yard = running();
    const prod = yard.station('prod');
    express(yard, 'prod', commit(yard, 'env/prod/patch.yaml'));
    yard.simulation.stations.delete('shop/prod');
    yard.settle();
    yard.simulation.stations.set('shop/prod', prod);
    yard.say(yard.ticket('express-1'), { abort: true });
    yard.settle();
    expect(yard.phase('express-1')).toBe('Aborted');
  });
});
