/** What a subscription asks for once it was looked at, of whatever kind it is. */

import type { Change, SubscriptionStatus } from '../../../lib/api';

/** A ticket that a subscription wants to have made. */
export interface Wanted {
  readonly change: Change;
  /** Tag of the source that names its commit. @default - none does */
  readonly tag?: string;
  /** The one station that an express ticket visits. @default - it rides the track */
  readonly express?: { readonly namespace: string; readonly station: string };
}

export interface Asked {
  /** What the subscription's status becomes once all its tickets are there. */
  readonly status: SubscriptionStatus;
  /** @default - none */
  readonly tickets?: readonly Wanted[];
}

/** The subscription's status as it is. */
export type Before = SubscriptionStatus | undefined;
