import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGit, type CommitOrder, type Git } from '../../runtime/git';
import { call, realStack } from './stack';

const { forge, folder: place } = realStack();
const path = `${forge.username}/pushes`;
const url = `${forge.url}/${path}.git`;
/** On the disk of the forge. */
const bare = join(place, 'forge', 'repositories', `${path}.git`);

async function ask(resource: string, body: object): Promise<void> {
  const basic = Buffer.from(`${forge.username}:${forge.password}`).toString('base64');
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/json' };
  const { code, text } = await call(forge, 'POST', `/api/v1/${resource}`, JSON.stringify(body), headers);
  if (code !== 201) throw new Error(`${resource}: ${code} ${text}`);
}

const order = (text: string, parent?: string): CommitOrder => ({
  ...(parent === undefined ? {} : { parent }),
  remove: [],
  write: new Map([['app/deployment.yaml', Buffer.from(text)]]),
  author: { name: 'K8sTA', email: 'transit@k8sta.io' },
  date: new Date('2026-01-01T00:00:00Z'),
  message: 'arrive',
});
const soon = () => ({ deadline: new Date(Date.now() + 60_000) });

describe('a push to the forge, in one request', () => {
  let folder: string;
  let git: Git;
  let first: string;
  let second: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(place, 'tmp', 'mirrors-'));
    git = openGit({ folder, credentials: async () => ({ username: forge.username, password: forge.password }) });
    await ask('user/repos', { name: 'pushes', private: true, default_branch: 'main' });
    first = (await git.commit(url, order('1'))).commit;
    second = (await git.commit(url, order('2', first))).commit;
  });
  afterAll(async () => {
    await git.close();
    await rm(folder, { recursive: true });
  });

  test('makes a branch, and moves it from the head expected', async () => {
    const branch = 'env/test';
    expect(await git.push(url, [{ branch, expected: undefined, commit: first }], soon())).toEqual({
      outcome: 'Accepted',
    });
    expect(await git.push(url, [{ branch, expected: first, commit: second }], soon())).toEqual({ outcome: 'Accepted' });
    expect(await git.heads(url, [branch])).toEqual(new Map([[branch, second]]));
  });

  test('D4, R9: of many branches lands whole, or not at all where one has moved', async () => {
    const branches = ['env/a', 'env/b', 'env/c'];
    const made = branches.map((branch) => ({ branch, expected: undefined, commit: first }));
    expect(await git.push(url, made, soon())).toEqual({ outcome: 'Accepted' });
    const other = (await git.commit(url, order('other', first))).commit;
    await git.push(url, [{ branch: 'env/b', expected: first, commit: other }], soon());
    const moved = branches.map((branch) => ({ branch, expected: first, commit: second }));

    expect(await git.push(url, moved, soon())).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect([...(await git.heads(url, branches)).values()].sort()).toEqual([first, other, first].sort());
  });

  test('R8: that a hook of the forge declines is Rejected with its words, and lands once the hook lets it', async () => {
    const branch = 'env/hooked';
    await git.push(url, [{ branch, expected: undefined, commit: first }], soon());
    const hook = join(bare, 'hooks', 'pre-receive.d', 'tuesdays');
    await writeFile(hook, '#!/bin/sh\necho "Only on Tuesdays." >&2\nexit 1\n', { mode: 0o755 });
    const update = [{ branch, expected: first, commit: second }];
    expect(await git.push(url, update, soon())).toMatchObject({
      outcome: 'Refused',
      kind: 'Rejected',
      message: expect.stringContaining('Only on Tuesdays.') as string,
    });
    expect(await git.heads(url, [branch])).toEqual(new Map([[branch, first]]));
    await rm(hook);
    expect(await git.push(url, update, soon())).toEqual({ outcome: 'Accepted' });
  });

  test('R8: that is more than the repository may take is Rejected with the words of the forge, and a smaller one lands', async () => {
    const branch = 'env/large';
    const limit = (value: number) =>
      execFileSync('git', ['--git-dir', bare, 'config', 'receive.maxInputSize', `${value}`]);
    limit(20_000);
    const write = new Map([['app/deployment.yaml', randomBytes(50_000)]]);
    const large = (await git.commit(url, { ...order(''), write })).commit;
    expect(await git.push(url, [{ branch, expected: undefined, commit: large }], soon())).toMatchObject({
      outcome: 'Refused',
      kind: 'Rejected',
      message: expect.stringContaining('exceeds maximum allowed size') as string,
    });
    expect(await git.push(url, [{ branch, expected: undefined, commit: first }], soon())).toEqual({
      outcome: 'Accepted',
    });
    limit(0);
  });

  test('R8: to a protected branch is Rejected with the words of the forge', async () => {
    const branch = 'env/prod';
    await git.push(url, [{ branch, expected: undefined, commit: first }], soon());
    await ask(`repos/${path}/branch_protections`, { branch_name: branch, rule_name: branch, enable_push: false });

    expect(await git.push(url, [{ branch, expected: first, commit: second }], soon())).toMatchObject({
      outcome: 'Refused',
      kind: 'Rejected',
      message: expect.stringContaining('Not allowed to push to protected branch env/prod') as string,
    });
    expect(await git.heads(url, [branch])).toEqual(new Map([[branch, first]]));
  });
});
