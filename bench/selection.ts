/**
 * Choosing a version among 20,000 tags, by each strategy and with both filters: what a look costs beside its requests,
 * the first time in a process and once it is warm. `npm run bench selection`.
 *
 * CPU time, so that a busy machine does not count.
 */
import { selectTag, siftTags, tagFilter } from '../runtime/journey';
import type { ImageSubscription } from '../lib/api';

const TAGS = 20_000;
const ROUNDS = 15;
const MOST_MS = 50;

/** Releases, pre-releases and builds of branches, as a busy repository has them, in the order of their building. */
const mixed = Array.from({ length: TAGS }, (_, at) => {
  const kind = at % 10;
  if (kind < 5) return `${Math.floor(at / 4_000)}.${Math.floor(at / 40) % 100}.${at % 40}`;
  if (kind < 7) return `v${Math.floor(at / 4_000)}.${Math.floor(at / 40) % 100}.${at % 40}-rc.${at % 3}`;
  return kind < 9 ? `sha-${(at * 2_654_435_761).toString(16)}` : `pr-${at}-merge`;
});
/** Nothing but versions, the highest of them outside the range, each higher than what is looked at before. */
const versions = Array.from({ length: TAGS }, (_, at) => `${at < TAGS / 2 ? 1 : 2}.0.${TAGS - at}`);
const built = new Map(mixed.map((tag, at) => [tag, new Date(1_700_000_000_000 + at * 60_000)]));

const filtered = { allowTags: '^v?\\d', ignoreTags: '-(alpha|beta|rc)' };
const all = { allowTags: '.', ignoreTags: '^$' };
const semver = (constraint: string) => ({ semver: { constraint, prereleases: false } });

const CASES: readonly (readonly [string, readonly string[], Pick<ImageSubscription, 'select' | 'allowTags'>])[] = [
  ['semver', mixed, { select: semver('^3.1'), ...filtered }],
  ['semver, worst order', versions, { select: semver('^1'), ...all }],
  ['semver, none fits', versions, { select: semver('^9'), ...all }],
  ['newest', mixed, { select: { newest: {} }, ...filtered }],
  ['name', mixed, { select: { name: {} }, ...filtered }],
];

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function main(): void {
  console.log(`| ${TAGS} tags, both filters | first | warm, middle of ${ROUNDS} | must be |`);
  console.log('|---|---|---|---|');
  for (const [name, tags, choice] of CASES) {
    const subscription: ImageSubscription = { repositories: ['ghcr.io/acme/web'], interval: '5m', ...choice };
    const choose = (): unknown => selectTag(siftTags(tags, tagFilter(subscription)), subscription, built);
    const first = cpuMs(choose);
    const samples = Array.from({ length: ROUNDS }, () => cpuMs(choose)).sort((one, other) => one - other);
    const warm = samples[Math.floor(ROUNDS / 2)] ?? Infinity;
    console.log(`| ${name} | ${first.toFixed(1)} ms | ${warm.toFixed(1)} ms | at most ${MOST_MS} ms |`);
    if (warm > MOST_MS) process.exitCode = 1;
  }
}

main();
