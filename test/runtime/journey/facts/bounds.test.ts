import fc from 'fast-check';
import type { Stamp, StationHistory } from '../../../../lib/api';
import { fittingHistory, fittingStamps } from '../../../../runtime/journey/facts/bounds';

const PAST = 96 * 1024;
const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const commits = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ application: `argocd/application-${index}`, commit: 'c'.repeat(40) }));
const entry = (count: number): StationHistory => ({
  ticket: 'main-1',
  uid: 'uid-main-1',
  time: '2030-01-01T00:00:00Z',
  commits: commits(count),
});
const stamp = (count: number, station: string): Stamp => ({
  station,
  departed: '2030-01-01T00:00:00Z',
  result: 'Arrived',
  commits: commits(count),
});
const NOTHING = { spec: {}, status: {} };
/** Entries of its history that a station keeps at most. */
const MOST = 7;
const counts = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 11 });

test('H1: a station keeps the newest of its history, and no more than fits', () => {
  fc.assert(
    fc.property(counts, (list) => {
      const entries = list.map(entry);
      const kept = entries.reduce<StationHistory[]>((before, one) => fittingHistory(one, before, MOST, NOTHING), []);
      expect(kept).toEqual(entries.toReversed().slice(0, kept.length));
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThanOrEqual(MOST);
      if (size(entries) < PAST) expect(kept).toHaveLength(Math.min(entries.length, MOST));
      expect(size(kept)).toBeLessThan(PAST + 1_024);
    }),
  );
});

test('H1: a ticket keeps every stamp; only the oldest lose their SHAs, and none where all of them fit', () => {
  fc.assert(
    fc.property(counts, (list) => {
      const stamps = list.map((count, index) => stamp(count, `station-${index}`));
      const kept = stamps.reduce<Stamp[]>((before, one) => fittingStamps(before, one, NOTHING), []);
      expect(kept.map(({ station }) => station)).toEqual(stamps.map(({ station }) => station));
      const first = kept.findIndex((one) => one.commits !== undefined);
      expect(kept.slice(first)).toEqual(stamps.slice(first));
      expect(size(kept)).toBeLessThan(PAST + 2_048);
      if (size(stamps.map((one) => one.commits)) < PAST - 100) expect(kept).toEqual(stamps);
    }),
  );
});
