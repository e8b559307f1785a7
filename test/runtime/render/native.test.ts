import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogFields, silentLog, type Log } from '../../../runtime/log';
import { createRenderer, type RestingRenderer, type RendererOptions } from '../../../runtime/render';
import { nativeOr } from '../../../runtime/render/kustomize/native';
import { type Shim } from '../../../runtime/render/kustomize/shim';
import { shipped } from '../../../runtime/render/kustomize/shipped';
import { eventually } from '../../waiting';
import { nativeBeforeAll, withNative } from './go';
import expected from './overlay/expected.json';
import { aliases, configMap, folderTree, render, shimRequest, tree } from './trees';

const MIB = 2 ** 20;
const overlay = folderTree(join(__dirname, 'overlay'));
const light = tree({ 'env/prod/m.yaml': configMap('light') });
const heavy = tree({ 'env/prod/kustomization.yaml': 'resources: [m.yaml]\n', 'env/prod/m.yaml': aliases(6) });
const failure = { name: 'TerminalError', reason: 'RenderFailed' };
const shim = nativeBeforeAll();

async function withRenderer(
  options: RendererOptions,
  use: (renderer: RestingRenderer, warnings: readonly (LogFields & { message: string })[]) => Promise<void>,
): Promise<void> {
  const warnings: (LogFields & { message: string })[] = [];
  const log: Log = { ...silentLog, warn: (fields, message) => void warnings.push({ ...fields, message }) };
  const renderer = createRenderer({ shim: shim(), log, ...options });
  try {
    await use(renderer, warnings);
  } finally {
    await renderer.close();
  }
  expect(running(shim())).toEqual([]);
}

/** Ids of the processes of a program. */
const running = (program: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/exe`) === program;
      } catch {
        return false;
      }
    })
    .map(Number);

describe('the native shim', () => {
  withNative('gives what the WebAssembly gives, and is not asked twice', async () => {
    await withRenderer({ workers: 1 }, async (renderer, warnings) => {
      const rendered = await render(renderer, overlay);
      expect(rendered.manifests).toEqual(expected);
      expect(rendered.renderer).toEqual({ name: 'kustomize', version: shipped.kustomize });
      for (const pid of running(shim())) process.kill(pid, 'SIGKILL');
      expect((await render(renderer, overlay)).manifests).toEqual(expected);
      expect(warnings).toEqual([]);
    });
  });

  withNative('has no environment, no terminal, no further file, and a process group of its own', async () => {
    await withRenderer({ workers: 1 }, async (renderer) => {
      await render(renderer, light);
      const [pid = 0] = running(shim());
      const of = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
      expect(of('environ')).toBe('');
      expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
      const [, group, session] = of('stat')
        .replace(/^.*\) \S+ /, '')
        .split(' ')
        .map(Number);
      expect({ group, session }).toEqual({ group: pid, session: pid });
      expect(of('limits')).toMatch(/^Max open files +0 +0 /m);
      expect(of('oom_score_adj')).toBe('1000\n');
      expect(of('limits')).toMatch(/^Max core file size +0 +0 /m);
      expect(of('limits')).toMatch(new RegExp(`^Max data size +${384 * MIB} +${384 * MIB} `, 'm'));
    });
  });

  withNative('is one process for each render side by side, and none at rest', async () => {
    await withRenderer({ workers: 2, idleMs: 50 }, async (renderer) => {
      expect(running(shim())).toEqual([]);
      const texts = ['a', 'b', 'c', 'd', 'e'].map((name) => tree({ 'env/prod/m.yaml': configMap(name) }));
      const rendered = await Promise.all(texts.map((files) => render(renderer, files)));
      expect(rendered.map(({ manifests }) => manifests[0]?.metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(running(shim()).length).toBeLessThanOrEqual(2);
      await eventually('no process is left', () => running(shim()).length === 0);
      expect((await render(renderer, tree({ 'env/prod/m.yaml': configMap('f') }))).manifests).toHaveLength(1);
    });
  });

  withNative('is woken before it is needed', async () => {
    await withRenderer({ workers: 2 }, async (renderer) => {
      await renderer.wake();
      expect(running(shim())).toHaveLength(1);
    });
  });

  withNative('that dies between two renders, or in one, is followed by another', async () => {
    await withRenderer({ workers: 1 }, async (renderer) => {
      await render(renderer, light);
      const [first = 0] = running(shim());
      process.kill(first, 'SIGKILL');
      const again = tree({ 'env/prod/m.yaml': configMap('second') });
      await eventually('another one renders', () => render(renderer, again), 60_000);
      const [second = 0] = running(shim());
      expect(second).not.toBe(first);
      const rendering = render(renderer, heavy);
      const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${second}/status`, 'utf8'))?.[1]);
      await eventually('it renders', () => memory() > 30_000, 60_000);
      process.kill(second, 'SIGKILL');
      await expect(rendering).rejects.toMatchObject({
        name: 'TransientError',
        message: "The renderer's process ended: it ended with SIGKILL.",
      });
      expect((await render(renderer, tree({ 'env/prod/m.yaml': configMap('a') }))).manifests).toHaveLength(1);
    });
  });

  withNative('ends when the one who asked has died, whatever it renders', async () => {
    const child: ChildProcess = spawn(shim(), [String(512 * MIB)], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    await once(child.stdout ?? child, 'data');
    const request = shimRequest('k', ['o', 'o/kustomization.yaml', 'resources: [m.yaml]\n', 'o/m.yaml', aliases(6)]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(request.length);
    child.stdin?.end(Buffer.concat([length, request]));
    expect(await exit).toEqual([0, null]);
  });
});

describe('only the render that asks too much of the native shim fails, in the words of the WebAssembly', () => {
  withNative('S6: one that does not end is ended, and the next one renders', async () => {
    await withRenderer({ deadlineMs: 500, workers: 1 }, async (renderer) => {
      await expect(render(renderer, heavy)).rejects.toMatchObject({
        ...failure,
        message: 'kustomize does not build "env/prod": it did not finish within 0.5 s and was ended',
      });
      expect((await render(renderer, light)).manifests).toHaveLength(1);
    });
  });

  withNative('S6: one that takes too much memory is ended, and the next one renders', async () => {
    await withRenderer({ memoryBytes: 192 * MIB, workers: 1 }, async (renderer) => {
      await expect(render(renderer, heavy)).rejects.toMatchObject({
        ...failure,
        message: 'kustomize does not build "env/prod": it needs more than 192 MiB of memory',
      });
      expect((await render(renderer, light)).manifests).toHaveLength(1);
    });
  });

  withNative('S6: an endless recursion inside the renderer is an answer', async () => {
    await withRenderer({}, async (renderer) => {
      const files = tree({
        'env/prod/kustomization.yaml': 'commonLabels: { out: dated }\nresources: [m.yaml]\n',
        'env/prod/m.yaml': configMap('a', 'spec: {a: &a [*a]}'),
      });
      const rendering = render(renderer, files);
      await expect(rendering).rejects.toMatchObject(failure);
      await expect(rendering).rejects.toThrow('something in it refers to itself without an end');
      expect((await render(renderer, light)).manifests).toHaveLength(1);
    });
  });

  withNative('what gives more than it may is refused, and one that is given up is ended', async () => {
    await withRenderer({ outputBytes: 500, workers: 1 }, async (renderer) => {
      const of = (length: number) => tree({ 'env/prod/m.yaml': configMap('a', `data: {a: ${'x'.repeat(length)}}`) });
      await expect(render(renderer, of(600))).rejects.toThrow(
        /the rendered objects take \d{3} bytes; the limit is 500/,
      );
      const abort = new AbortController();
      const rendering = render(renderer, heavy, {}, abort.signal);
      abort.abort(new Error('the lease is lost'));
      await expect(rendering).rejects.toThrow('the lease is lost');
      expect((await render(renderer, of(100))).manifests).toHaveLength(1);
    });
  });

  withNative('a file of the machine, a remote file and a chart are refused', async () => {
    await withRenderer({}, async (renderer) => {
      const refused = (kustomization: string) =>
        render(renderer, tree({ 'env/prod/kustomization.yaml': kustomization })).then(String, String);
      expect(await refused('resources: [/etc/hostname]\n')).toMatch(
        /'\/etc\/hostname' doesn't exist|cannot be absolute/,
      );
      expect(await refused('configMapGenerator: [{name: c, files: ["k=https://example.com/p.txt"]}]\n')).toContain(
        'remote file https://example.com/p.txt is refused: vendor it into the repository',
      );
      expect(await refused('helmCharts: [{name: x, repo: "https://c.example.com"}]\n')).toContain('--enable-helm');
    });
  });
});

describe('in place of a native shim that cannot be used the WebAssembly renders, and the log says why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-shims-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const program = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };
  const said = JSON.stringify({ ...shipped, shim: '0123456789abcdef' });
  const head = `\\002\\000\\000\\000\\000\\${said.length.toString(8).padStart(3, '0')}\\000\\000\\000`;

  const log = (said: unknown[]): Log => ({
    ...silentLog,
    warn: (fields, message) => void said.push({ ...fields, message }),
  });
  const inPlace =
    'The native renderer cannot be used: rendering goes on in WebAssembly, which gives the same and is slower';
  const live = () => new AbortController().signal;

  test.each([
    ['is not there', () => join(folder, 'gone'), /ENOENT/],
    ['is no program', () => program('text', 'no program'), /EACCES|ENOEXEC|it ended with exit code|not found/],
    ['ends at once', () => program('ends', '#!/bin/sh\necho "not today" >&2\nexit 3\n'), /^not today$/],
    [
      'says something else',
      () => program('else', '#!/bin/sh\nprintf "%64s" ""\ncat\n'),
      /^it says something else than a shim does$/,
    ],
  ])('one that %s; it is tried again after a rest', async (_, path, words) => {
    const said: unknown[] = [];
    const other: Shim = {
      memory: 0,
      usable: true,
      run: () => Promise.reject(new Error()),
      stop: () => Promise.resolve(),
    };
    const source = nativeOr(
      { start: () => Promise.resolve(other), rest: () => undefined },
      path(),
      512 * MIB,
      log(said),
    );
    const one = { shim: path(), error: expect.stringMatching(words) as string, message: inPlace };
    expect(await source.start(live())).toBe(other);
    expect(await source.start(live())).toBe(other);
    expect(said).toEqual([one]);
    source.rest();
    expect(await source.start(live())).toBe(other);
    expect(said).toEqual([one, one]);
  });

  test('one that was built from other sources', async () => {
    const path = program('other', `#!/bin/sh\nprintf '${head}%s' '${said}'\nexec cat\n`);
    await withRenderer({ shim: path, workers: 1 }, async (renderer, warnings) => {
      expect((await render(renderer, overlay)).manifests).toEqual(expected);
      expect(warnings).toEqual([
        {
          shim: path,
          error: `${path} is of another version than this package: it says ${said}, not ${JSON.stringify(shipped)}; build it from this version with "npm run build:shim"`,
          message: inPlace,
        },
      ]);
    });
  });
});
