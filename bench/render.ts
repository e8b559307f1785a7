/** Rendering inside the package against one `kubectl kustomize` process for each render, in the same run. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { branchFiles, createRenderer, type Renderer, setImages } from '../runtime/render';

const OVERLAY = join(__dirname, '..', 'test', 'runtime', 'render', 'overlay');
const ROUNDS = 40;
const OVERLAYS = 100;
const OBJECTS = 1000;
const run = promisify(execFile);

/** The same small overlay with another text, so that no result is known already. */
function overlay(round: number): Map<string, Uint8Array> {
  const files = readdirSync(OVERLAY, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const read = files.map(({ parentPath, name }) => join(parentPath, name));
  const tree = new Map<string, Uint8Array>(read.map((path) => [path.slice(OVERLAY.length + 1), readFileSync(path)]));
  return tree.set('env/prod/motd.txt', Buffer.from(`Round ${round}\n`));
}

function manyObjects(): Map<string, Uint8Array> {
  const object = (i: number) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${i}}\ndata: {a: b, c: "${i}"}\n`;
  const text = Array.from({ length: OBJECTS }, (_, i) => object(i)).join('---\n');
  const kustomization = 'namePrefix: a-\nresources: [all.yaml]\n';
  return new Map([
    ['env/prod/kustomization.yaml', Buffer.from(kustomization)],
    ['env/prod/all.yaml', Buffer.from(text)],
  ]);
}

async function render(renderer: Renderer, files: ReadonlyMap<string, Uint8Array>) {
  const application = { name: 'shop', namespace: 'argocd' };
  const request = { files, folder: '', overlay: 'env/prod', application };
  return renderer.render(request, new AbortController().signal);
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function medianOf(rounds: number, work: (round: number) => unknown): Promise<number> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) samples.push(await timed(() => work(round)));
  return samples.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN;
}

/** Milliseconds of one process for each render, or `undefined` where there is no kubectl. */
async function peer(): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-bench-'));
  try {
    cpSync(OVERLAY, folder, { recursive: true });
    return await medianOf(ROUNDS, async (round) => {
      writeFileSync(join(folder, 'env/prod/motd.txt'), `Round ${round}\n`);
      await run('kubectl', ['kustomize', join(folder, 'env/prod')]);
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const renderer = createRenderer({ workers: cpus().length });
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const row = (what: string, figure: string) => console.log(`${what.padEnd(46)}${figure}`);
  try {
    row('first render of a process', ms(await timed(() => render(renderer, overlay(-1)))));
    const ours = await medianOf(ROUNDS, (round) => render(renderer, overlay(round)));
    const process = await peer();
    row('small overlay, warm', ms(ours));
    row('small overlay, one kubectl kustomize each', process === undefined ? 'no kubectl here' : ms(process));
    if (process !== undefined) row('ours to that', `${(ours / process).toFixed(2)}x (target 1.5x)`);
    row('the same input again', ms(await medianOf(ROUNDS, () => render(renderer, overlay(0)))));

    const all = Array.from({ length: OVERLAYS }, (_, i) => overlay(1000 + i));
    row(
      `${OVERLAYS} different overlays side by side`,
      ms(await timed(() => Promise.all(all.map((files) => render(renderer, files))))),
    );

    const many = manyObjects();
    row(`${OBJECTS} objects`, ms(await timed(() => render(renderer, many))));
    const { manifests } = await render(renderer, many);
    const images = [{ repoURL: 'ghcr.io/acme/web', tag: '2' }];
    const last = await medianOf(ROUNDS, () => branchFiles(setImages(manifests, images).manifests, 'Files'));
    row(`${OBJECTS} objects: images and files of the branch`, ms(last));
    row('memory of this process', `${Math.round(globalThis.process.memoryUsage.rss() / 2 ** 20)} MiB`);
  } finally {
    await renderer.close();
  }
}

void main();
