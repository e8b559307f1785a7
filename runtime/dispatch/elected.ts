/** A machine that works only while this process is elected, and behind the fence of that term. */

import { electionIn, type Election, type LeaseTimes, type SharedCluster } from '../kube';
import { fencedForges } from './fenced-forges';
import { fencedGit } from './fenced-git';
import { assemble, type Machine, type Ports } from './machine';

/** Which Lease decides who of several runtimes works. */
export interface ElectionChoice {
  readonly namespace: string;
  readonly name: string;
  /** Tells this process from every other one. */
  readonly identity: string;
  /** @default 15 s, 10 s, 2 s */
  readonly times?: LeaseTimes;
  /** Why this process must not lead now, in words. @default - it may */
  readonly unfit?: () => string | undefined;
}

export interface Elected {
  readonly election: Election;
  /** The machine of the present term, if this process leads. */
  machine(): Machine | undefined;
}

/** @param cluster that of the ports, before any fence */
export function elected(ports: Ports, cluster: SharedCluster, choice: ElectionChoice): Elected {
  const { clock, log, git, forges } = ports;
  let machine: Machine | undefined;
  const election = electionIn(cluster, {
    ...choice,
    clock,
    log,
    lead: async (term) => {
      const mine = assemble({
        ...ports,
        cluster: cluster.behind(term),
        git: fencedGit(git, term),
        forges: fencedForges(forges, term),
      });
      machine = mine;
      await mine.start();
      await new Promise<void>((resolve) => {
        if (term.signal.aborted) resolve();
        term.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await mine.halt();
      if (machine === mine) machine = undefined;
    },
  });
  return { election, machine: () => machine };
}
