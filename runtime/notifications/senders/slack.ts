/**
 * A message for Slack's incoming webhooks. Tags, messages and names are hostile until shown otherwise: they go in as plain
 * text, which knows no mentions, links or formats, and what Slack parses anyway is escaped.
 */

import { shortCommit } from '../../../lib/api/words';
import type { News, NewsKind } from '../news';

const HEADLINES: Readonly<Record<NewsKind, string>> = {
  arrived: 'arrived at',
  'approval-wanted': 'waits for an approval before',
  failed: 'failed at',
  completed: 'completed at',
  'rolled-back': 'has rolled back',
};
/** Slack takes 3,000 characters in a block. */
const LONGEST = 2_000;
const LONGEST_HEADLINE = 500;

interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function slack(news: News): Letter {
  const { namespace, ticket, change, kind, station = 'no station', reason, message, commits } = news;
  const headline = plain(`${namespace}/${ticket} (${change}) ${HEADLINES[kind]} ${station}`, LONGEST_HEADLINE);
  const why = [reason, message].filter((part) => part !== undefined).join(': ');
  const shown = commits.map(({ application, commit }) => `${application} ${shortCommit(commit)}`).join(', ');
  const details = [why, shown].filter((part) => part !== '').map((part) => plain(part, LONGEST));
  const content = {
    // What notifications of a phone show; it is parsed, so it is escaped.
    text: escaped(headline),
    // `@here` in a text is a text.
    link_names: false,
    parse: 'none',
    unfurl_links: false,
    unfurl_media: false,
    blocks: [headline, ...details].map((text) => ({
      type: 'section',
      text: { type: 'plain_text', emoji: false, text },
    })),
  };
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(content) };
}

/** One line of what can be seen: no control characters, and none that turn the direction of the text. */
const plain = (text: string, longest: number): string => {
  const line = text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line || '-';
};

/** What Slack asks for: mentions and links begin with `<`. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
