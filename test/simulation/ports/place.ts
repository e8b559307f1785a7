/** Where the ports lead to: servers in memory, or real adapters and a railyard. */

import type { Git } from '../../../runtime/git';
import type { Cluster } from '../../../runtime/kube';

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

export interface Place {
  readonly cluster: Cluster;
  readonly git: Git;
  /** A repository that anybody may push to. */
  readonly repoURL: string;
  /** A deadline that is far enough away. */
  readonly soon: () => { readonly deadline: Date };
  readonly now: () => Date;
  /** A person makes a commit whose files are these and no others, on top of their last one of that branch. */
  commit(branch: string, files: Files): Promise<string>;
  close(): Promise<void>;
}
