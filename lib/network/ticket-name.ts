/** Names of tickets that nobody typed: labels for people, made from what the ticket is (rule B8). */

import { createHash } from 'node:crypto';

/** What Kubernetes takes as the name of an object. */
const MOST_CHARACTERS = 253;
const KEPT_CHARACTERS = 180;

/** The name of the n-th ticket of a track. */
export const numberedTicketName = (track: string, number: number): string => `${track}-${number}`;

/**
 * Names for the ticket that branches off a parent, in the order in which they are tried: the readable one where it fits,
 * and one that no ticket of another identity has.
 *
 * @param identity what makes it the same ticket, part by part
 */
export function childTicketNames(
  parent: { readonly namespace: string; readonly name: string },
  track: { readonly namespace: string; readonly name: string },
  identity: readonly string[],
): string[] {
  const place = parent.namespace === track.namespace ? parent.name : `${parent.namespace}.${parent.name}`;
  const name = `${place}.${track.name}`;
  const digest = createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 10);
  const kept = name.slice(0, KEPT_CHARACTERS).replace(/[^a-z0-9]+$/, '');
  return [...(name.length <= MOST_CHARACTERS ? [name] : []), `${kept}-${digest}`];
}
