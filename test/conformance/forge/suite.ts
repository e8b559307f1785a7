/** What every forge does alike for us, whichever it is; on the real one and on small servers that answer as documented. */

import { TransientError } from '../../../runtime/errors';
import type { CommitStatus, Forges, PullRequest } from '../../../runtime/forge';

export const METHODS = ['Merge', 'Squash', 'Rebase'] as const;
export type Method = (typeof METHODS)[number];

/** A repository on a forge, and what people do there. */
export interface ForgeWorld {
  readonly repoURL: string;
  readonly forges: Forges;
  /** The same forge, asked with a credential that it does not know. */
  readonly strangers: Forges;
  /** What must be in no message. */
  readonly wrongToken: string;
  /** A branch with one commit more than another one, or an orphan. @returns the commit */
  branch(name: string, files: Readonly<Record<string, string>>, onto?: string): Promise<string>;
  head(branch: string): Promise<string | undefined>;
  merge(id: string, method: Method): Promise<void>;
  close(id: string): Promise<void>;
  notes(id: string): Promise<readonly string[]>;
  texts(id: string): Promise<{ readonly title: string; readonly body: string }>;
  /** Every word that was ever said on a commit, oldest first, except that a forge may forget those that were replaced. */
  statuses(commit: string): Promise<readonly Pick<CommitStatus, 'state' | 'description'>[]>;
  check(commit: string, state: 'Pending' | 'Passed' | 'Failed'): Promise<void>;
}

export interface Abilities {
  /** Whether it tells what checks say, apart from whether it can be merged. @default true */
  readonly tellsChecks?: boolean;
}

let ways = 0;

/** @param world called once, before the first test */
export function conforms(name: string, begin: () => Promise<ForgeWorld>, abilities: Abilities = {}): void {
  const { tellsChecks = true } = abilities;

  describe(name, () => {
    let world: ForgeWorld;
    beforeAll(async () => {
      world = await begin();
    });

    /** A branch with a commit that waits, and where it waits to get. */
    async function waiting(): Promise<{ source: string; target: string; base: string; commit: string }> {
      ways += 1;
      const target = `env/prod-${ways}`;
      const source = `k8sta/shop/prod/shop-prod-${ways}/0c5e2a9e-uid`;
      const base = await world.branch(target, { 'app.yaml': 'kind: Old\n' });
      const commit = await world.branch(source, { 'app.yaml': 'kind: New\n' }, target);
      return { source, target, base, commit };
    }

    async function opened(): Promise<{ request: PullRequest } & Awaited<ReturnType<typeof waiting>>> {
      const way = await waiting();
      const request = await world.forges.open(world.repoURL, { ...way, title: 'prod: web 2.0.0', body: '- a\n- b\n' });
      return { ...way, request };
    }

    test('finds nothing where nothing is', async () => {
      const { source, target } = await waiting();
      expect(await world.forges.find(world.repoURL, { source, target })).toBeUndefined();
    });

    test('opens one between branches whose names have slashes, finds it again, and adopts the one that is there', async () => {
      const { request, commit, ...way } = await opened();
      expect(request).toMatchObject({ state: 'Open', id: expect.stringMatching(/^\d+$/) as string });
      expect(request.url).toMatch(/^https?:\/\//);
      expect(commit.startsWith(request.head)).toBe(true);
      expect(request.merged).toBeUndefined();
      expect(await world.forges.find(world.repoURL, way)).toMatchObject({ id: request.id, state: 'Open' });
      const again = await world.forges.open(world.repoURL, { ...way, title: 'again', body: 'again' });
      expect(again.id).toBe(request.id);
      expect(again.url).toBe(request.url);
    });

    test('shows title and text as they are given', async () => {
      const way = await waiting();
      const texts = { title: 'prod: "1.0" \\ <b>&amp;</b> é 🚇', body: '- `a` "b"\n- <i>é 🚇</i> & \\\n' };
      const { id } = await world.forges.open(world.repoURL, { ...way, ...texts });
      const shown = await world.texts(id);
      expect(shown.title).toBe(texts.title);
      expect(shown.body.trim()).toBe(texts.body.trim());
    });

    test.each(METHODS)('merges by %s at our word, and tells which commit that made', async (method) => {
      const { request, commit, source, target } = await opened();
      const order = { method, commit, source, title: 'prod: web 2.0.0', message: 'K8sTA-Ticket: shop/main-7' };
      await settled(async () => {
        expect(await world.forges.merge(world.repoURL, request, order)).toBeUndefined();
      });
      const after = await settledAs(world, { source, target }, 'Merged');
      const head = await world.head(target);
      expect(head).not.toBe(undefined);
      if (after.merged !== undefined) expect(head?.startsWith(after.merged)).toBe(true);
    });

    test.each(METHODS)('sees that people have merged by %s', async (method) => {
      const { request, source, target } = await opened();
      await settled(() => world.merge(request.id, method));
      expect(await settledAs(world, { source, target }, 'Merged')).toMatchObject({ id: request.id });
    });

    test('merges nothing but the commit that we name', async () => {
      const { request, source, target, base } = await opened();
      const order = { method: 'Merge', commit: base, source, title: 'no', message: 'no' } as const;
      expect(await world.forges.merge(world.repoURL, request, order)).toEqual(expect.stringMatching(/./));
      expect(await world.forges.find(world.repoURL, { source, target })).toMatchObject({ state: 'Open' });
      expect(await world.head(target)).toBe(base);
    });

    test('closes one with a note, and again without another word', async () => {
      const { request, source, target, base } = await opened();
      await world.forges.close(world.repoURL, request, 'Ticket main-7 was aborted.');
      expect(await world.forges.find(world.repoURL, { source, target })).toMatchObject({ state: 'Closed' });
      expect(await world.notes(request.id)).toEqual([expect.stringContaining('Ticket main-7 was aborted.')]);
      expect(await world.head(target)).toBe(base);
    });

    test('leaves one merged that people have merged before we could close it', async () => {
      const { request, source, target } = await opened();
      await settled(() => world.merge(request.id, 'Merge'));
      await world.forges.close(world.repoURL, request, 'too late');
      expect(await settledAs(world, { source, target }, 'Merged')).toMatchObject({ id: request.id });
    });

    test('sees that people have closed one, and opens another one on the same way', async () => {
      const { request, source, target } = await opened();
      await world.close(request.id);
      expect(await world.forges.find(world.repoURL, { source, target })).toMatchObject({ state: 'Closed' });
      const next = await world.forges.open(world.repoURL, { source, target, title: 'once more', body: '' });
      expect(next).toMatchObject({ state: 'Open' });
      expect(next.id).not.toBe(request.id);
      expect(await world.forges.find(world.repoURL, { source, target })).toMatchObject({ id: next.id });
    });

    test('removes a branch, once or twice, and still tells of its pull request which commit it was', async () => {
      const { request, source, target, commit } = await opened();
      await world.forges.close(world.repoURL, request, 'gone');
      await world.forges.removeBranch(world.repoURL, source);
      expect(await world.head(source)).toBeUndefined();
      await world.forges.removeBranch(world.repoURL, source);
      const found = await world.forges.find(world.repoURL, { source, target });
      expect(found).toMatchObject({ id: request.id, state: 'Closed' });
      expect(commit.startsWith(found?.head ?? '?')).toBe(true);
    });

    if (tellsChecks) {
      test('tells what checks say of its commit', async () => {
        const { source, target, commit } = await opened();
        const checks = async () => (await world.forges.find(world.repoURL, { source, target }))?.checks;
        expect(['None', 'Passed']).toContain(await checks());
        const seen: unknown[] = [];
        for (const state of ['Pending', 'Failed', 'Passed'] as const) {
          await world.check(commit, state);
          seen.push(await checks());
        }
        expect(seen).toEqual(['Pending', 'Failed', 'Passed']);
      });
    }

    test('says a word on a commit once, however often it is said, and another one in its place', async () => {
      const { commit } = await waiting();
      const context = 'k8sta/a-namespace-of-some-length/a-station-of-some-length';
      const said = (state: CommitStatus['state'], description: string) =>
        world.forges.report(world.repoURL, commit, { context, state, description });
      await said('Passed', 'in test: "main-7" é');
      await said('Passed', 'in test: "main-7" é');
      const first = { state: 'Passed', description: 'in test: "main-7" é' };
      expect(await world.statuses(commit)).toEqual([first]);
      await said('Failed', 'failed at test');
      expect((await world.statuses(commit)).at(-1)).toEqual({ state: 'Failed', description: 'failed at test' });
      await said('Passed', 'in test again');
      expect((await world.statuses(commit)).at(-1)).toEqual({ state: 'Passed', description: 'in test again' });
    });

    test('says which Secret to mend where the forge does not know our credential, and never shows it (S10)', async () => {
      const asked = world.strangers.find(world.repoURL, { source: 'a', target: 'b' });
      await expect(asked).rejects.toThrow(TransientError);
      await expect(asked).rejects.toThrow(/Secret k8sta-system\/forge/);
      await asked.catch((error: unknown) => expect(String(error)).not.toContain(world.wrongToken));
    });
  });
}

/** Forges look at a new pull request for a moment before they merge it. */
async function settled(act: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function settledAs(
  { forges, repoURL }: ForgeWorld,
  way: { readonly source: string; readonly target: string },
  state: PullRequest['state'],
): Promise<PullRequest> {
  let found: PullRequest | undefined;
  await settled(async () => {
    found = await forges.find(repoURL, way);
    expect(found).toMatchObject({ state });
  });
  if (found === undefined) throw new Error('it was found a moment ago');
  return found;
}
