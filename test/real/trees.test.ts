/**
 * The two builds of the shim on every kustomization of four released projects, each seen from the root of its project:
 * the same bytes, or the same words where kustomize does not build one (some are there to fail, some name what is remote).
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ShimPool } from '../../runtime/render/kustomize/pool';
import { ShimProcess } from '../../runtime/render/kustomize/process';
import { threads } from '../../runtime/render/kustomize/thread';
import { KUSTOMIZATION_FILES } from '../../runtime/render/kustomization';
import { eventually } from '../waiting';
import { nativeBeforeAll, withNative } from '../runtime/render/go';
import { shimRequest } from '../runtime/render/trees';

/** Module, version, its sum, and how many of its kustomizations build at least. */
const PROJECTS = [
  ['github.com/argoproj/argo-cd/v3', 'v3.2.11', 'h1:3hkR11XCp/nlyM2cWr3qeUSGuZgi3JkFdMpzgL5qOR8=', 71],
  ['github.com/argoproj/argo-rollouts', 'v1.10.2', 'h1:sEPWsY+HUvnXj3Vh0ejb+GDTceQ/palqhFo2FVQJMk0=', 5],
  ['github.com/fluxcd/flux2/v2', 'v2.6.0', 'h1:pOo9JCY4k2ZRuuMlQgu/4C8gLPtkzvccdo2QcQRurWc=', 19],
  ['sigs.k8s.io/kustomize/v3', 'v3.3.1', 'h1:UOhJqkRINRODnKq24DoDAr4gxk2z2p9iFJWDT3OLBx8=', 13],
] as const;

const MIB = 2 ** 20;
const LIMITS = { deadlineMs: 300_000, memoryBytes: 1024 * MIB };
const TREES_MS = 20 * 60_000;
/** A module, and the Go that it wants; a server that is slow or away for a moment is asked again. */
const DOWNLOAD_MS = 5 * 60_000;
/** What kustomize reads from a tree. */
const READ = /\.(?:ya?ml|json|txt|env|properties|conf|sh|cnf|md)$|\/Kustomization$/;

const native = nativeBeforeAll();
const live = new AbortController().signal;
/** Threads, because the memory of an instance of WebAssembly only grows: the pool replaces what has grown too far. */
const threaded = new ShimPool(threads(LIMITS.memoryBytes), {
  ...LIMITS,
  workers: 1,
  recycleBytes: LIMITS.memoryBytes / 2,
  idleMs: TREES_MS,
});
let shim: ShimProcess | undefined;
afterAll(() => Promise.all([shim?.stop(), threaded.close()]));

/** The files of a released module, by the sum that it was released with. */
async function filesOf(module: string, version: string, sum: string): Promise<Map<string, Uint8Array>> {
  const said = await eventually(
    `${module} is downloaded`,
    () =>
      execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
        encoding: 'utf8',
        cwd: '/',
        // What is downloaded is not compiled: it may want another Go.
        env: { ...process.env, GOTOOLCHAIN: 'auto' },
      }),
    DOWNLOAD_MS,
  );
  const { Dir: folder, Sum: found } = JSON.parse(said) as { Dir: string; Sum: string };
  expect(found).toBe(sum);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  return new Map(paths.filter((path) => READ.test(path)).map((path) => [path, readFileSync(join(folder, path))]));
}

/** The files below a folder and beside it, up to `levels` above: what its kustomization may name, and not the whole project. */
function around(files: ReadonlyMap<string, Uint8Array>, folder: string, levels: number): [string, Uint8Array][] {
  const root = folder.split('/').slice(0, -levels).join('/');
  return [...files].filter(([path]) => root === '' || path.startsWith(`${root}/`));
}

withNative(
  'native and WebAssembly give the same bytes on the manifests of Argo CD, Argo Rollouts, Flux and kustomize itself',
  async () => {
    const started = await ShimProcess.start(native(), LIMITS.memoryBytes, live);
    shim = started.shim;
    for (const [module, version, sum, atLeast] of PROJECTS) {
      const files = await filesOf(module, version, sum);
      const folders = [...files.keys()]
        .filter((path) => KUSTOMIZATION_FILES.some((name) => path.endsWith(`/${name}`)))
        .map(dirname);
      let built = 0;
      for (const folder of folders) {
        const request = shimRequest('k', [folder, ...around(files, folder, 3).flat()], 64 * MIB);
        const [one, other] = await Promise.all([shim.run(request, LIMITS, live), threaded.run(request, live)]);
        expect({ folder, ...other }).toEqual({ folder, ...one });
        built += one.refused ? 0 : 1;
      }
      expect(built).toBeGreaterThanOrEqual(atLeast);
    }
  },
  TREES_MS,
);
