import fc from 'fast-check';
import type { ApplicationReference, Change, RenderedState, Root } from '../../../../lib/api';
import { applyChange, isContained, StateList, type SourceHistory } from '../../../../runtime/journey/facts/state';

const repoURL = 'https://git.example.com/shop.git';
const sha = (digit: string): string => digit.repeat(40);
const reference: ApplicationReference = {
  name: 'shop-prod',
  namespace: 'argocd',
  enabled: true,
  repoURL,
  sourceBranch: 'main',
  folder: 'services/api',
  overlay: 'env/prod',
  branch: 'services/api/env/prod',
  layout: 'Files',
  adopt: false,
};
const root = (sequence: number, track = 'main-uid'): Root => ({ track, sequence });
/** Commits in the order of one branch: each contains the ones before it. */
const order = [sha('1'), sha('2'), sha('3'), sha('4')];
const history: SourceHistory = {
  contains: (_repo, ancestor, descendant) => order.indexOf(ancestor) <= order.indexOf(descendant),
  onBranch: (_repo, commit) => order.includes(commit),
};
const image = (tag: string, repository = 'ghcr.io/acme/api') => ({ repoURL: repository, tag });
const good: RenderedState = { base: sha('2'), overlay: sha('3'), images: [{ ...image('1.0.0'), root: root(1) }] };
const apply = (change: Change, by = root(5), from = good) => applyChange(from, change, by, reference, history);

describe('A2: a change is applied to the good state', () => {
  test('images replace those images and nothing else', () => {
    expect(apply({ images: [image('1.1.0')] })).toEqual({ ...good, images: [{ ...image('1.1.0'), root: root(5) }] });
  });

  test('an image that the application does not use yet joins its state', () => {
    expect(apply({ images: [image('2.0.0', 'ghcr.io/acme/web')] }).images?.map((one) => one.repoURL)).toEqual([
      'ghcr.io/acme/api',
      'ghcr.io/acme/web',
    ]);
  });

  test('a source commit becomes both base and overlay', () => {
    expect(apply({ sources: [{ repoURL, commit: sha('4') }] })).toMatchObject({ base: sha('4'), overlay: sha('4') });
  });

  test('a source commit of another repository leaves everything as it is', () => {
    expect(apply({ sources: [{ repoURL: 'https://git.example.com/other.git', commit: sha('4') }] })).toEqual(good);
  });

  test('the same repository is recognised however its URL is written', () => {
    const change = { sources: [{ repoURL: 'HTTPS://git.EXAMPLE.com/shop', commit: sha('4') }] };
    expect(apply(change)).toMatchObject({ base: sha('4') });
  });

  test('an overlay commit moves the overlay of its own path only', () => {
    const overlay = (path: string) => ({ overlays: [{ repoURL, path, commit: sha('4') }] });
    expect(apply(overlay('services/api/env/prod'))).toMatchObject({ base: sha('2'), overlay: sha('4') });
    expect(apply(overlay('services/api/env/test'))).toEqual(good);
  });
});

describe('A4: never backwards', () => {
  test('a commit that base or overlay already contains leaves that one as it is', () => {
    expect(apply({ sources: [{ repoURL, commit: sha('1') }] })).toEqual(good);
    expect(apply({ sources: [{ repoURL, commit: sha('2') }] })).toEqual(good);
  });

  test('a recorded commit that the source branch no longer contains always yields', () => {
    const lost = { ...good, base: sha('f') };
    expect(apply({ sources: [{ repoURL, commit: sha('1') }] }, root(5), lost)).toMatchObject({ base: sha('1') });
  });

  test('an image of an older root of the same track leaves the newer one (n: a diamond keeps v3)', () => {
    const newer = { ...good, images: [{ ...image('3.0.0'), root: root(6) }] };
    expect(apply({ images: [image('2.0.0')] }, root(5), newer)).toEqual(newer);
  });

  test('the order of another track says nothing about ours', () => {
    const other = { ...good, images: [{ ...image('3.0.0'), root: root(6, 'other-uid') }] };
    expect(apply({ images: [image('2.0.0')] }, root(5), other).images).toEqual([{ ...image('2.0.0'), root: root(5) }]);
  });

  test('whatever the order of two image tickets, the newer root wins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 51, max: 99 }),
        fc.boolean(),
        (older, newer, first) => {
          const steps = [
            { change: { images: [image('old')] }, by: root(older) },
            { change: { images: [image('new')] }, by: root(newer) },
          ];
          const inOrder = first ? steps : [...steps].reverse();
          const end = inOrder.reduce((state, { change, by }) => apply(change, by, state), {
            base: sha('1'),
          } as RenderedState);
          expect(end.images).toEqual([{ ...image('new'), root: root(newer) }]);
        },
      ),
    );
  });
});

describe('A4, C5: what is already contained', () => {
  const cases: [string, Change, boolean][] = [
    ['the very image', { images: [image('1.0.0')] }, true],
    ['another version', { images: [image('1.0.1')] }, false],
    ['an image that is not there', { images: [image('1', 'ghcr.io/acme/web')] }, false],
    ['one of two images', { images: [image('1.0.0'), image('1', 'ghcr.io/acme/web')] }, false],
    [
      'a source commit of another repository',
      { sources: [{ repoURL: 'https://git.example.com/o', commit: sha('9') }] },
      true,
    ],
    ['an overlay of another path', { overlays: [{ repoURL, path: 'env/test', commit: sha('9') }] }, true],
    ['the very overlay commit', { overlays: [{ repoURL, path: 'services/api/env/prod', commit: sha('3') }] }, true],
    [
      'a source commit that base and overlay have among their ancestors',
      { sources: [{ repoURL, commit: sha('1') }] },
      true,
    ],
    ['one that the overlay has and the base has not', { sources: [{ repoURL, commit: sha('3') }] }, false],
    ['a new source commit', { sources: [{ repoURL, commit: sha('4') }] }, false],
  ];
  test.each(cases)('%s', (_what, change, expected) => {
    expect(isContained(good, [{ change, root: root(5) }], reference, history)).toBe(expected);
  });
});

test('H1: equal states are stored once, whatever the order of their keys', () => {
  const list = new StateList();
  const places = [good, { images: good.images, overlay: good.overlay, base: good.base }, {}].map((state) =>
    list.place(state),
  );
  expect(places).toEqual([0, 0, 1]);
  expect(list.states).toHaveLength(2);
});
