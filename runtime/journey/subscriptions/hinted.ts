/** Hints of webhooks (rule B1): a look that began before the newest one may have missed what it was about. */

import type { Subscription, Track } from '../../../lib/api';
import type { JobFact, LookJob } from '../facts/job';
import type { TagJob, TipJob } from '../facts/source-job';

/** When something was last said to have moved; empty where nothing has been. */
export const newestHint = ({ status }: Track, { name }: Subscription): string => status?.hints?.[name] ?? '';

/** Whether a hint has come since the look began that found this. */
export const isHinted = (
  fact: Extract<JobFact<unknown>, { state: 'Done' }>,
  { seen }: Pick<LookJob | TipJob | TagJob, 'seen'>,
): boolean => (fact.seen ?? '') !== seen;
