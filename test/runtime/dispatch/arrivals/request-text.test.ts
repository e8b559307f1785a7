import { bodyOf, titleOf } from '../../../../runtime/dispatch/arrivals/request-text';

const words = { application: 'argocd/shop-prod', change: 'web 2.0.0', summary: '2 files', lineage: [], approvedBy: [] };
const subject = (change: string) => ({ station: 'prod', ticket: 'main-7', words: { ...words, change } });

const HOSTILE = [
  '@everyone see #1, !2 and acme/shop#3',
  'Fixes #12',
  '``` ` `` <script>alert(1)</script> [x](javascript:x)',
  'a\n\n# heading\n- list\u0000\u202e\u2028',
  '`',
  '<img src=x onerror=alert(1)> **bold** | table |',
];

test.each(HOSTILE)('S15: a title calls nobody, refers to nothing and formats nothing: %j', (change) => {
  const title = titleOf(subject(change));
  expect(title).not.toMatch(/[<>`*[\]\\|\n\p{Cc}\u202e\u2028]/u);
  expect(title).not.toMatch(/[@#!&%][A-Za-z0-9]/);
  expect(title.length).toBeLessThanOrEqual(200);
});

test.each(HOSTILE)('S15: a text shows words of strangers as code, on one line each: %j', (change) => {
  const line = bodyOf(subject(change))
    .split('\n')
    .find((one) => one.startsWith('- Change: '));
  const [, fence = '', inside = ''] = /^- Change: (`+)(.*)\1$/u.exec(line ?? '') ?? [];
  expect(fence).not.toBe('');
  const runs = [...inside.matchAll(/`+/g)].map(([run]) => run.length);
  expect(runs).not.toContain(fence.length);
  expect(inside).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
});

test('a commit message of a megabyte becomes a short text', () => {
  const long = subject('x'.repeat(1_000_000));
  expect(titleOf(long).length).toBeLessThanOrEqual(200);
  expect(bodyOf(long).length).toBeLessThan(4_000);
});

test('a text says ticket, station, change, files, whence it comes and who said yes', () => {
  const told = bodyOf({
    station: 'prod',
    ticket: 'main-7',
    words: { ...words, lineage: ['subscription web'], approvedBy: ['ada'] },
  });
  for (const one of [
    '`main-7`',
    '`prod`',
    '`argocd/shop-prod`',
    '`web 2.0.0`',
    '`2 files`',
    '`subscription web`',
    '`ada`',
  ]) {
    expect(told).toContain(one);
  }
});
