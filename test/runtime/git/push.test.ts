import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerminalError } from '../../../runtime/errors';
import { order, soon, World } from './world';

let world: World;
let repo: string;
beforeEach(async () => {
  world = await World.start();
  repo = await world.repository('acme/deploy');
});
afterEach(() => world.stop());

function hook(name: string, script: string): void {
  const file = join(world.bare(repo), 'hooks', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

describe('a push', () => {
  test('makes a branch that never existed, as an orphan', async () => {
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const outcome = await git.push(repo, [{ branch: 'env/test', expected: undefined, commit }], soon());

    expect(outcome).toEqual({ outcome: 'Accepted' });
    expect(world.head(repo, 'env/test')).toBe(commit);
    expect(world.on(repo, 'log', '--format=%H %P', 'env/test').trim()).toBe(commit);
  });

  test('moves a head forward from the one expected, and again without fetching', async () => {
    const git = world.git();
    const first = world.personCommits(repo, 'env/test', { 'README.md': 'hand' });
    const second = await git.commit(repo, order({ 'app.yaml': 'two' }, { parent: first }));
    await git.push(repo, [{ branch: 'env/test', expected: first, commit: second.commit }], soon());
    const third = await git.commit(repo, order({ 'app.yaml': 'three' }, { parent: second.commit }));
    const outcome = await git.push(
      repo,
      [{ branch: 'env/test', expected: second.commit, commit: third.commit }],
      soon(),
    );

    expect(outcome).toEqual({ outcome: 'Accepted' });
    expect(world.filesAt(repo, 'env/test')).toEqual({ 'README.md': 'hand', 'app.yaml': 'three' });
  });

  test('that runs twice is accepted twice and has one effect', async () => {
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const updates = [{ branch: 'env/test', expected: undefined, commit }];
    await git.push(repo, updates, soon());

    expect(await git.push(repo, updates, soon())).toEqual({ outcome: 'Accepted' });
    expect(world.on(repo, 'rev-list', '--count', 'env/test').trim()).toBe('1');
  });

  test('R9: that lost the race says Moved and overwrites nothing', async () => {
    const git = world.git();
    const base = world.personCommits(repo, 'env/test', { 'a.yaml': '1' });
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'ours' }, { parent: base }));
    const theirs = world.personCommits(repo, 'env/test', { 'b.yaml': 'theirs' });
    const outcome = await git.push(repo, [{ branch: 'env/test', expected: base, commit }], soon());

    expect(outcome).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect(world.head(repo, 'env/test')).toBe(theirs);
  });

  test('R9: to a branch that somebody else made meanwhile says Moved', async () => {
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'ours' }));
    const theirs = world.personCommits(repo, 'env/test', { 'b.yaml': 'theirs' });
    const outcome = await git.push(repo, [{ branch: 'env/test', expected: undefined, commit }], soon());

    expect(outcome).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect(world.head(repo, 'env/test')).toBe(theirs);
  });

  test('R9: to a branch that somebody deleted says Moved and does not bring it back', async () => {
    const git = world.git();
    const base = world.personCommits(repo, 'env/test', { 'a.yaml': '1' });
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'ours' }, { parent: base }));
    world.on(repo, 'update-ref', '-d', 'refs/heads/env/test');
    const outcome = await git.push(repo, [{ branch: 'env/test', expected: base, commit }], soon());

    expect(outcome).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect(world.head(repo, 'env/test')).toBeUndefined();
  });

  test('D4: of many branches lands whole or not at all', async () => {
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const theirs = world.personCommits(repo, 'env/b', { 'b.yaml': 'theirs' });
    const updates = ['env/a', 'env/b', 'env/c'].map((branch) => ({ branch, expected: undefined, commit }));
    const refused = await git.push(repo, updates, soon());
    const heads = await git.heads(repo, ['env/a', 'env/b', 'env/c']);

    expect(refused).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect([...heads]).toEqual([['env/b', theirs]]);

    const free = ['env/a', 'env/c'].map((branch) => ({ branch, expected: undefined, commit }));
    expect(await git.push(repo, free, soon())).toEqual({ outcome: 'Accepted' });
    expect([...(await git.heads(repo, ['env/a', 'env/c'])).values()]).toEqual([commit, commit]);
  });

  test('R8: that a hook of the server declines is Rejected with its words', async () => {
    hook('pre-receive', 'echo "Only on Tuesdays." >&2; exit 1');
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const outcome = await git.push(repo, [{ branch: 'env/test', expected: undefined, commit }], soon());

    expect(outcome).toMatchObject({
      outcome: 'Refused',
      kind: 'Rejected',
      message: expect.stringContaining('Only on Tuesdays.') as string,
    });
    expect(world.head(repo, 'env/test')).toBeUndefined();
  });

  test('R8: that one protected branch forbids leaves all branches alone', async () => {
    hook('update', 'case "$1" in refs/heads/env/prod) echo "prod is protected" >&2; exit 1;; esac');
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const updates = ['env/test', 'env/prod'].map((branch) => ({ branch, expected: undefined, commit }));
    const outcome = await git.push(repo, updates, soon());

    expect(outcome).toMatchObject({
      outcome: 'Refused',
      kind: 'Rejected',
      message: expect.stringContaining('prod is protected') as string,
    });
    expect(world.head(repo, 'env/test')).toBeUndefined();
  });

  test('R8: that meets a locked ref says Moved, so that it is tried again', async () => {
    const git = world.git();
    const base = world.personCommits(repo, 'main', { 'a.yaml': '1' });
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'ours' }, { parent: base }));
    writeFileSync(join(world.bare(repo), 'refs', 'heads', 'main.lock'), '');
    const outcome = await git.push(repo, [{ branch: 'main', expected: base, commit }], soon());

    expect(outcome).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
  });

  test('I3: never takes a head anywhere but forward, though the lease would hold', async () => {
    const git = world.git();
    const base = world.personCommits(repo, 'env/test', { 'a.yaml': '1' });
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'unrelated' }));
    const push = git.push(repo, [{ branch: 'env/test', expected: base, commit }], soon());

    await expect(push).rejects.toMatchObject({ name: 'TerminalError', reason: 'NotDescendant' });
    expect(world.head(repo, 'env/test')).toBe(base);
  });

  test('of a commit that the mirror does not have is refused before anybody is asked', async () => {
    const git = world.git();
    const push = git.push(repo, [{ branch: 'env/test', expected: undefined, commit: 'a'.repeat(40) }], soon());
    await expect(push).rejects.toMatchObject({ reason: 'CommitMissing' });
  });

  test('that names one branch twice is refused', async () => {
    const git = world.git();
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const update = { branch: 'env/test', expected: undefined, commit };
    await expect(git.push(repo, [update, update], soon())).rejects.toBeInstanceOf(TerminalError);
  });

  test('I3: of many arrivals and a person who never stops lands every one and loses nothing', async () => {
    world.personCommits(repo, 'env/test', { 'hand-0': '0' });
    const git = world.git();
    let landed = 0;
    const arrive = async (number: number): Promise<void> => {
      for (;;) {
        const head = (await git.heads(repo, ['env/test'])).get('env/test');
        const parent = head === undefined ? {} : { parent: head };
        const { commit } = await git.commit(repo, order({ [`ours-${number}`]: String(number) }, parent));
        const outcome = await git.push(repo, [{ branch: 'env/test', expected: head, commit }], soon());
        if (outcome.outcome === 'Accepted') break;
        if (outcome.outcome === 'Unanswered') {
          // Judged by the branch alone, as the runtime does (D5).
          const present = (await git.heads(repo, ['env/test'])).get('env/test');
          if (present !== undefined && (await git.contains(repo, commit, present))) break;
          continue;
        }
        expect(outcome).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
      }
      landed += 1;
    };
    const arrivals = Array.from({ length: 5 }, (_, number) => number);
    let hands = 0;
    const person = async (): Promise<void> => {
      while (landed < arrivals.length) {
        const head = world.head(repo, 'env/test');
        const tree = world.on(repo, 'rev-parse', 'env/test^{tree}').trim();
        const commit = world.on(repo, 'commit-tree', '-p', head ?? '', '-m', `by hand ${hands}`, tree).trim();
        try {
          world.on(repo, 'update-ref', 'refs/heads/env/test', commit, head ?? '');
          hands += 1;
        } catch {
          // An arrival was first; the person looks again, as people do.
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    };
    await Promise.all([person(), ...arrivals.map(arrive)]);

    const history = world.on(repo, 'log', '--format=%s', 'env/test').trim().split('\n');
    expect(history.filter((subject) => subject === 'arrive')).toHaveLength(arrivals.length);
    expect(history.filter((subject) => subject.startsWith('by hand '))).toHaveLength(hands);
    expect(Object.keys(world.filesAt(repo, 'env/test'))).toHaveLength(arrivals.length + 1);
    expect(hands).toBeGreaterThan(0);
  });
});
