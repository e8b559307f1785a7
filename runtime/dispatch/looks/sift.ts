/** Sifting tags in slices: everything else goes on between two of them, however many tags and whatever the expression. */

import { setImmediate as breath } from 'node:timers/promises';
import { siftTags, tagFilter, together, type Sifted, type TagFilters } from '../../journey';

/** Some milliseconds; tens where expression and tags are made to be slow. */
const SLICE_COST = 50_000;
/** Minutes at worst, and far above what useful expressions take of 20,000 long tags. */
const MOST_COST = 200_000_000;

/** What became of a list: a registry gives the same one again while nothing has changed. */
const done = new WeakMap<readonly string[], { readonly filters: string; readonly sifted: Sifted }>();

/**
 * The tags that a subscription lets through.
 *
 * @throws Error naming an expression that cannot be used; what the signal aborts with
 */
export async function sift(tags: readonly string[], wanted: TagFilters, signal?: AbortSignal): Promise<Sifted> {
  const filters = JSON.stringify([wanted.allowTags, wanted.ignoreTags]);
  const before = done.get(tags);
  if (before?.filters === filters) return before.sifted;
  const sifted = await siftInSlices(tags, wanted, signal);
  done.set(tags, { filters, sifted });
  return sifted;
}

async function siftInSlices(
  tags: readonly string[],
  wanted: TagFilters,
  signal: AbortSignal | undefined,
): Promise<Sifted> {
  const filter = tagFilter(wanted);
  const total = tags.reduce((sum, tag) => sum + filter.cost(tag), 0);
  if (total > MOST_COST) {
    throw new Error(`allowTags and ignoreTags take too long for ${tags.length} tags: simplify them`);
  }
  let sifted: Sifted = { tags: [], of: 0, leftOut: { allowTags: 0, ignoreTags: 0 } };
  let from = 0;
  let cost = 0;
  for (let at = 0; at < tags.length; at += 1) {
    cost += filter.cost(tags[at] ?? '');
    if (cost < SLICE_COST && at + 1 < tags.length) continue;
    sifted = together(sifted, siftTags(tags.slice(from, at + 1), filter));
    from = at + 1;
    cost = 0;
    if (from < tags.length) await breath();
    signal?.throwIfAborted();
  }
  return sifted;
}
