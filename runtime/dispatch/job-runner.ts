/** Which code does which job. */

import type { Forges } from '../forge';
import type { Git } from '../git';
import type { Job, JobResults } from '../journey';
import { keyOf, type Cluster } from '../kube';
import type { Renderer } from '../render';
import { analyse } from './arrivals/analyse';
import { descent, follow } from './arrivals/descent';
import { close } from './arrivals/close';
import { goods } from './jobs/goods';
import { lookAtHeads, relate } from './jobs/heads';
import type { JobRunner } from './jobs/job-board';
import { land } from './arrivals/land';
import { look, type LookTools } from './looks/look';
import { APP_PROJECTS, Permissions } from './arrivals/permissions';
import { prepare, type Tools } from './arrivals/prepare';
import type { Records } from './caches/records';
import { preview } from './arrivals/preview';
import { SourceTagLooks } from './looks/source-tags';
import { sourceHeads } from './looks/sources';
import { Tips } from './looks/tips';
import { walk } from './looks/walk';
import type { World } from './caches/world';

export interface JobTools extends LookTools {
  readonly git: Git;
  readonly forges: Forges;
  readonly renderer: Renderer;
  readonly records: Records;
  readonly cluster: Cluster;
  readonly world: World;
  readonly now: () => Date;
}

/** What is asked of source branches. */
type SourceJob = Extract<Job, { kind: 'descent' | 'follow' | 'sources' | 'tip' | 'tag' | 'walk' }>;

export function jobRunner(tools: JobTools): JobRunner {
  const { git, renderer } = tools;
  const { cluster, world, now } = tools;
  const permissions = new Permissions({
    applicationOf: ({ namespace, name }) => world.applications.get(keyOf({ namespace, name })),
    read: (place) => cluster.objects(APP_PROJECTS).get(place),
    namespaces: world.argocdNamespaces ?? [],
    now,
  });
  const making: Tools = {
    git,
    renderer,
    assertPermitted: (reference, manifests) => permissions.assert(reference, manifests),
  };
  const tips = new Tips(git, now);
  const tagLooks = new SourceTagLooks(git, now);
  const watch = (job: SourceJob, signal: AbortSignal): Promise<JobResults[SourceJob['kind']]> => {
    switch (job.kind) {
      case 'descent':
        return descent(git, job, signal);
      case 'follow':
        return follow(git, job);
      case 'sources':
        return sourceHeads(git, job, signal);
      case 'tip':
        return tips.tip(job);
      case 'tag':
        return tagLooks.choose(job, signal);
      case 'walk':
        return walk(git, job, signal);
    }
  };
  const run = (job: Job, signal: AbortSignal): Promise<JobResults[keyof JobResults]> => {
    switch (job.kind) {
      case 'look':
        return look(tools, job, signal);
      case 'prepare':
        return prepare(making, job, signal);
      case 'preview':
        return preview(making, job, signal);
      case 'land':
        return land(tools, job, signal);
      case 'heads':
        return lookAtHeads(git, job, signal);
      case 'close':
        return close(tools, job, signal);
      case 'relate':
        return relate(git, job);
      case 'goods':
        return goods(git, job, signal);
      case 'analyse':
        return analyse(tools.cluster, tools.world, job);
      default:
        return watch(job, signal);
    }
  };
  // Each branch above gives the result of its own kind, which the compiler cannot tie to the type parameter.
  return run as JobRunner;
}
