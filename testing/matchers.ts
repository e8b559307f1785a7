/** Jest matchers for journeys. */

import type { WaitingReason } from '../lib/api';
import { parseImageReference } from '../lib/network/image-reference';
import { Journey } from './journey';

interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

const outcome = (journey: Journey, pass: boolean, expectation: string): Outcome => ({
  pass,
  message: () => `expected the journey ${pass ? 'not ' : ''}${expectation}, but it was:\n${journey.toString()}`,
});

function journeyIn(received: unknown): Journey {
  if (received instanceof Journey) return received;
  throw new Error('this matcher is for the journey that `await simulate(network)...run()` returns');
}

const matchers = {
  toVisit(received: unknown, ...stations: string[]): Outcome {
    const journey = journeyIn(received);
    let at = 0;
    for (const station of journey.visited()) if (station === stations[at]) at += 1;
    return outcome(journey, at === stations.length, `to visit ${stations.join(', ')} in this order`);
  },
  toWaitAt(received: unknown, station: string, reason: WaitingReason): Outcome {
    const journey = journeyIn(received);
    const found = journey.waits().some((wait) => wait.station === station && wait.reason === reason);
    return outcome(journey, found, `to wait at ${station} for ${reason}`);
  },
  toHaveCommitted(received: unknown, station: string, image: string): Outcome {
    const journey = journeyIn(received);
    const { repoURL, tag, digest } = parseImageReference(image);
    const found = journey.committed(station, {
      repoURL,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    });
    return outcome(journey, found, `to have committed ${image} at ${station}`);
  },
  toComplete(received: unknown): Outcome {
    const journey = journeyIn(received);
    const phases = journey.phases();
    const complete = phases.length > 0 && phases.every((phase) => phase === 'Completed' || phase === 'Superseded');
    return outcome(journey, complete, 'to complete');
  },
};

/** The part of jest's `expect` that is needed here. */
interface Extendable {
  extend(matchers: Record<string, (received: unknown, ...expected: never[]) => Outcome>): void;
}

/** Adds the matchers to jest's `expect`; importing `k8sta/testing` does it. Without jest it does nothing. */
export function registerMatchers(): void {
  const present: unknown = (globalThis as { expect?: unknown }).expect;
  if (typeof present === 'function' && 'extend' in present) (present as unknown as Extendable).extend(matchers);
}

declare global {
  // The name is jest's own: this is how its matchers are declared.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace jest {
    interface Matchers<R> {
      /** Some ticket arrived at these stations, in this order. */
      toVisit(...stations: string[]): R;
      /** Some ticket waits at the station for this reason. */
      toWaitAt(station: string, reason: WaitingReason): R;
      /** A commit with this version of an image was put on a branch of the station. */
      toHaveCommitted(station: string, image: string): R;
      /** Every ticket completed, or was superseded by one that did. */
      toComplete(): R;
    }
  }
}
