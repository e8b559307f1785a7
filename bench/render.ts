/**
 * What rendering costs: kustomize in the native shim and in WebAssembly, on small overlays and on an application of 1,000
 * objects, and what memory it takes.
 *
 * Peer, in the same run and in turn: one process of stock kustomize for each render. Floor: the native shim alone, with
 * nothing of ours around it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGit, type Git } from '../runtime/git';
import { silentLog, type Log } from '../runtime/log';
import { startGitServer } from '../runtime/railyard/git';
import { branchFiles, createRenderer, type Rendered, type Renderer, setImages } from '../runtime/render';
import { ShimProcess } from '../runtime/render/kustomize/process';
import { compileNative, toolchain } from '../scripts/build-kustomize.cjs';
import { shimRequest } from '../test/runtime/render/trees';
import { build, IMAGE, large, OVERLAY, plant, small, stockKustomize, type Tree } from './kustomizations';
import { AUTHOR, median, timed } from './repositories';

const BLOCKS = 5;
/** One after another: what is warm stays so. Blocks take turns, so that all meet the same weather. */
const IN_BLOCK = 8;
const OVERLAYS = 100;
const OBJECTS = 1000;
const LARGE_ROUNDS = 5;
const RENDERS = 1000;
const MIB = 2 ** 20;
const LIMITS = { deadlineMs: 60_000, memoryBytes: 512 * MIB };
const TARGET = { nativeMs: 6, toProcess: 5, wasmToProcess: 1.5, ours: 0.2 };

const live = new AbortController().signal;

interface Kitchen {
  readonly native: Renderer;
  readonly wasm: Renderer;
  readonly shim: ShimProcess;
  readonly kustomize: string;
  readonly folder: string;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-bench-'));
  const path = compileNative(toolchain(), join(folder, 'shim'));
  const kustomize = await stockKustomize();
  await memory('native', createRenderer({ workers: 1, shim: path, log: strict }));
  await memory('WebAssembly', createRenderer({ workers: 1 }));
  const workers = availableParallelism();
  const native = createRenderer({ workers, shim: path, log: strict });
  const wasm = createRenderer({ workers });
  const { shim } = await ShimProcess.start(path, LIMITS.memoryBytes, live);
  const kitchen: Kitchen = { native, wasm, shim, kustomize, folder };
  try {
    await smallOverlay(kitchen);
    await manyOverlays(kitchen);
    await largeApplication(kitchen);
  } finally {
    await Promise.all([native.close(), wasm.close(), shim.stop()]);
    await rm(folder, { recursive: true });
  }
}

/** The native shim is meant to be measured, not what would render in its place. */
const strict: Log = {
  ...silentLog,
  warn(fields, message) {
    throw new Error(`${message} ${JSON.stringify(fields)}`);
  },
};

const render = (renderer: Renderer, files: Tree): Promise<Rendered> =>
  renderer.render({ files, folder: '', overlay: OVERLAY, application: { name: 'shop', namespace: 'argocd' } }, live);

const alone = (shim: ShimProcess, files: Tree): Promise<unknown> =>
  shim.run(shimRequest('k', [OVERLAY, ...[...files].flat()], 64 * MIB), LIMITS, live);

type Measured = 'floor' | 'native' | 'again' | 'wasm' | 'process';

async function smallOverlay({ native, wasm, shim, kustomize, folder }: Kitchen): Promise<void> {
  const first = await timed(() => render(wasm, small(-1)));
  const samples = { floor: [], native: [], again: [], wasm: [], process: [] } as Record<Measured, number[]>;
  const planted = await plant(small(0), join(folder, 'small'));
  for (let block = 0; block < BLOCKS; block += 1) {
    const trees = Array.from({ length: IN_BLOCK }, (_, at) => small(block * IN_BLOCK + at));
    for (const files of trees) samples.floor.push(await timed(() => alone(shim, files)));
    for (const files of trees) samples.native.push(await timed(() => render(native, files)));
    for (const files of trees) samples.again.push(await timed(() => render(native, files)));
    for (const files of trees) samples.wasm.push(await timed(() => render(wasm, files)));
    for (const files of trees) {
      await plant(files, join(folder, 'small'));
      samples.process.push(await timed(() => build(kustomize, planted)));
    }
  }
  const { floor, native: ours, again, wasm: inside, process: peer } = medians(samples);
  console.log('small overlay: 2 resources, patch, prefix, image, generator');
  line('one kustomize process for each', ms(peer));
  line('native shim alone', ms(floor));
  line(
    'ours, native',
    `${ms(ours)} (at most ${TARGET.nativeMs} ms), ${(peer / ours).toFixed(1)}x faster (at least ${TARGET.toProcess}x)`,
  );
  line(
    'ours, WebAssembly',
    `${ms(inside)}, ${(inside / peer).toFixed(2)}x the process (at most ${TARGET.wasmToProcess}x)`,
  );
  line('first render of a runtime, WebAssembly', ms(first));
  line('the same input again', ms(again));
}

async function manyOverlays({ native, wasm, kustomize, folder }: Kitchen): Promise<void> {
  const trees = Array.from({ length: OVERLAYS }, (_, i) => small(10_000 + i));
  const planted = await Promise.all(trees.map((tree, i) => plant(tree, join(folder, `many-${i}`))));
  console.log(`${OVERLAYS} different overlays on ${availableParallelism()} cores`);
  line('one kustomize process for each', seconds(await timed(() => sideBySide(planted, (at) => build(kustomize, at)))));
  line('ours, native', seconds(await timed(() => Promise.all(trees.map((files) => render(native, files))))));
  line('ours, WebAssembly', seconds(await timed(() => Promise.all(trees.map((files) => render(wasm, files))))));
}

/** As many at a time as there are cores. */
async function sideBySide(work: readonly string[], act: (item: string) => Promise<unknown>): Promise<void> {
  const rest = [...work];
  const lane = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

/** From files to a commit on the branch's head, against kustomize alone on the same files. */
async function largeApplication({ native, shim, kustomize, folder }: Kitchen): Promise<void> {
  const server = await startGitServer({ folder: join(folder, 'server') });
  const git = openGit({ folder: join(folder, 'git') });
  try {
    const url = await server.createRepository('shop');
    const samples = { floor: [] as number[], ours: [] as number[], around: [] as number[], process: [] as number[] };
    let parent: string | undefined;
    const arrive = async (files: Tree): Promise<void> => {
      const { manifests } = await render(native, files);
      parent = await commit(git, url, manifests, parent);
    };
    for (let round = 0; round <= LARGE_ROUNDS; round += 1) {
      const files = large(OBJECTS, round);
      const planted = await plant(files, join(folder, 'large'));
      const floor = await timed(() => alone(shim, files));
      const before = parent;
      const ours = await timed(() => arrive(files));
      // What kustomize gave is known now: the rest of it once more is all that is ours.
      parent = before;
      const around = await timed(() => arrive(files));
      const peer = await timed(() => build(kustomize, planted));
      // The first round is everybody's first of this size.
      if (round === 0) continue;
      samples.floor.push(floor);
      samples.ours.push(ours);
      samples.around.push(around);
      samples.process.push(peer);
    }
    const { floor, ours, around, process: peer } = medians(samples);
    console.log(`application of ${OBJECTS} objects, rendered and committed`);
    line('one kustomize process, without a commit', ms(peer));
    line('native shim alone, without a commit', ms(floor));
    line('ours, native', ms(ours));
    line('  of it outside kustomize', `${ms(around)}, ${percent(around / ours)} (at most ${percent(TARGET.ours)})`);
  } finally {
    await git.close();
    await server.stop();
  }
}

async function commit(
  git: Git,
  url: string,
  rendered: Rendered['manifests'],
  parent: string | undefined,
): Promise<string> {
  const { manifests } = setImages(rendered, [{ repoURL: IMAGE, tag: '2.0.0' }]);
  const texts = [...branchFiles(manifests, 'Files')];
  const made = await git.commit(url, {
    ...(parent === undefined ? {} : { parent }),
    remove: [],
    write: new Map(texts.map(([path, text]) => [path, Buffer.from(text)])),
    author: AUTHOR,
    date: new Date('2026-01-01T00:00:00Z'),
    message: 'render',
  });
  return made.commit;
}

/** Renders that are all different, one after another: what is held after each tenth of them. */
async function memory(name: string, renderer: Renderer): Promise<void> {
  const here: number[] = [];
  const below: number[] = [];
  try {
    for (let round = 1; round <= RENDERS; round += 1) {
      await render(renderer, small(20_000 + round));
      if (round % (RENDERS / 10) !== 0) continue;
      globalThis.gc?.();
      here.push(process.memoryUsage.rss());
      below.push(await residentBelow());
    }
  } finally {
    await renderer.close();
  }
  const list = (bytes: readonly number[]): string => `${bytes.map((one) => Math.round(one / MIB)).join(' ')} MiB`;
  console.log(`memory over ${RENDERS} different renders, ${name}`);
  line('the runtime', list(here));
  if (below.some((bytes) => bytes > 0)) line('its shim', list(below));
}

/** Resident bytes of the processes that this one has started. */
async function residentBelow(): Promise<number> {
  const children = (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).split(' ').filter(Boolean);
  const held = await Promise.all(
    children.map(async (pid) =>
      Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
    ),
  );
  return held.reduce((sum, kibibytes) => sum + kibibytes * 1024, 0);
}

const medians = <K extends string>(samples: Readonly<Record<K, readonly number[]>>): Record<K, number> =>
  Object.fromEntries(Object.entries<readonly number[]>(samples).map(([what, list]) => [what, median(list)])) as Record<
    K,
    number
  >;

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;
const percent = (value: number): string => `${Math.round(value * 100)} %`;
const line = (what: string, figure: string): void => console.log(`  ${what.padEnd(44)}${figure}`);

void main();
