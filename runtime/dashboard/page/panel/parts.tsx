/** Pieces that all panels are made of. */

import { shortCommit } from '../../../../lib/api/words';
import { useEffect, useState } from 'preact/hooks';
import type { Station, Ticket, Track } from '../../../../lib/api';
import type { Whole } from '../../protocol';
import { ago, moment } from '../../view/words';
import { api, type Kind, wordsOf } from '../api';
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

/** A moment as people say it, and exactly for those who want to know. */
export function Since({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={moment(time)}>
      {ago(time, now)}
    </time>
  );
}

interface Kinds {
  tracks: Track;
  stations: Station;
  tickets: Ticket;
}

/** The whole resource, asked for anew when the stream says that it changed. What was there before stays until then. */
export function useWhole<K extends Kind>(
  kind: K,
  { namespace, name, resourceVersion }: { namespace: string; name: string; resourceVersion: string },
): { whole?: Whole<Kinds[K]>; trouble?: string } {
  const [answer, setAnswer] = useState<{ whole?: Whole<Kinds[K]>; trouble?: string }>({});
  useEffect(() => {
    let current = true;
    api.whole(kind, namespace, name).then(
      (whole) => current && setAnswer({ whole }),
      (error: unknown) => current && setAnswer((before) => ({ ...before, trouble: wordsOf(error) })),
    );
    return () => {
      current = false;
    };
  }, [kind, namespace, name, resourceVersion]);
  return answer;
}
