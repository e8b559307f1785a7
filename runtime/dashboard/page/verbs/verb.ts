/** One verb under way: whether the server is still at it, and what it said if it would not. */

import { useState } from 'preact/hooks';
import type { VerbAnswer, VerbRequest } from '../../protocol';
import { api, wordsOf } from '../api';

interface Verb {
  readonly busy: boolean;
  /** The server's own words. */
  readonly trouble: string | undefined;
  readonly setTrouble: (words: string | undefined) => void;
  readonly perform: (request: VerbRequest, done: (answer: VerbAnswer) => void) => Promise<void>;
}

export function useVerb(): Verb {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const perform: Verb['perform'] = async (request, done) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      done(await api.verb(request));
    } catch (error) {
      setTrouble(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, trouble, setTrouble, perform };
}
