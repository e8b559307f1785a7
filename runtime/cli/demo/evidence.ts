/** Reads rendered branches the way anybody can: a clone, then git's own words. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, visit } from 'yaml';
import { TEMPORARY_PREFIX } from '../folder';
import { git } from './git';
import type { Branch, BranchEvidence } from './history';

/** What each of these branches shows; one that does not exist is left out. */
export async function gatherEvidence(branches: readonly Branch[]): Promise<Map<string, BranchEvidence>> {
  const evidence = new Map<string, BranchEvidence>();
  for (const repoURL of new Set(branches.map((branch) => branch.repoURL))) {
    const folder = await mkdtemp(join(tmpdir(), `${TEMPORARY_PREFIX}evidence-`));
    try {
      await git(folder, 'clone', '--quiet', '--mirror', '--', repoURL, '.');
      const present = new Set(
        (await git(folder, 'for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n'),
      );
      for (const { branch } of branches.filter((one) => one.repoURL === repoURL && present.has(one.branch))) {
        evidence.set(branch, await readBranch(folder, branch));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return evidence;
}

async function readBranch(folder: string, branch: string): Promise<BranchEvidence> {
  const ref = `refs/heads/${branch}`;
  const [log, tree] = await Promise.all([
    git(folder, 'log', '--format=%H%x1f%P%x1f%(trailers:only,unfold)%x1e', ref),
    git(folder, 'ls-tree', '-r', '-z', '--name-only', ref),
  ]);
  const files = tree.split('\0').filter((file) => file !== '');
  const manifests = files.filter((file) => /\.(ya?ml|json)$/.test(file) && !file.startsWith('.'));
  const texts = await Promise.all(manifests.map((file) => git(folder, 'cat-file', 'blob', `${ref}:${file}`)));
  return { commits: log.split('\x1e').flatMap(commitOf), files, images: texts.flatMap(imagesIn) };
}

function commitOf(record: string): BranchEvidence['commits'] {
  const [sha = '', parents = '', trailers = ''] = record.trim().split('\x1f');
  if (sha === '') return [];
  const lines = trailers.split('\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()]];
  });
  return [{ sha, parents: parents.split(' ').filter(Boolean), trailers: Object.fromEntries(lines) }];
}

/** Values of every `image:` in a manifest. */
function imagesIn(text: string): string[] {
  const images: string[] = [];
  for (const document of parseAllDocuments(text)) {
    visit(document, {
      Pair: (_key, { key, value }) => {
        if (String(key) === 'image') images.push(String(value));
      },
    });
  }
  return images;
}
