/** Pieces that all panels are made of. */

import { shortCommit } from '../../../../lib/api/words';
import { useEffect, useState } from 'preact/hooks';
import type { CommitAuthor } from '../../protocol';
import { ago, moment } from '../../view/words';
import { api, type Kind, type Wholes, wordsOf } from '../api';
import { useNow } from '../context';

/** A commit, with its page at the forge where that is known. */
export function Commit({ sha, links }: { sha: string; links: Readonly<Record<string, string>> | undefined }) {
  const link = links?.[sha];
  const text = <code title={sha}>{shortCommit(sha)}</code>;
  // Only what a browser opens as a page; the server knows no others.
  if (link === undefined || !/^https?:\/\//.test(link)) return text;
  return (
    <a href={link} target="_blank" rel="noreferrer noopener">
      {text}
    </a>
  );
}

/** Who made a commit, and what they say of it. */
export function By({ author }: { author: CommitAuthor | undefined }) {
  if (author === undefined) return null;
  return (
    <span
      class="hint"
      title={author.time === undefined ? author.subject : `${author.subject} (${moment(author.time)})`}
    >
      {' '}
      by {author.name}
    </span>
  );
}

/** A moment as people say it, and exactly for those who want to know. */
export function Since({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={moment(time)}>
      {ago(time, now)}
    </time>
  );
}

/**
 * The whole resource, asked for anew when the stream says that it changed. What was there before stays until then.
 *
 * @param stale whether what was there before has run out by itself
 */
export function useWhole<K extends Kind>(
  kind: K,
  { namespace, name, resourceVersion }: { namespace: string; name: string; resourceVersion: string },
  stale: (whole: Wholes[K]) => boolean = () => false,
): { whole?: Wholes[K]; trouble?: string } {
  const [answer, setAnswer] = useState<{ whole?: Wholes[K]; trouble?: string }>({});
  const due = answer.whole !== undefined && stale(answer.whole);
  useEffect(() => {
    let current = true;
    api.whole(kind, namespace, name).then(
      (whole) => current && setAnswer({ whole }),
      (error: unknown) => current && setAnswer((before) => ({ ...before, trouble: wordsOf(error) })),
    );
    return () => {
      current = false;
    };
  }, [kind, namespace, name, resourceVersion, due]);
  return answer;
}
