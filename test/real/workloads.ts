/** Plays kubelet and Deployment controller: writes the status of Deployments, so that Argo CD's own health checks judge. */

import { call, realStack } from './stack';

/** What becomes of a Deployment. */
export type Course = 'Healthy' | 'Progressing' | 'Degraded';

interface Deployment {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation: number };
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: { readonly observedGeneration?: number };
}

const LOOK_MS = 100;

/** Rolls out every Deployment of the cluster until it is stopped. */
export class Workloads {
  private readonly courses: { readonly fits: RegExp; readonly course: Course }[] = [];
  /** Course last written, by Deployment and generation. */
  private readonly written = new Map<string, string>();
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor() {
    this.loop = this.run();
  }

  /** From now on Deployments with an image that fits take this course; the latest word counts. */
  become(image: RegExp, course: Course): void {
    this.courses.unshift({ fits: image, course });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // An API server that is down for a test is asked again.
      await this.look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  private async look(): Promise<void> {
    const { kubernetes } = realStack();
    const { text } = await call(kubernetes, 'GET', '/apis/apps/v1/deployments?resourceVersion=0');
    const { items } = JSON.parse(text) as { readonly items: readonly Deployment[] };
    for (const deployment of items) {
      const { namespace, name, generation } = deployment.metadata;
      const course = this.courseOf(deployment);
      const key = `${namespace}/${name}`;
      const wanted = `${generation} ${course}`;
      if (this.written.get(key) === wanted && deployment.status?.observedGeneration === generation) continue;
      const { code } = await call(
        kubernetes,
        'PATCH',
        `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`,
        JSON.stringify({ status: statusOf(deployment, course) }),
        { 'content-type': 'application/merge-patch+json' },
      );
      if (code === 200) this.written.set(key, wanted);
    }
  }

  private courseOf({ spec }: Deployment): Course {
    const image = spec.template.spec.containers[0]?.image ?? '';
    return this.courses.find(({ fits }) => fits.test(image))?.course ?? 'Healthy';
  }
}

function statusOf({ metadata, spec }: Deployment, course: Course): object {
  const replicas = spec.replicas ?? 1;
  const available = course === 'Healthy' ? replicas : 0;
  const late = course === 'Degraded';
  return {
    observedGeneration: metadata.generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: replicas - available,
    conditions: [
      {
        type: 'Progressing',
        status: late ? 'False' : 'True',
        reason: late
          ? 'ProgressDeadlineExceeded'
          : course === 'Healthy'
            ? 'NewReplicaSetAvailable'
            : 'ReplicaSetUpdated',
        message: late ? 'ReplicaSet has timed out progressing.' : 'ReplicaSet is progressing.',
      },
    ],
  };
}
