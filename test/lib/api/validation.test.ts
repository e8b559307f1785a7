import { parseStation, parseTicket, parseTrack, type Parsed } from '../../../lib/api/validation';
import { application, metadata, SHA, station, ticket, track } from './resources';

function resourceOf<T>(parsed: Parsed<T>): T {
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.resource;
}

function problemsOf(parsed: Parsed<unknown>): readonly string[] {
  return 'problems' in parsed ? parsed.problems : [];
}

describe('A stored resource that is right', () => {
  test('is read with the defaults that the CRD gives', () => {
    const { spec } = resourceOf(parseTrack(track()));
    expect(spec).toMatchObject({
      enabled: true,
      hold: false,
      service: 'Latest',
      express: 'Immediate',
      onFailure: 'Continue',
      historyLimit: 50,
    });
    expect(spec.subscriptions[0]?.images).toMatchObject({
      interval: '5m',
      select: { semver: { constraint: '*', prereleases: false } },
    });
    expect(spec.subscriptions[1]?.source).toMatchObject({ branch: 'main', folder: '', interval: '1m' });
    expect(resourceOf(parseStation(station())).spec.deadlines).toEqual({
      arrival: '30m',
      degraded: '1m',
      missing: '10m',
    });
    expect(resourceOf(parseTicket(ticket())).spec).toMatchObject({ hold: false, abort: false });
  });

  test('keeps what people wrote where there is a default', () => {
    const { spec } = resourceOf(parseStation(station({ enabled: false, deadlines: { arrival: '2h' } })));
    expect(spec.enabled).toBe(false);
    expect(spec.deadlines).toEqual({ arrival: '2h', degraded: '1m', missing: '10m' });
  });

  test('loses fields that this version does not know, and nothing else', () => {
    const raw = ticket({ colour: 'red' }, { phase: 'Standing', mood: 'fine' });
    const { spec, status } = resourceOf(parseTicket(raw));
    expect(spec).toEqual({ ...ticket().spec, hold: false, abort: false });
    expect(status).toEqual({ phase: 'Standing' });
    expect(raw.spec).toHaveProperty('colour');
  });

  test('keeps labels and annotations of any name', () => {
    const labels = { 'k8sta.io/track': 'uid', 'team.example.com/x': 'y' };
    const raw = { ...ticket(), metadata: { ...metadata('main-7'), labels, managedFields: [{}] } };
    expect(resourceOf(parseTicket(raw)).metadata).toEqual({ ...metadata('main-7'), labels });
  });
});

describe('A stored resource that is wrong', () => {
  test.each<[string, Parsed<unknown>, string[]]>([
    ['is no object', parseTrack('gibberish'), ['the resource: "gibberish" is not of type object']],
    ['is missing', parseTrack(undefined), ['the resource: is missing']],
    [
      'is of another kind',
      parseTrack(station()),
      ['kind: "Station" is none of "Track"', 'spec.stations: is missing (Stops in order.)'],
    ],
    [
      'has a word outside its vocabulary',
      parseTrack(track({ service: 'Sometimes' })),
      ['spec.service: "Sometimes" is none of "Latest", "Every"'],
    ],
    [
      'has text where a list belongs',
      parseTrack(track({ stations: 'test' })),
      ['spec.stations: "test" is not of type array'],
    ],
    [
      'has a name that cannot be',
      parseTrack(track({ stations: [{ name: 'Prod_1' }] })),
      ['spec.stations[0].name: "Prod_1" is not right: write something like "prod"'],
    ],
    [
      'lacks a field',
      parseStation(station({ applications: [application({ repoURL: undefined })] })),
      ['spec.applications[0].repoURL: is missing: write something like "https://git.example.com/guestbook.git"'],
    ],
    [
      'has a duration that is none',
      parseStation(station({ exit: { soak: '1 hour' } })),
      ['spec.exit.soak: "1 hour" is not right: write something like "1h30m"'],
    ],
    ['has a number out of bounds', parseTrack(track({ historyLimit: -1 })), ['spec.historyLimit: -1 is less than 0']],
    ['has no stations', parseTrack(track({ stations: [] })), ['spec.stations: [] needs at least 1 entries']],
    [
      'has a time that is none',
      parseTicket(ticket({}, { standingSince: 'yesterday' })),
      ['status.standingSince: "yesterday" is not a time: write something like "2030-01-31T09:00:00Z"'],
    ],
    [
      'names a station twice',
      parseTrack(track({ stations: [{ name: 'test' }, { name: 'prod' }, { name: 'test' }] })),
      ['spec.stations[2]: name "test" stands at spec.stations[0] already: leave one of them out'],
    ],
    [
      'lists an image twice',
      parseStation(station({ applications: [application({ images: ['a/b', 'a/b'] })] })),
      ['spec.applications[0].images[1]: "a/b" stands at spec.applications[0].images[0] already: leave one of them out'],
    ],
    [
      'sets two of which one must be set',
      parseTicket(ticket({ express: { station: 'prod' } })),
      ['spec: exactly one of track, express, rollback must be set'],
    ],
    [
      'sets none of which one must be set',
      parseTrack(track({ subscriptions: [{ name: 'nothing' }] })),
      ['spec.subscriptions[0]: exactly one of images, chart, source must be set'],
    ],
    [
      'is a rollback with a change',
      parseTicket(ticket({ track: undefined, rollback: { station: 'prod', to: { previous: true } } })),
      ['spec: a rollback carries no change: it puts good commits back'],
    ],
    [
      'carries an image without tag and digest',
      parseTicket(ticket({ change: { images: [{ repoURL: 'ghcr.io/acme/guestbook' }] } })),
      ['spec.change.images[0]: an image needs a tag, a digest or both'],
    ],
    [
      'is called as Git names its own files',
      parseStation(station({}, 'lock')),
      ["Git needs 'lock' for itself: choose another name"],
    ],
    [
      'has a longer name than fits',
      parseTrack(track({}, 'x'.repeat(41))),
      ['the name of a Track has at most 40 characters'],
    ],
    [
      'is not from a cluster',
      parseTrack({ ...track(), metadata: { name: 'main' } }),
      ['metadata.namespace: is missing', 'metadata.uid: is missing', 'metadata.resourceVersion: is missing'],
    ],
  ])('%s: says where, what it is, and what would be right', (_, parsed, problems) => {
    expect(problemsOf(parsed)).toEqual(problems);
  });

  test('says all of its faults at once', () => {
    expect(problemsOf(parseStation(station({ via: 'Email', applications: [application({ branch: '-x' })] })))).toEqual([
      'spec.via: "Email" is none of "Push", "PullRequest"',
      'spec.applications[0].branch: "-x" is not right: write something like "env/prod"',
    ]);
  });

  test('never shows the password that a URL carries', () => {
    const repoURL = 'https://ada:secret@git.example.com/guestbook.git';
    const [problem] = problemsOf(parseStation(station({ applications: [application({ repoURL })] })));
    expect(problem).toContain('https://***@git.example.com/guestbook.git');
    expect(problem).not.toContain('secret');
  });
});

describe('Addresses and paths', () => {
  const withRepository = (repoURL: string) => parseStation(station({ applications: [application({ repoURL })] }));
  const withBranch = (branch: string) => parseStation(station({ applications: [application({ branch })] }));
  const withOverlay = (overlay: string) => parseStation(station({ applications: [application({ overlay })] }));

  test.each(['https://git.example.com/a.git', 'http://127.0.0.1:8080/a', 'ssh://git@host:22/a/b', 'git@host:a/b.git'])(
    'a repository may be at %s',
    (url) => expect(problemsOf(withRepository(url))).toEqual([]),
  );

  test.each([
    'ext::sh -c id',
    'file:///etc',
    '/srv/git',
    '--upload-pack=id',
    'ssh://-oProxyCommand=id/a',
    'https://t@h/a',
  ])('a repository cannot be at %s', (url) => expect(problemsOf(withRepository(url))).toHaveLength(1));

  test.each(['main', 'env/prod', 'services/api/env/us-east.1'])('a branch may be called %s', (branch) =>
    expect(problemsOf(withBranch(branch))).toEqual([]),
  );

  test.each(['-main', 'a..b', 'a//b', 'a/', '/a', 'a/.b', 'a.', 'a.lock', 'a.lock/b', 'a b', 'a@{1}', ''])(
    'a branch cannot be called "%s"',
    (branch) => expect(problemsOf(withBranch(branch)).length).toBeGreaterThan(0),
  );

  test.each(['../up', 'a/../b', '.', '/a', 'a/', 'a//b'])('an overlay cannot be at "%s"', (overlay) =>
    expect(problemsOf(withOverlay(overlay))).toHaveLength(1),
  );

  test('patterns take no longer for text made to confuse them', () => {
    const text = `${'a.'.repeat(100)}!`;
    const start = performance.now();
    problemsOf(withBranch(text));
    problemsOf(withOverlay(text));
    problemsOf(parseStation(station({ exit: { soak: `${'1h'.repeat(15)}!` } })));
    expect(performance.now() - start).toBeLessThan(250);
  });

  test('a commit is a whole SHA', () => {
    const withCommit = (commit: string) =>
      parseTicket(ticket({ change: { sources: [{ repoURL: 'https://git.example.com/a.git', commit }] } }));
    expect(problemsOf(withCommit(SHA))).toEqual([]);
    expect(problemsOf(withCommit('abc123'))).toHaveLength(1);
  });
});
