/** The oracle of `oracle/main.go`: what a Kubernetes API server says of CustomResourceDefinitions. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SOURCES = join(__dirname, 'oracle');

/** Whether Go is on the PATH. */
export function goIsThere(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

/** Builds the oracle, once for each version of its sources, outside the repository. Cold: about two minutes. */
export function buildOracle(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(SOURCES, file)));
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8sta');
  const binary = join(folder, `crd-oracle-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  execFileSync('go', ['build', '-trimpath', '-buildvcs=false', '-o', unfinished, '.'], {
    cwd: SOURCES,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
  });
  renameSync(unfinished, binary);
  return binary;
}

/** The objections to some YAML documents; none when a server would take them. */
export function judge(binary: string, yaml: string): string[] {
  const { status, stdout, stderr } = spawnSync(binary, { input: yaml, encoding: 'utf8' });
  if (status === 0) return [];
  if (status === 1) return stdout.trim().split('\n');
  throw new Error(`The oracle ended with ${status}: ${stderr}`);
}
