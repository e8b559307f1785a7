/** The real helm and kustomize for tests: built once from their released modules, with the sums that this repository pins. */

import { buildServers, serverFile } from '../../../scripts/real-servers.cjs';

const BUILD_MS = 1_200_000;

/** Has helm ready before the tests of a file. @returns its path */
export const helmBeforeAll = (): string => programBeforeAll('helm');

/** The same for stock kustomize. */
export const kustomizeBeforeAll = (): string => programBeforeAll('kustomize');

function programBeforeAll(name: string): string {
  beforeAll(() => buildServers([name]), BUILD_MS);
  return serverFile(name);
}
