/** One connection of the stream: whoever does not keep up is cut off, and begins anew. */

import type { Clock } from '../../kube';
import type { Listener } from './hub';
import type { Packing } from './packing';

/** Whoever takes nothing for so long is not there, and whoever lets so much lie cannot follow: they begin anew. */
const LONGEST_STALL_MS = 20_000;
const MOST_BEHIND = 32 * 1024 * 1024;

/** What is used of an answer. */
interface Wire {
  readonly destroyed: boolean;
  readonly writableLength: number;
  write(bytes: Buffer): boolean;
  destroy(): unknown;
  on(event: 'drain' | 'error', listener: () => void): unknown;
}

export function listenerOn(raw: Wire, packing: Packing, clock: Clock): Listener {
  let stalledSince: number | undefined;
  raw.on('drain', () => (stalledSince = undefined));
  raw.on('error', () => undefined);
  const isLost = (): boolean =>
    raw.writableLength > MOST_BEHIND ||
    (stalledSince !== undefined && clock.uptime() - stalledSince > LONGEST_STALL_MS);
  return {
    packing,
    take(bytes) {
      if (raw.destroyed) return;
      if (isLost()) raw.destroy();
      else if (!raw.write(bytes)) stalledSince ??= clock.uptime();
    },
    drop: () => void raw.destroy(),
  };
}
