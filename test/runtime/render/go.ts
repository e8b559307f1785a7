/** Builds of the shim from its sources, on machines with the Go that its go.mod pins. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileNative, toolchain } from '../../../scripts/build-kustomize.cjs';

const found = spawnSync('go', ['env', 'GOVERSION'], {
  env: { ...process.env, GOTOOLCHAIN: 'local' },
  encoding: 'utf8',
});
const here = found.status === 0 && found.stdout.trim() === toolchain();

/** Fetches the Go modules that go.sum pins, where they are not cached, and compiles a megabyte-heavy library. */
export const BUILD_MS = 300_000;

/** `test` where the shim can be built; elsewhere the name of what was skipped says why. */
export const withGo = named(here, `${toolchain()} is not on PATH`);

/** The same where its native build runs, too. */
export const withNative = here ? named(process.platform === 'linux', 'the native shim is for Linux') : withGo;

/** Builds the native shim before the tests of a file; the function that it returns tells where it is. */
export function nativeBeforeAll(): () => string {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8sta-native-'));
    if (here && process.platform === 'linux') compileNative('local', join(folder, 'shim'));
  }, BUILD_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => join(folder, 'shim');
}

function named(able: boolean, reason: string) {
  return (name: string, body: (() => void) | (() => Promise<void>), timeoutMs?: number): void =>
    able ? test(name, body, timeoutMs) : test.skip(`${name} (skipped: ${reason})`, body);
}
