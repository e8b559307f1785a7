/** What the runtime reads from the forge: commits and folders without the contents of files, and those asked for by name. */

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openGit, type Git } from '../../runtime/git';
import { treeOf } from '../../runtime/git/process-tree';
import { commandOf } from '../runtime/git/processes';
import { Crossing } from './crossing';
import { ask } from './people';
import { realStack } from './stack';

const stack = realStack();
const { forge, folder: place } = stack;
const path = `${forge.username}/contents`;
/** More than a server would be asked for one by one. */
const FILES = 300;
const textOf = (file: number): string => `${'line\n'.repeat(100)}${file}\n`;

let folder: string;
let crossing: Crossing;
let url: string;
let commit: string;
/** What the forge was asked, in short. */
let asked: string[] = [];
const readers: Git[] = [];

const mirrors = (): Promise<string> => mkdtemp(join(folder, 'mirrors-'));

/** @param at folder of its mirrors. @default one where nothing is yet */
async function reader(at?: string): Promise<Git> {
  const credentials = async () => ({ username: forge.username, password: forge.password });
  const git = openGit({ folder: at ?? (await mirrors()), credentials });
  readers.push(git);
  return git;
}

const idsIn = async (git: Git, of: string): Promise<string[]> =>
  [...(await git.files(url, of)).values()].map(({ oid }) => oid);

/** Pushes a commit to `main`. @returns its id */
async function push(write: ReadonlyMap<string, Uint8Array>, parent?: string): Promise<string> {
  const git = await reader();
  const made = await git.commit(url, {
    ...(parent === undefined ? {} : { parent }),
    remove: [],
    write,
    author: { name: 'K8sTA', email: 'transit@k8sta.io' },
    date: new Date('2026-01-01T00:00:00Z'),
    message: 'contents',
  });
  const update = { branch: 'main', expected: parent, commit: made.commit };
  const outcome = await git.push(url, [update], { deadline: new Date(Date.now() + 60_000) });
  expect(outcome).toEqual({ outcome: 'Accepted' });
  return made.commit;
}

beforeAll(async () => {
  folder = await mkdtemp(join(place, 'tmp', 'contents-'));
  crossing = await Crossing.to(forge);
  crossing.inspect = ({ method, path: address }) => void asked.push(`${method} ${address.replace(/^.*\.git\//, '')}`);
  url = `${crossing.url}/${path}.git`;
  await ask(stack, 'POST', '/api/v1/user/repos', { name: 'contents', private: true, default_branch: 'main' });
  commit = await push(
    new Map(Array.from({ length: FILES }, (_, file) => [`app/${file % 7}/${file}`, Buffer.from(textOf(file))])),
  );
});
afterAll(async () => {
  await Promise.all(readers.map((git) => git.close()));
  await crossing.close();
  await rm(folder, { recursive: true });
});

test('a first sight of a commit brings no contents of files, and those asked for come in one request without a process', async () => {
  const git = await reader();
  const oids = await idsIn(git, commit);
  const seen = new Set(await treeOf(process.pid));
  asked = [];
  const blobs = await git.blobs(url, oids);

  const texts = oids.map((oid) => Buffer.from(blobs.get(oid) ?? []).toString());
  expect(texts.sort()).toEqual(Array.from({ length: FILES }, (_, file) => textOf(file)).sort());
  expect(asked).toEqual(['POST git-upload-pack']);
  expect((await treeOf(process.pid)).filter((pid) => !seen.has(pid)).map(commandOf)).toEqual([]);
});

test('contents that came stay for whoever opens the mirror next, and of the next commit only what changed is asked for', async () => {
  const at = await mirrors();
  const first = await reader(at);
  await first.blobs(url, await idsIn(first, commit));
  await first.close();
  const git = await reader(at);
  asked = [];
  expect((await git.blobs(url, await idsIn(git, commit))).size).toBe(FILES);
  expect(asked).toEqual([]);

  const next = await push(new Map([['app/0/0', Buffer.from('another\n')]]), commit);
  const oids = await idsIn(git, next);
  asked = [];
  const texts = [...(await git.blobs(url, oids)).values()].map((bytes) => Buffer.from(bytes).toString());
  expect(texts).toHaveLength(FILES);
  expect(texts).toContain('another\n');
  expect(asked).toEqual(['POST git-upload-pack']);
});

test('contents that the forge does not have are said to be missing, and the others are read all the same', async () => {
  const git = await reader();
  const oids = await idsIn(git, commit);
  await expect(git.blobs(url, ['1'.repeat(40)])).rejects.toMatchObject({ reason: 'BlobMissing' });
  expect((await git.blobs(url, oids)).size).toBe(FILES);
});
