/** The stream of changes: kept open, opened again when it breaks, and honest about it. */

import type { AllEvent, ChangeEvent } from '../protocol';
import { change, worldOf, type World } from '../view/world';
import { api, Refused, type Ways } from './api';

export type Link = 'connecting' | 'live' | 'lost';

export interface Listener {
  readonly world: (world: World) => void;
  readonly link: (link: Link) => void;
  /** Nobody is signed in any more. */
  readonly signedOut: (ways: Ways) => void;
  /** How far the server's clock is ahead of the reader's, in milliseconds. */
  readonly clock: (ahead: number) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Follows the stream until it is told to stop. @returns how to stop */
export function follow(listener: Listener): () => void {
  let stopped = false;
  let source: EventSource | undefined;
  let pause = FIRST_PAUSE_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let world: World | undefined;

  const later = (): void => {
    source?.close();
    if (stopped) return;
    listener.link('lost');
    clearTimeout(timer);
    timer = setTimeout(() => void again(), pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  };

  // A stream says nothing about why it was refused; another question does.
  const again = async (): Promise<void> => {
    try {
      await api.me();
      open();
    } catch (error) {
      if (stopped) return;
      if (error instanceof Refused && error.code === 401) listener.signedOut(error.signIn);
      else later();
    }
  };

  const open = (): void => {
    if (stopped) return;
    source = new EventSource('/api/stream');
    source.addEventListener('all', (event: MessageEvent<string>) => {
      const all = JSON.parse(event.data) as AllEvent;
      pause = FIRST_PAUSE_MS;
      world = worldOf(all);
      listener.clock(Date.parse(all.at) - Date.now());
      listener.link('live');
      listener.world(world);
    });
    source.addEventListener('change', (event: MessageEvent<string>) => {
      if (world === undefined) return;
      const changed = JSON.parse(event.data) as ChangeEvent;
      world = change(world, changed);
      listener.clock(Date.parse(changed.at) - Date.now());
      listener.world(world);
    });
    source.onerror = later;
  };

  // Whoever comes back from sleep or from without a network does not wait for a pause to end.
  const hurry = (): void => {
    if (source?.readyState === EventSource.OPEN || stopped) return;
    clearTimeout(timer);
    source?.close();
    pause = FIRST_PAUSE_MS;
    void again();
  };
  window.addEventListener('online', hurry);
  listener.link('connecting');
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    window.removeEventListener('online', hurry);
    source?.close();
  };
}
