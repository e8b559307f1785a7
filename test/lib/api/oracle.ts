/** The oracle of `oracle/`: what a Kubernetes API server says of CustomResourceDefinitions and admission policies. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SOURCES = join(__dirname, 'oracle');

const BUILD_MS = 600_000;

/** Whether Go is on the PATH. */
function goIsThere(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

/**
 * `test` where the oracle can be asked. A machine without Go cannot. It says so by failing, unless whoever runs the tests
 * has said that this is meant.
 */
export const judged = process.env.K8STA_WITHOUT_GO === '1' && !goIsThere() ? test.skip : test;

/** Builds the oracle before the tests of a file; the function that it returns tells where it is. */
export function oracleBeforeAll(): () => string {
  let binary = '';
  beforeAll(() => {
    if (judged === test.skip) return;
    if (!goIsThere()) {
      throw new Error(
        'Go is not on the PATH, so nobody can say what an API server thinks of our definitions and policies. ' +
          'Install Go 1.24 or newer, or set K8STA_WITHOUT_GO=1 to leave these tests out.',
      );
    }
    binary = buildOracle();
  }, BUILD_MS);
  return () => binary;
}

/** Builds the oracle, once for each version of its sources, outside the repository. Cold: about two minutes. */
function buildOracle(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of readdirSync(SOURCES).sort()) hash.update(readFileSync(join(SOURCES, file)));
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8sta');
  const binary = join(folder, `oracle-${hash.digest('hex').slice(0, 16)}`);
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

/** One verb on resources of one kind; without a name or namespace: on all. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** One write, by one user with exactly these rights. */
export interface Write {
  readonly user: string;
  readonly rights: readonly Right[];
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: string;
  readonly namespace: string;
  readonly object?: object;
  readonly oldObject?: object;
}

export interface PolicyCase {
  readonly definitions: readonly object[];
  /** ValidatingAdmissionPolicies, all of them bound to everything. */
  readonly policies: readonly object[];
  readonly requests: readonly Write[];
}

/**
 * What API server and policies say: warnings of expressions that do not fit the definitions, and for each request what it
 * is refused for; nothing when it is let through.
 */
export function judgePolicies(binary: string, given: PolicyCase): { warnings: string[]; refusals: string[][] } {
  const { status, stdout, stderr } = spawnSync(binary, ['policies'], {
    input: JSON.stringify(given),
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) throw new Error(`The oracle ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as { warnings: string[]; refusals: string[][] };
}
