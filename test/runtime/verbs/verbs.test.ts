import type { Station, StationStatus, Ticket, TicketStatus } from '../../../lib/api';
import { parseTicket } from '../../../lib/api/validation';
import { abort, approve, board, hold, resume, retry, rollback, type Word } from '../../../runtime/verbs';
import { at, good, sha, station, ticket, track } from '../cli/view/network';

const SHOWN = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const gated = station('prod', undefined, { entry: { approval: {} } });

const standing = (status: TicketStatus = {}, spec: Partial<Ticket['spec']> = {}): Ticket =>
  ticket(
    'main-7',
    {
      phase: 'Standing',
      station: 'prod',
      waiting: { reason: 'Approval', since: at(0), message: 'waits for an approval of prod' },
      entry: { station: 'prod', digest: SHOWN, diffs: [] },
      ...status,
    },
    spec,
  );
const ended = (phase: 'Completed' | 'Failed' | 'Aborted' | 'Superseded', spec: Partial<Ticket['spec']> = {}): Ticket =>
  ticket('main-7', { phase }, spec);

const refusal = (word: Word): string => (word.outcome === 'Refused' ? word.says : `not refused: ${word.outcome}`);

/** The spec that the word's first write leaves behind. */
function specAfter(word: Word, before: Ticket | Station): unknown {
  if (word.outcome !== 'Write') throw new Error(`${word.outcome}: ${word.says}`);
  const [write] = word.writes;
  return write.verb === 'create' ? write.object.spec : { ...before.spec, ...write.patch.spec };
}

/** The ticket that the word makes; the API takes it. */
function made(word: Word): { name: string; spec: Ticket['spec'] } {
  if (word.outcome !== 'Write' || word.writes[0].verb !== 'create') throw new Error(`${word.outcome}: ${word.says}`);
  const { object } = word.writes[0];
  expect(
    parseTicket({ ...object, metadata: { ...object.metadata, uid: 'made', resourceVersion: '1' } }),
  ).toHaveProperty('resource');
  return { name: object.metadata.name, spec: object.spec };
}

describe('approve', () => {
  const by = 'ada';

  test('says yes to the trees that the ticket shows, behind the approvals of others, for the version that was judged', () => {
    const before = standing({}, { approvals: [{ station: 'prod', digest: SHOWN, by: 'grace' }] });
    const word = approve({ ticket: before, station: gated, by, digest: SHOWN });
    expect(specAfter(word, before)).toMatchObject({
      approvals: [
        { station: 'prod', digest: SHOWN, by: 'grace' },
        { station: 'prod', digest: SHOWN, by: 'ada' },
      ],
    });
    expect(word).toMatchObject({
      writes: [{ name: 'main-7', patch: { metadata: { uid: 'uid-main-7', resourceVersion: '1' } } }],
    });
  });

  test('a second yes of the same person to the same trees is nothing new', () => {
    const before = standing({}, { approvals: [{ station: 'prod', digest: SHOWN, by }] });
    expect(approve({ ticket: before, station: gated, by })).toMatchObject({ outcome: 'Nothing' });
  });

  test.each<[string, Ticket, Station | undefined, RegExp]>([
    ['a ticket that has ended', ended('Failed'), gated, /main-7 has ended: Failed. There is nothing left to approve/],
    ['one that is being aborted', standing({}, { abort: true }), gated, /is being aborted/],
    ['one that has not boarded', ticket('main-7'), gated, /has not boarded yet. It waits for no approval/],
    [
      'one that arrives',
      standing({ phase: 'Arriving', waiting: { reason: 'Soak', since: at(0), message: 'soaks for 1h.' } }),
      gated,
      /main-7 arrives at prod, Soak: soaks for 1h. It waits for no approval/,
    ],
    [
      'a rollback',
      ticket('back', { phase: 'Standing', station: 'prod' }, { rollback: { station: 'prod', to: { previous: true } } }),
      gated,
      /needs no approval/,
    ],
    ['one at a station without the gate', standing(), station('prod'), /Station prod has no approval gate/],
    ['one at a station that is gone', standing(), undefined, /there is no Station of that name/],
    [
      'one whose trees are not known yet',
      standing({ entry: { station: 'prod', diffs: [] } }),
      gated,
      /is not worked out yet: try again/,
    ],
    [
      'one whose trees are those of another station',
      standing({ entry: { station: 'stage', digest: SHOWN, diffs: [] } }),
      gated,
      /is not worked out yet/,
    ],
    [
      'one whose trees cannot be made',
      standing({ entry: { station: 'prod', diffs: [], failure: { reason: 'RenderFailed', message: 'no such file' } } }),
      gated,
      /shows nothing that could be approved for prod: no such file/,
    ],
  ])('refuses %s', (_what, subject, place, words) => {
    expect(refusal(approve({ ticket: subject, station: place, by }))).toMatch(words);
  });

  test('refuses other trees than were looked at', () => {
    expect(refusal(approve({ ticket: standing(), station: gated, by, digest: OTHER }))).toMatch(
      /something else at prod than was looked at.*Look again/,
    );
  });
});

describe('hold and abort', () => {
  test.each([standing(), gated, track(['test'])])('$kind: is held once', (object) => {
    expect(hold(object)).toMatchObject({ outcome: 'Write', writes: [{ patch: { spec: { hold: true } } }] });
    expect(hold({ ...object, spec: { ...object.spec, hold: true } } as typeof object)).toMatchObject({
      outcome: 'Nothing',
    });
  });

  test('a ticket that arrives ends, and its branches stay', () => {
    expect(abort(standing({ phase: 'Arriving' }))).toMatchObject({
      writes: [{ patch: { spec: { abort: true } } }],
      says: 'main-7 ends. What it has put on the branches of prod stays',
    });
    expect(abort(standing({}, { abort: true }))).toMatchObject({ outcome: 'Nothing' });
  });

  test.each([hold, abort])('an ended ticket is refused', (verb) => {
    expect(refusal(verb(ended('Completed')))).toMatch(/main-7 has ended: Completed. There is nothing left to/);
  });
});

describe('resume', () => {
  const suspended = (head: string, spec: Partial<Ticket['spec']> = {}): Ticket =>
    standing(
      {
        phase: 'Suspended',
        waiting: {
          reason: 'ForeignCommit',
          since: at(0),
          message: 'branch env/prod is foreign',
          resume: { uid: 'uid-main-7', heads: [head] },
        },
      },
      spec,
    );

  test('names what the ticket waits for, and releases the ticket with the same word', () => {
    const before = suspended(sha('a'), { hold: true });
    expect(specAfter(resume({ object: before, by: 'ada' }), before)).toMatchObject({
      hold: false,
      resumes: [{ uid: 'uid-main-7', heads: [sha('a')], by: 'ada' }],
    });
  });

  test('is for the head that the person saw, and for no other', () => {
    const seen = { uid: 'uid-main-7', heads: [sha('a')] };
    expect(resume({ object: suspended(sha('a')), by: 'ada', seen })).toMatchObject({ outcome: 'Write' });
    expect(refusal(resume({ object: suspended(sha('b')), by: 'ada', seen }))).toMatch(
      /does not wait for what was looked at any more.*Look again/,
    );
  });

  test('is said once', () => {
    const resumes = [{ uid: 'uid-main-7', heads: [sha('a')], by: 'grace' }];
    expect(resume({ object: suspended(sha('a'), { resumes }), by: 'ada' })).toMatchObject({ outcome: 'Nothing' });
  });

  test('releases a held ticket, station and track, and refuses a ticket that nobody holds', () => {
    for (const object of [
      standing({}, { hold: true }),
      station('prod', undefined, { hold: true }),
      track(['test'], { hold: true }),
    ])
      expect(resume({ object, by: 'ada' })).toMatchObject({ writes: [{ patch: { spec: { hold: false } } }] });
    expect(refusal(resume({ object: standing(), by: 'ada' }))).toMatch(/does not wait for anybody to resume it/);
    expect(resume({ object: gated, by: 'ada' })).toMatchObject({
      outcome: 'Nothing',
      says: 'station prod is neither held nor halted',
    });
  });

  const halted = (status: StationStatus, spec: Partial<Station['spec']> = {}): Station => station('prod', status, spec);

  test('of a station speaks to each ticket that keeps it shut, without a head, and releases it', () => {
    const object = halted(
      { haltBy: { ticket: 'main-7', uid: 'uid-main-7' }, holdBy: { ticket: 'back', uid: 'uid-back' } },
      { hold: true },
    );
    const word = resume({ object, by: 'ada', stops: [ended('Failed'), ticket('back', { phase: 'Completed' })] });
    expect(word).toMatchObject({
      writes: [
        { kind: 'Ticket', name: 'main-7', patch: { spec: { resumes: [{ uid: 'uid-main-7', by: 'ada' }] } } },
        { kind: 'Ticket', name: 'back', patch: { spec: { resumes: [{ uid: 'uid-back', by: 'ada' }] } } },
        { kind: 'Station', name: 'prod', patch: { spec: { hold: false } } },
      ],
    });
  });

  test('of a station counts words that were spent on an earlier stop as none, and one that is not spent as said', () => {
    const told = ended('Failed', { resumes: [{ uid: 'uid-main-7', by: 'ada' }] });
    const stop = { ticket: 'main-7', uid: 'uid-main-7' };
    expect(resume({ object: halted({ haltBy: { ...stop, spent: 1 } }), by: 'ada', stops: [told] })).toMatchObject({
      outcome: 'Write',
    });
    expect(resume({ object: halted({ haltBy: stop }), by: 'ada', stops: [told] })).toMatchObject({
      outcome: 'Nothing',
    });
  });
});

describe('retry', () => {
  test('makes a ticket with the same change on the same track, named after the first', () => {
    const failed = ended('Failed');
    const first = made(retry({ ticket: failed, others: [failed], by: 'ada' }));
    expect(first).toEqual({
      name: 'main-7-retry',
      spec: {
        track: 'main',
        change: failed.spec.change,
        origin: { retryOf: { name: 'main-7', uid: 'uid-main-7' }, person: 'ada' },
        hold: false,
        abort: false,
      },
    });
    const again = ticket('main-7-retry', { phase: 'Failed' }, first.spec);
    expect(made(retry({ ticket: again, others: [failed, again], by: 'ada' })).name).toBe('main-7-retry-2');
  });

  test('refuses while another tries it, and what makes no sense', () => {
    const failed = ended('Failed');
    const trying = ticket(
      'main-7-retry',
      { phase: 'Standing' },
      { origin: { retryOf: { name: 'main-7', uid: 'uid-main-7' } } },
    );
    expect(refusal(retry({ ticket: failed, others: [trying], by: 'ada' }))).toMatch(
      /main-7-retry tries main-7 again already/,
    );
    expect(refusal(retry({ ticket: standing(), others: [], by: 'ada' }))).toMatch(/Only a ticket that has ended/);
    const back = ended('Failed', { rollback: { station: 'prod', to: { previous: true } } });
    expect(refusal(retry({ ticket: back, others: [], by: 'ada' }))).toMatch(/is a rollback of prod: make a new one/);
    const taken = ticket('main-6', { phase: 'Superseded', supersededBy: { ticket: 'main-7', uid: 'uid-main-7' } });
    expect(refusal(retry({ ticket: taken, others: [], by: 'ada' }))).toMatch(
      /went along with main-7, which carries its change/,
    );
  });
});

describe('rollback', () => {
  const commits = (digit: string) => [{ application: 'argocd/guestbook-prod-web', commit: sha(digit) }];
  const shows = good('prod', sha('c'), '1.3.0');
  const history = ['c', 'b', 'a'].map((digit, index) => ({
    ticket: `main-${9 - index}`,
    uid: `uid-main-${9 - index}`,
    time: at(index),
    commits: commits(digit),
  }));
  const prod: Station = { ...shows, status: { ...shows.status, history } };
  const asked = { by: 'ada', suffix: 'k2x9p' };

  test('goes to the good state before the present one, or to one that is named by ticket or commit', () => {
    expect(made(rollback({ station: prod, ...asked }))).toMatchObject({
      name: 'prod-rollback-k2x9p',
      spec: { rollback: { station: 'prod', to: { previous: true } }, origin: { person: 'ada' } },
    });
    for (const to of ['main-7', sha('a'), 'aaaaaaa'])
      expect(made(rollback({ station: prod, to, ...asked })).spec.rollback).toEqual({
        station: 'prod',
        to: { commits: commits('a') },
      });
  });

  test('with a ticket inside, also to the present good state', () => {
    const occupied = { ...prod, status: { ...prod.status, occupant: { ticket: 'main-10', uid: 'u', start: at(9) } } };
    expect(rollback({ station: occupied, ...asked }).says).toContain('back to what main-9 left');
    expect(made(rollback({ station: occupied, to: 'main-9', ...asked })).spec.rollback?.to).toEqual({
      commits: commits('c'),
    });
  });

  test.each<[string, Station, string | undefined, RegExp]>([
    ['what it never had', prod, 'main-2', /no arrival of 'main-2' on record: it has main-9, main-8, main-7/],
    ['what it shows already', prod, 'main-9', /prod shows what main-9 left already/],
    ['a station that was never good', station('prod'), undefined, /has no good state to go back to/],
    [
      'a station with one good state',
      { ...shows, status: { ...shows.status, history: history.slice(0, 1) } },
      undefined,
      /no good state before/,
    ],
    [
      'applications that are gone',
      { ...prod, spec: { ...prod.spec, applications: [] } },
      'main-7',
      /are not enabled there any more/,
    ],
  ])('refuses %s', (_what, place, to, words) => {
    expect(refusal(rollback({ station: place, ...asked, ...(to === undefined ? {} : { to }) }))).toMatch(words);
  });
});

describe('board', () => {
  const images = [{ repoURL: 'ghcr.io/acme/guestbook', tag: '1.4.0' }];
  const overlays = [{ repoURL: 'https://git.example.com/guestbook.git', commit: sha('d'), path: 'env/prod' }];
  const asked = { by: 'ada', suffix: 'k2x9p' };

  test('makes a ticket of the track that names who made it', () => {
    expect(made(board({ track: track(['test', 'prod']), change: { images }, ...asked }))).toEqual({
      name: 'main-k2x9p',
      spec: {
        track: 'main',
        change: { images },
        origin: { person: 'ada' },
        hold: false,
        abort: false,
      },
    });
  });

  test('an overlay may go to one station alone', () => {
    const { spec } = made(board({ track: track(['test', 'prod']), change: { overlays }, express: 'prod', ...asked }));
    expect(spec).toMatchObject({ express: { station: 'prod' }, change: { overlays } });
    expect(spec.track).toBeUndefined();
  });

  test('says what it would wait for on a held or disabled track', () => {
    const on = (spec: object) => board({ track: track(['test'], spec), change: { images }, ...asked }).says;
    expect([on({ enabled: false }), on({ hold: true })]).toEqual([
      'main-k2x9p boards main once the track is enabled',
      'main-k2x9p boards main once the track is not held any more',
    ]);
  });

  test('refuses nothing at all, an image without a version, and an express ticket that is none', () => {
    const on = (change: object, express?: string) =>
      refusal(board({ track: track(['test']), change, ...asked, ...(express === undefined ? {} : { express }) }));
    expect(on({})).toMatch(/needs something to carry/);
    expect(on({ images: [{ repoURL: 'ghcr.io/acme/web' }] })).toMatch(/has no version/);
    expect(on({ images }, 'test')).toMatch(/carries overlays only/);
    expect(on({ overlays }, 'prod')).toMatch(/does not stop at 'prod': it stops at test/);
  });
});

test('a person whose name no ticket can hold is told so, whatever they do', () => {
  const by = 'x'.repeat(254);
  for (const word of [
    approve({ ticket: standing(), station: gated, by }),
    retry({ ticket: ended('Failed'), others: [], by }),
    rollback({ station: good('prod', sha('c'), '1'), by, suffix: 'a' }),
  ])
    expect(refusal(word)).toContain('has 254 characters, and a ticket holds 253');
});
