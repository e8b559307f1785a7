import { randomBytes } from 'node:crypto';
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

  test('R8: that is more than the server takes is Rejected with its words, and a smaller one lands', async () => {
    world.on(repo, 'config', 'receive.maxInputSize', '20000');
    const git = world.git();
    const large = await git.commit(repo, { ...order({}), write: new Map([['app.yaml', randomBytes(50_000)]]) });
    const outcome = await git.push(repo, [{ branch: 'env/test', expected: undefined, commit: large.commit }], soon());
    expect(outcome).toMatchObject({
      outcome: 'Refused',
      kind: 'Rejected',
      message: expect.stringContaining('pack exceeds maximum allowed size') as string,
    });
    const { commit } = await git.commit(repo, order({ 'app.yaml': 'small' }));
    expect(await git.push(repo, [{ branch: 'env/test', expected: undefined, commit }], soon())).toEqual({
      outcome: 'Accepted',
    });
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
});
