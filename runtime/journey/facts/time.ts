/** Times as status writes them. */

import { remembered } from '../../../lib/api/remembered';

/**
 * RFC 3339 in UTC, with milliseconds.
 *
 * @param time in milliseconds since the epoch
 */
export const textOf: (time: number) => string = remembered((time) => new Date(time).toISOString());
