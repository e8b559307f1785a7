/** Time as the runtime sees it, given from outside so that tests own it. */
export interface Clock {
  /** Wall time, milliseconds since the epoch: for dates that people and the API see. It may jump. */
  now(): number;

  /** Milliseconds since some fixed moment, never going back: for durations and deadlines. */
  uptime(): number;

  /** Calls `run` once after `ms` milliseconds. @returns a function that calls it off */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own time. Its timers keep the process alive: whoever waits during an outage is still at work. */
export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when one of the signals aborts; never rejects. */
export function pause(clock: Clock, ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) return resolve();
    const end = (): void => {
      cancel();
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  });
}

/** Calls `bark` once when `touch` was not called for `ms`. */
export function watchdog(clock: Clock, ms: number, bark: () => void): { touch: () => void; end: () => void } {
  let last = clock.uptime();
  let cancel = (): void => undefined;
  // Touching must cost next to nothing, so the timer is not moved each time but looks again when it fires.
  const look = (): void => {
    const left = last + ms - clock.uptime();
    if (left <= 0) bark();
    else cancel = clock.after(left, look);
  };
  look();
  return { touch: () => void (last = clock.uptime()), end: () => cancel() };
}
