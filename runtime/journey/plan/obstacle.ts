/** What keeps a ticket where it is. */

import type { Ticket, Track, Waiting, WaitingReason } from '../../../lib/api';
import { textOf } from '../facts/time';
import type { Draft } from './plan';

/** A reason not to go on, in words, and when it ends by itself where that is known. */
export interface Obstacle {
  readonly reason: WaitingReason;
  readonly message: string;
  /** Words to do while the wait is young, where what it waits for goes on in steps. */
  readonly brief?: string;
  /** When the wait began, where it is older than this decision. */
  readonly since?: string;
  readonly until?: Date;
  /** What a person's resume has to name to end it. */
  readonly resume?: Waiting['resume'];
}

/** What status holds of a message at most; the schema allows no more. */
const MESSAGE_LIMIT = 4_000;

/** Cuts words of others to what status can hold. */
export const shorten = (message: string): string =>
  message.length <= MESSAGE_LIMIT ? message : `${message.slice(0, MESSAGE_LIMIT)}...`;

/** How long a wait has to last before new words for the same reason, or what mostly passes at once, are worth a write. */
const MOMENT_MS = 2_000;

/** How long what goes on in steps is told by the one wording that is true of all of them. */
const SAY_STEPS_AFTER_MS = 30_000;

/**
 * An obstacle as status says it. One that was there before keeps its beginning (rule E4), and its words too while it is
 * young: most waits end before anybody could read them twice.
 */
export function waitingFor(draft: Draft, obstacle: Obstacle, ticket: Ticket, station: string): Waiting {
  const present = (ticket.status?.station ?? '') === station ? ticket.status?.waiting : undefined;
  const before = present?.reason === obstacle.reason ? present : undefined;
  const since = before?.since ?? obstacle.since ?? draft.time;
  const words = shorten(wordsOf(draft, obstacle, since));
  const message = before ? laterWords(draft, before, words) : words;
  // What a resume names is what the words are about.
  const resume = message === words ? obstacle.resume : before?.resume;
  return {
    reason: obstacle.reason,
    since,
    until: obstacle.until && textOf(obstacle.until.getTime()),
    message,
    resume,
  };
}

/** What there is to say of a wait that began then. */
function wordsOf(draft: Draft, { message, brief }: Obstacle, since: string): string {
  return brief !== undefined && isYoung(draft, since, SAY_STEPS_AFTER_MS) ? brief : message;
}

/** The words of a wait that was there before: the old ones while it is young. */
function laterWords(draft: Draft, { message, since }: Waiting, words: string): string {
  return message !== words && isMoment(draft, since) ? message : words;
}

/** Whether a wait has only begun; then the decision is taken again when it has lasted. */
export const isMoment = (draft: Draft, since: string): boolean => isYoung(draft, since, MOMENT_MS);

/** Whether a wait has not lasted so long yet; then the decision is taken again when it has. */
const isYoung = (draft: Draft, since: string, ms: number): boolean => !draft.hasCome(new Date(Date.parse(since) + ms));

/** Rule C2: an older ticket of the track still has the station before it, or is in it. */
export const olderObstacle = (older: Ticket, station: string): Obstacle => ({
  reason: 'OlderTicket',
  message: `waits for ${older.metadata.name}, which boarded before it, to pass ${station}`,
});

/** A track that boards nothing and whose tickets go nowhere (rules C7, G1). */
export function trackObstacle({ metadata: { name }, spec }: Track): Obstacle | undefined {
  if (!spec.enabled)
    return { reason: 'TrackDisabled', message: `track ${name} is disabled: set spec.enabled to go on` };
  return spec.hold ? { reason: 'Held', message: `track ${name} is held: set spec.hold to false to go on` } : undefined;
}
