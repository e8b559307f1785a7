/** Forges of the Git servers: pull requests between branches, merged as people like. */

import { TransientError } from '../../../runtime/errors';
import type { Forges, PullRequest } from '../../../runtime/forge';
import type { GitServers } from './git-server';
import type { Process } from './process';

export type Method = 'Merge' | 'Squash' | 'Rebase';

/** A pull request as its forge keeps it. */
export interface PullRequestKept {
  readonly repoURL: string;
  readonly source: string;
  readonly target: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** Where it branched off. */
  readonly base: string;
  state: PullRequest['state'];
  head: string;
  merged?: string;
  readonly notes: string[];
}

export class ForgeServers {
  readonly requests: PullRequestKept[] = [];
  checks: PullRequest['checks'] = 'None';
  /** By commit: the words that were said on it, oldest first. */
  readonly said = new Map<string, readonly string[]>();
  /** Whether the forges answer at all. */
  away = false;
  /** Told of every pull request that is opened. */
  onOpen: (one: PullRequestKept) => void = () => undefined;

  constructor(private readonly git: GitServers) {}

  /** Every pull request into a branch, oldest first. */
  into(target: string): readonly PullRequestKept[] {
    return this.requests.filter((one) => one.target === target);
  }

  newest(repoURL: string, source: string, target: string): PullRequestKept | undefined {
    this.#follow();
    return this.requests.findLast((one) => one.repoURL === repoURL && one.source === source && one.target === target);
  }

  open(repoURL: string, source: string, target: string, title: string, body: string): PullRequestKept {
    const present = this.newest(repoURL, source, target);
    if (present?.state === 'Open') return present;
    const [head, base] = [this.git.head(repoURL, source), this.git.head(repoURL, target)];
    if (head === undefined || base === undefined) throw new Error(`${source} or ${target} is not there`);
    const number = this.requests.length + 1;
    const made: PullRequestKept = {
      repoURL,
      source,
      target,
      number,
      title,
      body,
      base,
      head,
      state: 'Open',
      notes: [],
    };
    this.requests.push(made);
    this.onOpen(made);
    return made;
  }

  /** @returns why not */
  merge(one: PullRequestKept, method: Method, by: string): string | undefined {
    this.#follow();
    if (one.state !== 'Open') return `it is ${one.state}`;
    const target = this.git.head(one.repoURL, one.target);
    if (target === undefined) return `${one.target} is gone`;
    const { objects } = this.git;
    const [before, after] = [objects.filesNow(one.base), objects.filesNow(one.head)];
    const files = new Map(objects.filesNow(target));
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(path) === after.get(path)) continue;
      if (files.get(path) !== before.get(path)) return `${path} conflicts`;
      const oid = after.get(path);
      if (oid === undefined) files.delete(path);
      else files.set(path, oid);
    }
    one.merged = this.git.merge(one.repoURL, one.target, {
      files,
      parents: method === 'Merge' ? [target, one.head] : [target],
      message: method === 'Rebase' ? 'rebased' : `${method} of pull request ${one.number}`,
      by,
    });
    one.state = 'Merged';
    return undefined;
  }

  close(one: PullRequestKept, note?: string): void {
    if (one.state !== 'Open') return;
    one.state = 'Closed';
    if (note !== undefined) one.notes.push(note);
  }

  /** Heads of open ones follow their branches; one without its branch is closed. */
  #follow(): void {
    for (const one of this.requests) {
      if (one.state !== 'Open') continue;
      const head = this.git.head(one.repoURL, one.source);
      if (head === undefined) this.close(one);
      else one.head = head;
    }
  }

  removeBranch(repoURL: string, branch: string, by: string): void {
    if (this.git.head(repoURL, branch) !== undefined) this.git.force(repoURL, branch, undefined, by);
    this.#follow();
  }

  of(process: Process): Forges {
    const wayOf = (repoURL: string, way: { readonly source: string; readonly target: string }): string =>
      `${repoURL.slice(repoURL.lastIndexOf('/') + 1)} ${way.target}`;
    const call = <T>(effect: string, kind: 'read' | 'write', perform: () => T, permit?: () => number): Promise<T> =>
      process.call(
        effect,
        () => {
          if (this.away) throw new TransientError('the forge is away');
          return perform();
        },
        { kind, ...(permit && { patience: () => Math.min(10_000, permit()) }) },
      );
    const kept = (repoURL: string, id: string): PullRequestKept | undefined =>
      this.requests.find((one) => one.repoURL === repoURL && one.number === Number(id));
    return {
      find: (repoURL, way) =>
        call(`find ${wayOf(repoURL, way)}`, 'read', () => {
          const found = this.newest(repoURL, way.source, way.target);
          return found && this.#told(found);
        }),
      open: (repoURL, order, effect) =>
        call(
          `open ${wayOf(repoURL, order)}`,
          'write',
          () => this.#told(this.open(repoURL, order.source, order.target, order.title, order.body)),
          effect?.permit,
        ),
      merge: (repoURL, { id }, { commit, method }, effect) =>
        call(
          `merge ${id}`,
          'write',
          () => {
            const one = kept(repoURL, id);
            if (one === undefined || one.head !== commit) return 'its head is another one';
            return this.merge(one, method, 'the forge');
          },
          effect?.permit,
        ),
      close: (repoURL, { id }, note, effect) =>
        call(
          `close ${id}`,
          'write',
          () => {
            const one = kept(repoURL, id);
            if (one) this.close(one, note);
          },
          effect?.permit,
        ),
      report: (_repoURL, commit, { context, state, description }, effect) =>
        call(
          `report ${context}`,
          'write',
          () => {
            const words = `${context} ${state} ${description}`;
            const said = this.said.get(commit) ?? [];
            const newest = said.findLast((one) => one.startsWith(`${context} `));
            if (newest !== words) this.said.set(commit, [...said, words]);
          },
          effect?.permit,
        ),
      removeBranch: (repoURL, branch, effect) =>
        call(
          `remove ${branch.split('/').slice(0, 4).join('/')}`,
          'write',
          () => this.removeBranch(repoURL, branch, process.name),
          effect?.permit,
        ),
    };
  }

  #told({ number, state, head, merged, repoURL }: PullRequestKept): PullRequest {
    const url = `${repoURL}/pulls/${number}`;
    return { url, id: `${number}`, state, head, checks: this.checks, ...(merged !== undefined && { merged }) };
  }
}
