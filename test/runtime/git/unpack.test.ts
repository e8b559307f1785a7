import { mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobId } from '../../../runtime/git';
import { indexOf, packEntry, packOf } from '../../../runtime/git/pack';
import { blobsIn } from '../../../runtime/git/unpack';
import { CLEAN, stockGit } from './world';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8sta-unpack-'));
  stockGit(['init', '--quiet', '--bare', folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A pack as stock Git makes it of these files. */
function packed(files: readonly Buffer[], ...options: string[]): Buffer {
  const oids = files.map((input) => stockGit(['--git-dir', folder, 'hash-object', '-w', '--stdin'], { input }).trim());
  const args = ['--git-dir', folder, 'pack-objects', '--quiet', '--stdout', ...options];
  return execFileSync('git', args, { env: CLEAN, input: oids.join('\n') });
}

const manifest = (version: number): Buffer =>
  Buffer.from(
    Array.from({ length: 300 }, (_, line) => `line ${line}: ${line === version * 7 ? version : 'as it was'}`).join(
      '\n',
    ),
  );
const FILES = [Buffer.alloc(0), Buffer.from('one'), randomBytes(100_000), ...[1, 2, 3, 4, 5].map(manifest)];

describe('a pack of a server', () => {
  test.each([
    ['without differences', ['--depth=0']],
    ['with differences by place', ['--delta-base-offset']],
    ['with differences by id', []],
  ])('%s is read as Git reads it', (_how, options) => {
    const pack = packed(FILES, ...options);
    const entries = blobsIn(pack);
    expect(entries.map(({ oid }) => oid).sort()).toEqual(FILES.map(blobId).sort());
    // Git makes the very same index of it.
    const index = execFileSync('git', ['index-pack', '--stdin', '--strict', '--no-rev-index'], {
      env: { ...CLEAN, GIT_DIR: folder },
      input: pack,
    });
    const name = /[0-9a-f]{40}/.exec(index.toString())?.[0] ?? '';
    const theirs = execFileSync('cat', [join(folder, 'objects', 'pack', `pack-${name}.idx`)]);
    expect(indexOf(entries, pack).equals(theirs)).toBe(true);
  });

  test('that was changed on its way anywhere is refused', () => {
    const pack = packed(FILES, '--delta-base-offset');
    for (let at = 0; at < pack.length; at += 997) {
      const changed = Buffer.from(pack);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(() => blobsIn(changed)).toThrow(/server sent/);
    }
    expect(() => blobsIn(pack.subarray(0, -1))).toThrow(/server sent/);
    expect(() => blobsIn(Buffer.from('<html>'))).toThrow('no pack');
  });

  test('that holds a folder, lacks what it promises or unfolds to more than it may is refused', async () => {
    const tree = await packEntry(blobId(Buffer.alloc(0)), 'tree', Buffer.alloc(0));
    expect(() => blobsIn(packOf([tree]))).toThrow('more than contents of files');
    const bomb = await packEntry(blobId(Buffer.alloc(0)), 'blob', Buffer.alloc(17 * 1024 * 1024));
    expect(() => blobsIn(packOf([bomb]))).toThrow('too large');
    const { bytes } = await packEntry('', 'blob', Buffer.from('a file'));
    expect(() => blobsIn(packOf([{ oid: '', bytes: bytes.subarray(0, -3) }]))).toThrow();
    expect(() => blobsIn(packOf([{ oid: '', bytes: Buffer.concat([bytes, Buffer.from('more')]) }]))).toThrow(
      'more than',
    );
  });
});
