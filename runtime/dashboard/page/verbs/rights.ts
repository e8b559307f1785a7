/** What the reader may do, as the API server says. */

import { useEffect, useState } from 'preact/hooks';
import type { Rights, Verb } from '../../protocol';
import { api, wordsOf, type RightsQuestion } from '../api';

export interface Permission {
  readonly allowed: boolean;
  /** Why not, for the reader. */
  readonly reason?: string;
}

export type Permissions = (verb: Verb) => Permission;

const ASKING: Permission = { allowed: false, reason: 'Asking the API server whether you may…' };

/** Asked anew for each place; an answer that does not come allows nothing, and says so. */
export function useRights(namespace: string, about: RightsQuestion): Permissions {
  const { station = '', track = '', on } = about;
  const [answer, setAnswer] = useState<{ rights?: Rights; problem?: string }>({});
  useEffect(() => {
    let current = true;
    setAnswer({});
    api.rights(namespace, { station, track, on }).then(
      (rights) => current && setAnswer({ rights }),
      (error: unknown) => current && setAnswer({ problem: wordsOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [namespace, station, track, on]);
  return (verb) => {
    if (answer.problem !== undefined) return { allowed: false, reason: answer.problem };
    return answer.rights?.verbs[verb] ?? ASKING;
  };
}
