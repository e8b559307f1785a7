/** How each kind of target is told. Lives here: news as bytes and headers. May not: any request. */

import type { News } from '../news';
import type { SenderName, Target } from '../targets';
import { slack } from './slack';
import { webhook } from './webhook';

export interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * @param now milliseconds since 1970, for the signature
 */
export type Sender = (news: News, target: Target, now: number) => Letter;

const SENDERS: Readonly<Record<SenderName, Sender>> = { slack, webhook };

export const senderOf = ({ to }: Target): Sender => SENDERS[to];
