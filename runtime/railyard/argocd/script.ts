import { parseDuration } from '../../../lib/api/duration';
import type { Health, HealthStatus } from './application';
import type { Live } from './cluster';

/**
 * How an Application's health is told: `<Status>[ after <duration>][: <message>]`, in any case. `after` reports
 * Progressing that long after each sync that changed a workload. `Healthy after 30s` is a slow start,
 * `Degraded: pods crash` a bad release, `Degraded after 5s: pods crash` one that shows late.
 */
export const HEALTH_ANNOTATION = 'railyard.k8sta.io/health';

/** Makes every sync of the Application fail with this message. */
export const SYNC_ERROR_ANNOTATION = 'railyard.k8sta.io/sync-error';

/** What a scripted health may depend on. */
export interface HealthContext {
  readonly namespace: string;
  readonly name: string;
  /** Images that are live. */
  readonly images: readonly string[];
}

/** What a test lays down for one Application; it goes before the annotations. */
export interface Script {
  /** In the words of the annotation, or a function that gives them; `undefined` leaves health to the stand-in. */
  readonly health?: string | ((context: HealthContext) => string | undefined);
  /** Message with which every sync fails. @default syncs work */
  readonly syncError?: string;
}

/** A health, and when it will change by itself. */
export interface HealthNow {
  readonly health: Pick<Health, 'status' | 'message'>;
  /** Milliseconds from now. */
  readonly changesInMs?: number;
}

const STATUSES: readonly HealthStatus[] = ['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown'];
const WORDS = /^\s*([a-z]+)(?:\s+after\s+([^\s:]+))?\s*(?::\s*(.*?))?\s*$/is;

/**
 * Health of an Application by its script.
 *
 * @param words the script, `undefined` for the usual course: Progressing for the time of a roll-out, then Healthy
 * @param rolloutMs how long a roll-out usually takes
 * @throws Error saying what is wrong with the words
 */
export function healthOf(words: string | undefined, live: Live, rolloutMs: number, now: Date): HealthNow {
  const [, word = 'Healthy', after, message] = words === undefined ? [] : (WORDS.exec(words) ?? [undefined, words]);
  const status = STATUSES.find((known) => known.toLowerCase() === word.toLowerCase());
  if (status === undefined) throw new Error(`"${word}" is no health: write one of ${STATUSES.join(', ')}`);
  const hasAfter = after !== undefined;
  const lasts = hasAfter ? parseDuration(after) : rolloutMs;
  const left = live.rolledOutAt + lasts - now.getTime();
  if (left > 0 && live.rolledOutAt > 0 && (hasAfter || status === 'Healthy')) {
    const rest = 'Waiting for rollout to finish: 0 of 1 updated replicas are available...';
    return { health: { status: 'Progressing', message: rest }, changesInMs: left };
  }
  return { health: message === undefined || message === '' ? { status } : { status, message } };
}
