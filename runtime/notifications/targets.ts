/** Who wants to hear what: one target for each Secret with label `k8sta.io/credential=notification`. */

import { NEWS, type News, type NewsKind } from './news';

/** The values of a Secret, and since when it has been there. */
export interface StoredTarget {
  readonly namespace: string;
  readonly name: string;
  /** RFC 3339: what happened before is not told. */
  readonly created: string;
  readonly url: string;
  readonly values: Readonly<Record<string, string>>;
}

export const SENDER_NAMES = ['slack', 'webhook'] as const;
export type SenderName = (typeof SENDER_NAMES)[number];

export interface Target {
  /** `<namespace>/<name>` of its Secret: all that is ever shown of it. */
  readonly name: string;
  readonly to: SenderName;
  readonly url: URL;
  /** What a webhook is signed with; empty for Slack, whose address is the secret. */
  readonly secret: string;
  readonly wants: (news: News) => boolean;
}

/** A shorter secret can be guessed. */
const SHORTEST_SECRET = 16;
/** What is older than this is no news any more, in milliseconds: a day without the runtime floods nobody. */
const NEWS_MS = 24 * 60 * 60 * 1000;

/** All targets of an installation, as its Secrets are at one moment. */
export class Targets {
  readonly list: readonly Target[];
  /** What is wrong with Secrets that are none. */
  readonly problems: readonly string[];

  constructor(stored: readonly StoredTarget[]) {
    const problems: string[] = [];
    this.list = stored.flatMap((one) => {
      const target = targetOf(one);
      if (typeof target !== 'string') return [target];
      problems.push(`Secret ${one.namespace}/${one.name} is told nothing: ${target}`);
      return [];
    });
    this.problems = problems;
  }

  /**
   * Whom to tell.
   *
   * @param now milliseconds since 1970
   */
  for(news: News, now: number): Target[] {
    return now - Date.parse(news.time) > NEWS_MS ? [] : this.list.filter(({ wants }) => wants(news));
  }
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter((word) => word !== '');

/** @returns what is wrong, without a word of what is secret */
function targetOf({ namespace, name, created, url, values }: StoredTarget): Target | string {
  const { to = '', secret = '' } = values;
  const sender = SENDER_NAMES.find((one) => one === to);
  if (sender === undefined) return `its key to says ${JSON.stringify(to)}, which is none of ${SENDER_NAMES.join(', ')}`;
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !['http:', 'https:'].includes(address.protocol)) {
    return 'its key url is no address that begins with https://';
  }
  if (sender === 'webhook' && secret.length < SHORTEST_SECRET) {
    return `its key secret has ${secret.length} characters; use ${SHORTEST_SECRET} or more random ones`;
  }
  const kinds = words(values.news);
  const unknown = kinds.find((kind) => !NEWS.includes(kind as NewsKind));
  if (unknown !== undefined) return `its key news says ${JSON.stringify(unknown)}, which is none of ${NEWS.join(', ')}`;
  const [tracks, stations] = [words(values.tracks), words(values.stations)];
  const since = Date.parse(created);
  const wants = (news: News): boolean =>
    Date.parse(news.time) >= since &&
    (kinds.length === 0 || kinds.includes(news.kind)) &&
    isAmong(tracks, news.namespace, news.track) &&
    isAmong(stations, news.namespace, news.station);
  return { name: `${namespace}/${name}`, to: sender, url: address, secret, wants };
}

/** Namespaces, or `<namespace>/<name>`; an empty list is everything. */
const isAmong = (places: readonly string[], namespace: string, name: string | undefined): boolean =>
  places.length === 0 || places.includes(namespace) || (name !== undefined && places.includes(`${namespace}/${name}`));
