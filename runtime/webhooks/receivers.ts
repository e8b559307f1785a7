/** Who may send hints: one receiver for each Secret with label `k8sta.io/credential=webhook`. */

import { createHash, createHmac } from 'node:crypto';
import { messageOf } from '../errors';
import { type Delivery, documentIn } from './delivery';
import type { Hint } from './hint';
import { isSender, SENDERS, type SenderName } from './senders';

/** Senders cut what they say far below this. */
export const LONGEST_BODY = 4 * 1024 * 1024;
/** A shorter secret can be guessed. */
const SHORTEST_SECRET = 16;
const PATH = '/webhooks/';

/** The values of a Secret: `sender` and `secret`, and optionally `tracks`. */
export interface StoredReceiver {
  readonly namespace: string;
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Receiver {
  /** `<namespace>/<name>` of its Secret. */
  readonly name: string;
  readonly sender: SenderName;
  /** Whether what it hears is for a Track. */
  readonly isFor: (track: { readonly namespace: string; readonly name: string }) => boolean;
}

export type Reception =
  | { readonly outcome: 'Taken'; readonly receiver: Receiver; readonly hints: readonly Hint[] }
  /** No such address, or it is not from whom it says: the answer is the same. */
  | { readonly outcome: 'Refused' }
  | { readonly outcome: 'Unreadable'; readonly receiver: Receiver; readonly problem: string };

interface Open extends Receiver {
  readonly secret: string;
}

/**
 * The path of a receiver's address. It cannot be guessed without the secret, and the secret cannot be told from it.
 */
export const addressOf = ({ namespace, name, values }: StoredReceiver): string =>
  `${PATH}${createHmac('sha256', values.secret ?? '')
    .update(`k8sta webhook ${namespace}/${name}`)
    .digest('base64url')}`;

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Why a Secret makes no receiver, with what to do. */
function problemOf({ namespace, name, values }: StoredReceiver): string | undefined {
  const { sender = '', secret = '' } = values;
  const which = `Secret ${namespace}/${name}`;
  if (!isSender(sender)) {
    const known = Object.keys(SENDERS).join(', ');
    return `${which} opens no webhook: its key sender says ${JSON.stringify(sender)}, which is none of ${known}`;
  }
  if (secret.length >= SHORTEST_SECRET) return undefined;
  return `${which} opens no webhook: its key secret has ${secret.length} characters; use ${SHORTEST_SECRET} or more random ones`;
}

/** `tracks`: namespaces, or `<namespace>/<track>`, between commas or blanks; without it everything. */
function audience(tracks: string | undefined): Receiver['isFor'] {
  const places = new Set((tracks ?? '').split(/[\s,]+/).filter((one) => one !== ''));
  if (places.size === 0) return () => true;
  return ({ namespace, name }) => places.has(namespace) || places.has(`${namespace}/${name}`);
}

/** All receivers of an installation, as its Secrets are at one moment. */
export class Receivers {
  /** What is wrong with Secrets that open none. */
  readonly problems: readonly string[];
  private readonly open = new Map<string, Open>();

  constructor(stored: readonly StoredReceiver[]) {
    const problems: string[] = [];
    this.problems = problems;
    for (const one of stored) {
      const { sender = '', secret = '', tracks } = one.values;
      const problem = problemOf(one);
      if (problem !== undefined) problems.push(problem);
      if (problem !== undefined || !isSender(sender)) continue;
      const receiver = { name: `${one.namespace}/${one.name}`, sender, secret, isFor: audience(tracks) };
      // Looked up by a hash, so that the time of the look-up tells nothing of the address.
      this.open.set(fingerprint(addressOf(one)), receiver);
    }
  }

  get size(): number {
    return this.open.size;
  }

  /**
   * What a request to a path says.
   *
   * @param now milliseconds since 1970
   */
  receive(path: string, delivery: Delivery, now: number): Reception {
    const receiver = this.open.get(fingerprint(path));
    if (receiver === undefined) return { outcome: 'Refused' };
    const { proof, hints } = SENDERS[receiver.sender];
    if (!proof(delivery, receiver.secret, now)) return { outcome: 'Refused' };
    try {
      return { outcome: 'Taken', receiver, hints: hints(documentIn(delivery), delivery.headers) };
    } catch (error) {
      return { outcome: 'Unreadable', receiver, problem: messageOf(error) };
    }
  }
}
