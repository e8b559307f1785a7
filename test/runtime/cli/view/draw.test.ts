import fc from 'fast-check';
import { drawNetwork, plainPalette, type Palette, type Snapshot } from '../../../../runtime/cli/view';
import { application, at, good, healthy, sha, snapshot, station, ticket, track } from './network';

const draw = (parts: Partial<Snapshot>, width = 80, palette: Palette = plainPalette): string =>
  drawNetwork(snapshot(parts), { width, now: new Date(at(10)), palette }).join('\n');

/** A picture in a test, without the margin of the code around it. */
function picture(text: string): string {
  const lines = text
    .replace(/^\n/, '')
    .replace(/\n\s*$/, '')
    .split('\n');
  const margin = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0),
  );
  return lines.map((line) => line.slice(margin)).join('\n');
}

describe('the picture of a network', () => {
  test('shows stations as stops on a line before anything rides', () => {
    expect(draw({})).toBe(
      picture(`
      guestbook/main

        test   stage   prod
        ○──────○───────○

        no tickets yet
      `),
    );
  });

  test('shows a ticket where it arrives, with its commit and what it waits for', () => {
    const riding = ticket('main-1', {
      phase: 'Arriving',
      sequence: 1,
      station: 'stage',
      waiting: { reason: 'Progressing', since: at(8.5), message: 'Deployment web: 0 of 1 replicas are available' },
      arrival: {
        station: 'stage',
        stationUid: 'uid-stage',
        start: at(8),
        applications: [
          { name: 'guestbook-stage-web', namespace: 'argocd', commit: sha('b'), branch: 'env/stage', result: 'Commit' },
        ],
      },
      stamps: [{ station: 'test', arrived: at(5), departed: at(7.2), result: 'Arrived' }],
    });
    const text = draw({
      stations: [good('test', sha('a'), '1.2.0'), station('stage'), station('prod')],
      tickets: [riding],
      applications: [
        healthy('test', sha('a')),
        { namespace: 'argocd', name: 'guestbook-stage-web', sync: 'Synced', health: 'Progressing' },
      ],
    });
    expect(text).toBe(
      picture(`
      guestbook/main

                          ◐ main-1
        test              stage         prod
        ●━━━━━━━━━━━━━━━━━◐─────────────○
        aaaaaaa           bbbbbbb
        guestbook 1.2.0   Progressing
        Healthy
        2.2 s

        main-1  guestbook 1.2.0  arriving at stage  1.5 s
          Progressing: Deployment web: 0 of 1 replicas are available
      `),
    );
  });

  test('shows a ticket that stands before a station, and the one it waits for', () => {
    const first = ticket('main-1', { phase: 'Arriving', sequence: 1, station: 'test' });
    const second = ticket(
      'main-2',
      {
        phase: 'Standing',
        sequence: 2,
        station: 'test',
        waiting: { reason: 'StationOccupied', since: at(7), message: 'main-1 is arriving at test' },
      },
      { change: { sources: [{ repoURL: 'https://git.example.com/guestbook.git', commit: sha('3') }] } },
    );
    const text = draw({ tickets: [second, first] });
    expect(text).toContain('◐ main-1');
    expect(text).toContain('› main-2');
    expect(text).toContain('main-2  source 3333333  standing before test  3.0 s');
    expect(text).toContain('StationOccupied: main-1 is arriving at test');
  });

  test('says where a completed ticket has been, with each commit and time', () => {
    const stamp = (name: string, digit: string, from: number, to: number) => ({
      station: name,
      arrived: at(from),
      departed: at(to),
      result: 'Arrived' as const,
      commits: [{ application: `argocd/guestbook-${name}-web`, commit: sha(digit) }],
    });
    const done = ticket('main-1', {
      phase: 'Completed',
      sequence: 1,
      boarded: { time: at(1) },
      stamps: [stamp('test', 'a', 1, 2), stamp('stage', 'b', 2, 3.5)],
      conditions: [{ type: 'Ended', status: 'True', reason: 'Completed', message: '', lastTransitionTime: at(3.6) }],
    });
    expect(draw({ tickets: [done] })).toContain(
      ['  main-1  guestbook 1.2.0  completed  2.6 s', '    test aaaaaaa 1.0 s → stage bbbbbbb 1.5 s'].join('\n'),
    );
  });

  test('says why a ticket failed, and marks the station', () => {
    const failed = ticket('main-1', {
      phase: 'Failed',
      sequence: 1,
      station: 'stage',
      failure: { reason: 'RenderFailed', station: 'stage', message: 'kustomize: no such file base/web.yaml' },
      stamps: [{ station: 'stage', arrived: at(1), departed: at(2), result: 'Failed' }],
    });
    const text = draw({ tickets: [failed] });
    expect(text).toContain('○──────✕───────○');
    expect(text).toContain('main-1  guestbook 1.2.0  failed at stage');
    expect(text).toContain('RenderFailed: kustomize: no such file base/web.yaml');
  });

  test('a suspended ticket stands out', () => {
    const suspended = ticket('main-1', {
      phase: 'Suspended',
      sequence: 1,
      station: 'test',
      waiting: { reason: 'ForeignCommit', since: at(0), message: 'somebody changed web.yaml' },
    });
    const text = draw({ tickets: [suspended] });
    expect(text).toContain('! main-1');
    expect(text).toContain('suspended at test');
  });

  test.each([
    ['a disabled one', station('test', undefined, { enabled: false }), '⊘', 'disabled'],
    ['a held one', station('test', undefined, { hold: true }), '○', 'held'],
    ['a halted one', station('test', { haltBy: { ticket: 'main-7', uid: 'u' } }), '✕', 'halted by main-7'],
  ])('a station says its state: %s', (_what, stop, sign, words) => {
    const text = draw({ tracks: [track(['test'])], stations: [stop] });
    expect(text).toContain(sign);
    expect(text).toContain(words);
  });

  test('a station that the track names and nobody made is said to be missing', () => {
    expect(draw({ stations: [station('test'), station('prod')] })).toContain('no Station');
  });

  test('several applications of a station are named, and more than three are counted', () => {
    const names = ['api', 'db', 'jobs', 'web', 'www'];
    const stop = station(
      'test',
      { applications: names.map((name, i) => ({ name, namespace: 'argocd', head: { commit: sha(String(i)) } })) },
      { applications: names.map((name) => application(name, name)) },
    );
    const text = draw({ tracks: [track(['test'])], stations: [stop] });
    expect(text).toContain('0000000 api');
    expect(text).toContain('2222222 jobs');
    expect(text).toContain('and 2 more');
    expect(text).not.toContain('web');
  });

  test('ended tickets are shown newest first, three of them', () => {
    const ended = [1, 2, 3, 4, 5].map((n) =>
      ticket(`main-${n}`, {
        phase: 'Completed',
        sequence: n,
        stamps: [{ station: 'prod', arrived: at(n), departed: at(n), result: 'Arrived' }],
      }),
    );
    const shown = [...draw({ tickets: ended }).matchAll(/main-(\d)/g)].map(([, n]) => n);
    expect(shown).toEqual(['5', '4', '3']);
  });

  test('a narrow terminal gets the line in several rows', () => {
    const text = draw({}, 18);
    expect(text.split('\n').filter((line) => line.includes('○'))).toHaveLength(2);
  });

  test('long messages are folded below their ticket, and cut after three lines', () => {
    const riding = ticket('main-1', {
      phase: 'Arriving',
      sequence: 1,
      station: 'test',
      waiting: { reason: 'NotSynced', since: at(0), message: 'so it goes '.repeat(60) },
    });
    const lines = draw({ tickets: [riding] }, 60).split('\n');
    const message = lines.filter((line) => line.startsWith('    ') && line.includes('so it goes'));
    expect(message).toHaveLength(3);
    expect(message.at(-1)).toMatch(/…$/);
  });

  test('colours are handed in, and change no column', () => {
    const riding = ticket('main-1', { phase: 'Arriving', sequence: 1, station: 'test' });
    const mark = (text: string): string => `<${text}>`;
    const loud = { strong: mark, faint: mark, good: mark, busy: mark, bad: mark, normal: mark };
    const coloured = draw({ tickets: [riding] }, 80, loud);
    expect(coloured).toContain('<◐>');
    expect(coloured.replace(/[<>]/g, '').replace(/ +$/gm, '')).toBe(draw({ tickets: [riding] }));
  });

  test('nothing in a resource can steer the terminal, whatever its width', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(hostile, hostile, fc.integer({ min: 10, max: 200 }), (message, tag, width) => {
        const riding = ticket(
          'main-1',
          {
            phase: 'Arriving',
            sequence: 1,
            station: 'test',
            waiting: { reason: 'Degraded', since: at(0), message },
          },
          { change: { images: [{ repoURL: 'ghcr.io/acme/web', tag }] } },
        );
        const broken = good('test', sha('a'), tag);
        const lines = draw({ tickets: [riding], stations: [broken] }, width).split('\n');
        for (const line of lines) {
          expect(line).not.toMatch(/\p{Cc}/u);
          expect([...line].length).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
