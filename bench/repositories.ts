/** Repositories of any size, in seconds, and stock Git to make and use them. */

import { execFile } from 'node:child_process';

export const AUTHOR = { name: 'K8sTA', email: 'k8sta@example.com' };
/** One of the files that are none of the application's. */
export const FILE = 'apps/group-000/app-00000.yaml';
/** The application's overlay. */
export const OVERLAY = 'env/prod';

const OWN = {
  'base/kustomization.yaml': 'resources: [deployment.yaml, service.yaml]\n',
  'base/deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
  'base/service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n',
  [`${OVERLAY}/kustomization.yaml`]: 'resources: [../../base]\n',
};

/**
 * Fills branch `main`: one commit that adds all files, a base and an overlay among them, and commits on top that each
 * change one of the others.
 */
export async function fill(bare: string, files: number, commits: number): Promise<void> {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const path = (number: number): string => {
    const group = String(Math.floor(number / 100)).padStart(3, '0');
    return `apps/group-${group}/app-${String(number).padStart(5, '0')}.yaml`;
  };
  const text = (number: number, version: number): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-${number}\ndata:\n  version: "${version}"\n`;
  const others = files - Object.keys(OWN).length;
  const stream: string[] = [];
  for (let commit = 0; commit < commits; commit++) {
    stream.push(
      `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + commit} +0000\n${data('change')}`,
    );
    if (commit === 0)
      for (const [own, content] of Object.entries(OWN)) stream.push(`M 100644 inline ${own}\n${data(content)}`);
    const changed = commit === 0 ? Array.from({ length: others }, (_, number) => number) : [(commit * 7919) % others];
    for (const number of changed) stream.push(`M 100644 inline ${path(number)}\n${data(text(number, commit))}`);
  }
  await stock(['--git-dir', bare, 'fast-import', '--quiet'], stream.join(''));
  await stock(['--git-dir', bare, 'repack', '-adbq']);
}

export const stock = (args: readonly string[], input?: string): Promise<string> =>
  stockBytes(args, input).then((bytes) => bytes.toString());

export function stockBytes(args: readonly string[], input?: string): Promise<Buffer> {
  const person = ['author', 'committer'].flatMap((role) => [
    [`GIT_${role.toUpperCase()}_NAME`, AUTHOR.name],
    [`GIT_${role.toUpperCase()}_EMAIL`, AUTHOR.email],
  ]);
  const env = { ...process.env, ...(Object.fromEntries(person) as Record<string, string>) };
  return new Promise((resolve, reject) => {
    const options = { env, encoding: 'buffer', maxBuffer: 2 ** 30 } as const;
    const child = execFile('git', [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args.join(' ')}: ${stderr.toString()}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export const median = (samples: readonly number[]): number =>
  [...samples].sort((one, other) => one - other)[Math.floor(samples.length / 2)] ?? Number.NaN;
