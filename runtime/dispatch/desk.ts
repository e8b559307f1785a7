/** What one track or station is decided with: the caches, its jobs, and what its last decision was made of. */

import type { Patience } from '../argocd';
import { Recall, type Facts, type Sight } from '../journey';
import type { JobBoard } from './jobs/job-board';
import type { NetworkFaults } from './caches/faults';
import { factsOf } from './caches/snapshot';
import type { World } from './caches/world';

export interface DeskOptions {
  readonly world: World;
  readonly board: JobBoard;
  readonly faults: Pick<NetworkFaults, 'of'>;
  readonly patience: Partial<Patience>;
  /** Whether what asked for nothing is not decided again while all that it was made of is as it was. @default true */
  readonly remembers?: boolean;
}

export class Desk {
  /** The jobs that the last decision looked at. */
  readonly asked = new Set<string>();
  private readonly facts: Facts;
  private readonly recall: Recall | undefined;
  private now = new Date(0);

  /** @param owner whose jobs are seen */
  constructor({ world, board, faults, patience, remembers = true }: DeskOptions, owner: string) {
    const job = board.view(owner, this.asked);
    const facts = factsOf(world, () => this.now, patience, { job, faults: (one) => faults.of(one) });
    this.recall = remembers ? new Recall(facts) : undefined;
    this.facts = this.recall?.facts ?? facts;
  }

  /** What a decision at this time sees. */
  sight(now: Date): Sight {
    this.now = now;
    this.asked.clear();
    this.recall?.begin();
    return { now, facts: this.facts, ...(this.recall && { recall: this.recall }) };
  }

  /** Whether nothing is remembered: then another one serves as well. */
  get isEmpty(): boolean {
    return this.recall?.isEmpty ?? true;
  }
}
