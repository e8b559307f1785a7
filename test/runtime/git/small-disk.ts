/**
 * Git in a process of its own whose mirrors are on a disk of a few MiB: `small-disk.ts <folder> <order>...`. Each order is
 * `read <url>`, all files of the newest commit, or `commit <url> <bytes>`; for each, a line says what became of it.
 */

import { randomBytes } from 'node:crypto';
import { openGit } from '../../../runtime/git';
import { messageOf } from '../../../runtime/errors';

const AUTHOR = { name: 'K8sTA', email: 'k8sta@example.com' };

async function main([folder = '', ...orders]: readonly string[]): Promise<void> {
  const git = openGit({ folder });
  const read = async (url: string): Promise<number> => {
    const head = (await git.heads(url, ['main'])).get('main') ?? '';
    const files = await git.files(url, head);
    const blobs = await git.blobs(
      url,
      [...files.values()].map(({ oid }) => oid),
    );
    return [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
  };
  const commit = async (url: string, bytes: number): Promise<number> => {
    const write = new Map([['file', randomBytes(bytes)]]);
    await git.commit(url, { remove: [], write, author: AUTHOR, date: new Date(0), message: 'arrive' });
    return bytes;
  };
  for (const words of orders) {
    const [verb = '', url = '', bytes = '0'] = words.split(' ');
    const work = verb === 'read' ? read(url) : commit(url, Number(bytes));
    const told = await work.then(
      (done) => ({ done }),
      (error: unknown) => ({ name: error instanceof Error ? error.name : '', failed: messageOf(error) }),
    );
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
  await git.close();
}

void main(process.argv.slice(2));
