/** What many parts of the page need: who looks at it, and what time it is where the runtime runs. */

import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Me } from '../protocol';

export const Session = createContext<Me>({ name: '', signIn: 'open', namespaces: [] });

/** How far the server's clock is ahead of the reader's, in milliseconds. */
export const Clock = createContext(0);

/** The server's time, once a second. */
export function useNow(): number {
  const ahead = useContext(Clock);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now + ahead;
}
