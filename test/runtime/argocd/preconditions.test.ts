import { preconditions } from '../../../runtime/argocd';
import { application, REPOSITORY, source, saying } from './applications';

const claim = { namespace: 'guestbook', station: 'test', repoURL: REPOSITORY, branch: 'env/test' };

test('an Application that consents and has the branch to itself may be driven', () => {
  expect(preconditions(application(), claim, [application()])).toEqual({ ok: true });
});

test.each(['https://git.example.com/guestbook', 'https://ci@GIT.example.com:443/guestbook.git/'])(
  'the repository may be spelled %s',
  (repoURL) => {
    expect(preconditions(application({ spec: { source: { ...source, repoURL } } }), claim)).toEqual({ ok: true });
  },
);

test('an Application that is missing or going is waited for', () => {
  expect(preconditions(undefined, claim)).toMatchObject({ ok: false, reason: 'ApplicationMissing' });
  const going = application({ metadata: { deletionTimestamp: '2026-01-01T12:00:00Z' } });
  expect(preconditions(going, claim)).toMatchObject({ ok: false, reason: 'ApplicationMissing' });
});

test('in another namespace consent is needed, and the message gives the line to paste', () => {
  const verdict = preconditions(application({ metadata: { annotations: {} } }), claim);
  expect(verdict).toMatchObject({
    ok: false,
    reason: 'NotConsented',
    message: saying(
      'kubectl annotate --overwrite -n argocd applications.argoproj.io guestbook-test-web k8sta.io/authorized-station=guestbook/test',
    ),
  });
});

test('consent to one station is none to another', () => {
  expect(preconditions(application(), { ...claim, station: 'prod' })).toMatchObject({
    reason: 'NotConsented',
    message: saying('consents to Station guestbook/test, not to guestbook/prod'),
  });
});

test('in its own namespace a station needs no consent', () => {
  const neighbour = application({ metadata: { namespace: 'guestbook', annotations: {} } });
  expect(preconditions(neighbour, claim)).toEqual({ ok: true });
});

test('another branch or repository is named, with both sides', () => {
  const elsewhere = application({ spec: { source: { ...source, targetRevision: 'main' } } });
  expect(preconditions(elsewhere, claim)).toMatchObject({
    reason: 'WrongBranch',
    message: saying(/syncs branch main of https:\S+guestbook\.git, the Station says branch env\/test of/),
  });
  const chart = application({ spec: { source: { repoURL: REPOSITORY, chart: 'web', targetRevision: 'env/test' } } });
  expect(preconditions(chart, claim)).toMatchObject({ reason: 'WrongBranch' });
});

test.each([
  ['a folder of the branch', { source: { ...source, path: 'web' } }, /syncs folder web/],
  ['several sources', { source: undefined, sources: [source, { ...source, targetRevision: 'main' }] }, /has 2 sources/],
  [
    'a source hydrator',
    { sourceHydrator: { drySource: { repoURL: REPOSITORY }, syncSource: { targetBranch: 'env/test', path: '.' } } },
    /hydrator/,
  ],
])('%s is no branch of its own', (_, spec, words) => {
  expect(preconditions(application({ spec }), claim)).toMatchObject({
    ok: false,
    reason: 'SharedBranch',
    message: saying(words),
  });
});

test('two Applications on one branch are refused, naming the other', () => {
  const other = application({ metadata: { namespace: 'team', name: 'copy' } });
  expect(preconditions(application(), claim, [other])).toMatchObject({
    reason: 'SharedBranch',
    message: saying('Application team/copy syncs branch env/test'),
  });
});

describe('an Application that several stations name (C3)', () => {
  const own = application({ metadata: { namespace: 'guestbook', annotations: {} } });
  const itself = { namespace: 'guestbook', station: 'test' };
  const rival = { namespace: 'guestbook', station: 'prod' };
  const stranger = { namespace: 'stranger', station: 'test' };

  test('is driven by neither where both could, and the other one is named', () => {
    const neighbour = { namespace: application().namespace, station: 'other' };
    expect(preconditions(own, claim, [], [itself, rival])).toMatchObject({
      reason: 'SharedBranch',
      message: saying('is driven by Station guestbook/prod too: let one of them drive it'),
    });
    expect(preconditions(application(), claim, [], [itself, neighbour])).toMatchObject({ reason: 'SharedBranch' });
  });

  test('is driven by the one that may, whoever else names it', () => {
    expect(preconditions(application(), claim, [], [itself, rival, stranger])).toEqual({ ok: true });
    expect(preconditions(own, claim, [], [itself, stranger])).toEqual({ ok: true });
  });
});
