/** The renderer is woken before a ticket needs it: starting it takes longer than most renders. */

import { messageOf } from '../../errors';
import type { Log } from '../../log';
import type { RestingRenderer } from '../../render';
import type { World } from './world';

export interface WakingOptions {
  /** Whether this runtime carries tickets, or stands by. */
  readonly isAtWork: () => boolean;
  /** Whether it is woken at once, too. @default false */
  readonly eager?: boolean | undefined;
  readonly log: Log;
}

/**
 * Wakes it whenever a ticket appears that has yet to board: it wants manifests in a moment. At rest there is no renderer,
 * which takes as much memory as all the rest. What goes wrong here goes wrong again, and is told, where a ticket needs a
 * render.
 *
 * @returns a function that ends it
 */
export function wakeForTickets(
  tickets: Pick<World['tickets'], 'onChange'>,
  renderer: Pick<RestingRenderer, 'wake'>,
  { isAtWork, eager = false, log }: WakingOptions,
): () => void {
  const wake = (): void => {
    renderer.wake().catch((error: unknown) => {
      log.debug({ error: messageOf(error) }, 'The renderer could not be woken in advance');
    });
  };
  if (eager) wake();
  return tickets.onChange((_key, before, after) => {
    const { resource } = after ?? {};
    const isNew = before === undefined && resource !== undefined && resource.status?.sequence === undefined;
    if (isNew && isAtWork()) wake();
  });
}
