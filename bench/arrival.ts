/** What the runtime does with Git for one arrival of a station: all of it but Argo CD, Kubernetes and the renderer. */

import type { ApplicationReference, RenderedState } from '../lib/api';
import { prepare } from '../runtime/dispatch/arrivals/prepare';
import type { Git } from '../runtime/git';
import type { PrepareApplication, PrepareJob } from '../runtime/journey';
import type { Renderer } from '../runtime/render';
import { OVERLAY } from './repositories';

const IMAGE = 'ghcr.io/acme/web';
const MINUTE_MS = 60_000;

/** Gives the same three objects at once: what rendering costs is a figure of its own. */
const renderer: Renderer = {
  render: async () => ({
    renderer: { name: 'kustomize', version: '1' },
    manifests: ['ConfigMap', 'Service', 'Deployment'].map((kind) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: 'web', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ name: 'web', image: `${IMAGE}:0` }] } } },
    })),
  }),
  close: async () => undefined,
};

/** A station whose applications each have a branch in one repository. */
export class Arrivals {
  private applications: readonly PrepareApplication[];
  private version = 0;

  constructor(
    private readonly git: Git,
    private readonly repoURL: string,
    source: string,
    { applications, prefix }: { readonly applications: number; readonly prefix: string },
  ) {
    const start: RenderedState = { base: source, overlay: source, images: [{ repoURL: IMAGE, tag: '0' }] };
    this.applications = Array.from({ length: applications }, (_, at) => ({
      reference: this.reference(`${prefix}/${at}`),
      start,
      listed: [],
      unfinished: [],
      resumed: [],
    }));
  }

  /** One ticket with a new image pulls in: heads, source, commits, push. */
  async run(): Promise<void> {
    this.version += 1;
    const { git, repoURL } = this;
    const change = { images: [{ repoURL: IMAGE, tag: String(this.version) }] };
    const job: PrepareJob = {
      kind: 'prepare',
      key: '',
      namespace: 'shop',
      station: 'prod',
      ticket: `web-${this.version}`,
      start: new Date(Date.UTC(2026, 0, 1) + this.version * 1000),
      change,
      cargo: [{ change, root: { track: 'web', sequence: this.version } }],
      approvedBy: [],
      resumes: [],
      applications: this.applications,
      seen: '',
    };
    const prepared = await prepare({ git, renderer }, job, new AbortController().signal);
    const commits = prepared.map((one) => {
      if (one.outcome !== 'Commit') throw new Error(JSON.stringify(one));
      return one;
    });
    const updates = commits.map(({ reference, parent, commit }) => ({
      branch: reference.branch,
      expected: parent,
      commit,
    }));
    const outcome = await git.push(repoURL, updates, { deadline: new Date(Date.now() + MINUTE_MS) });
    if (outcome.outcome !== 'Accepted') throw new Error(JSON.stringify(outcome));
    this.applications = this.applications.map((application, at) => {
      const { commit = '', state = {} } = commits[at] ?? {};
      return { ...application, head: commit, good: { commit, state } };
    });
  }

  private reference(branch: string): ApplicationReference {
    return {
      name: branch.replaceAll('/', '-'),
      namespace: 'argocd',
      repoURL: this.repoURL,
      sourceBranch: 'main',
      branch,
      folder: '',
      overlay: OVERLAY,
      layout: 'Files',
      adopt: false,
      enabled: true,
    };
  }
}
