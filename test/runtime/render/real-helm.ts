/** The real helm and kustomize for tests: built once from their released modules, with the sums that this repository pins. */

import { spawnSync } from 'node:child_process';
import { buildServers, serverFile } from '../../../scripts/real-servers.cjs';

const BUILD_MS = 1_200_000;

const goIsThere = (): boolean => spawnSync('go', ['version']).status === 0;

/**
 * `test` where they can be had. A machine without Go cannot build them and says so by failing, unless whoever runs the tests
 * has said that this is meant.
 */
export const helmed = process.env.K8STA_WITHOUT_GO === '1' && !goIsThere() ? test.skip : test;

/** Has helm ready before the tests of a file. @returns its path */
export const helmBeforeAll = (): string => programBeforeAll('helm');

/** The same for stock kustomize. */
export const kustomizeBeforeAll = (): string => programBeforeAll('kustomize');

function programBeforeAll(name: string): string {
  beforeAll(async () => {
    if (helmed !== test.skip) await buildServers([name]);
  }, BUILD_MS);
  return serverFile(name);
}
