import type { Duration } from 'cdk8s';
import { formatDuration } from './api';
import { invalidProp } from './invalid-prop';

/**
 * A duration as the resources write it: `Duration.minutes(90)` is `1h30m`.
 *
 * @param prop name of the prop, for the message
 * @throws Error when it is shorter than a millisecond
 */
export function timeSpan(prop: string, duration: Duration): string {
  const milliseconds = duration.toMilliseconds({ integral: false });
  if (!(milliseconds >= 1)) {
    throw invalidProp(
      prop,
      duration.toHumanString(),
      'is no time at all',
      'give it a positive length, or leave it out',
    );
  }
  return formatDuration(milliseconds);
}
