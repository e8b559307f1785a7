/** One HTTP POST: the address checked before anything is sent, no redirect followed, time bounded, the answer not read. */

import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { messageOf, TerminalError, TransientError } from '../errors';
import { Reachable, type Reach } from '../registry/reachable';
import type { Letter } from './senders';
import type { Target } from './targets';

const ANSWER_MS = 10_000;

/**
 * Says a letter to a target; resolves when it was taken.
 *
 * @throws TransientError where it was not taken; no error says a word of the target's address but its host
 */
export type Post = (target: Target, letter: Letter) => Promise<void>;

/** @param networks in which targets may be although such addresses are refused otherwise */
export function createPost(networks: readonly string[] = []): Post {
  const reachable = new Reachable(networks);
  return (target, letter) => exchange(reachable, target, letter);
}

function exchange(reachable: Reachable, { name, url }: Target, { headers, body }: Letter): Promise<void> {
  const reach: Reach = { host: url.hostname.replace(/^\[|\]$/g, ''), trusted: false, sentByPublic: false };
  return new Promise((resolve, reject) => {
    // Nobody resolves an address that is written as one, so the connection would not check it.
    if (isIP(reach.host) !== 0) reachable.check(reach.host, reach);
    const fail = (words: string): void => reject(new TransientError(`Secret ${name}: ${url.host} ${words}`));
    const length = Buffer.byteLength(body);
    const call = (url.protocol === 'https:' ? secureRequest : plainRequest)(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(length), 'user-agent': 'k8sta' },
      lookup: reachable.lookupFor(reach),
      agent: false,
    });
    const timer = setTimeout(() => {
      fail(`gave no answer within ${ANSWER_MS / 1000} s`);
      call.destroy();
    }, ANSWER_MS);
    call.on('error', (error) => {
      clearTimeout(timer);
      if (error instanceof TerminalError) reject(error);
      else fail(`cannot be reached: ${messageOf(error)}`);
    });
    call.on('response', (reply) => {
      clearTimeout(timer);
      const { statusCode: status = 0 } = reply;
      reply.destroy();
      if (status >= 200 && status <= 299) resolve();
      else fail(`answered ${status}`);
    });
    call.end(body);
  });
}
