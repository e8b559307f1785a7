import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../waiting';
import { createRenderer, type RendererOptions } from '../../../runtime/render';
import { configMap, render, tree } from './trees';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8sta-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An operator's program: a shell script. */
function program(name: string, ...lines: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

const files = tree({
  'base/a.yaml': configMap('base'),
  'env/prod/b.yaml': configMap('prod'),
  'other/c.yaml': '',
  'env/prod/-x;$(id)': '',
});

const declared = new Map<string, string>();
const shared = createRenderer({ commands: declared });
afterAll(() => shared.close());

/** Renders by a program; with limits, in a renderer of its own. */
async function run(file: string, limits?: RendererOptions, signal?: AbortSignal) {
  const renderer = limits === undefined ? shared : createRenderer({ commands: declared, ...limits });
  declared.set('mine', file);
  try {
    return await render(renderer, files, { render: { command: { name: 'mine' } } }, signal);
  } finally {
    if (renderer !== shared) await renderer.close();
  }
}

/** Whether it runs: one that has ended stands in the table of processes until somebody has asked for its end. */
const lives = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) && process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a command of the operator', () => {
  test('finds base/ and the overlay, and nothing else: no variable, no input, no file of ours', async () => {
    const file = program(
      'all',
      'find . -type f | sort >&2',
      'env | cut -d= -f1 | sort | tr "\\n" " " >&2',
      'echo "args $*" >&2',
      'wc -c >&2',
      'exit 3',
    );
    const words = await run(file).then(String, (error: Error) => error.message);
    expect(words.split('\n')).toEqual([
      'mine does not build "env/prod": ./base/a.yaml',
      './env/prod/-x;$(id)',
      './env/prod/b.yaml',
      'HOME PATH PWD args ./env/prod shop shop',
      '0',
    ]);
  });

  test('prints what is rendered, and is recorded by the digest of its program', async () => {
    const rendered = await run(program('cat', 'cat base/a.yaml; echo ---; cat "$1/b.yaml"'));
    expect(rendered.manifests.map(({ metadata }) => metadata.name)).toEqual(['base', 'prod']);
    expect(rendered.renderer).toEqual({ name: 'mine', version: expect.stringMatching(/^[a-f\d]{16}$/) as string });
  });

  test('that nobody declared is refused with those that are', async () => {
    const renderer = createRenderer({
      commands: new Map([
        ['mine', '/x'],
        ['helm', '/y'],
      ]),
    });
    const asked = render(renderer, files, { render: { command: { name: 'helm' } } });
    await expect(asked).rejects.toThrow('the command "helm" is not declared: declared are mine.');
    await renderer.close();
  });

  test('that is not there is waited for', async () => {
    await expect(run(join(folder, 'nothing'))).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining(`there is no program at ${join(folder, 'nothing')}`) as string,
    });
  });

  test.each<[string, string[], RendererOptions | undefined, string]>([
    [
      'fails',
      ['echo "line 3: no such field" >&2', 'exit 1'],
      undefined,
      'mine does not build "env/prod": line 3: no such field',
    ],
    ['fails without a word', ['exit 7'], undefined, 'it ended with 7'],
    ['prints no YAML', ['echo "a: ["'], undefined, 'yaml: line'],
    ['prints nothing', [], undefined, 'it gives no object at all'],
    ['prints without end', ['yes'], { outputBytes: 2 ** 20 }, 'it printed more than 1 MiB and was ended'],
    ['does not end', ['sleep 60'], { deadlineMs: 300 }, 'it did not finish within 0.3 s and was ended'],
    [
      'eats memory',
      ['exec tail /dev/zero'],
      { memoryBytes: 64 * 2 ** 20 },
      'it needs more than 64 MiB of memory and was ended',
    ],
  ])('that %s fails this render alone, in words that say so', async (name, lines, limits, words) => {
    await expect(run(program(name.replaceAll(' ', '-'), ...lines), limits)).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'RenderFailed',
      message: expect.stringContaining(words) as string,
    });
  });

  test('is ended with all that it started: by its deadline, by an abort, and when it has ended itself', async () => {
    const pidFile = join(folder, 'pid');
    const child = [`sleep 300 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}`];
    const started = (): number | undefined => (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined);
    const cases: [string, string[], RendererOptions | undefined][] = [
      ['deadline', [...child, 'wait'], { deadlineMs: 500 }],
      ['abort', [...child, 'wait'], undefined],
      ['end', [...child, 'cat base/a.yaml'], undefined],
    ];
    for (const [name, lines, limits] of cases) {
      rmSync(pidFile, { force: true });
      const abort = new AbortController();
      const rendering = run(program(`child-${name}`, ...lines), limits, abort.signal).catch((error: unknown) => error);
      const pid = await eventually('it has started a process', started);
      if (name === 'abort') abort.abort(new Error('the lease is lost'));
      await rendering;
      await eventually(`that process is gone: ${name}`, () => !lives(pid));
    }
  });
});

const ytt = (process.env.PATH ?? '')
  .split(':')
  .map((place) => join(place, 'ytt'))
  .find(existsSync);

(ytt === undefined ? test.skip : test)(
  `ytt renders base/ and the overlay${ytt === undefined ? ' (skipped: ytt is not on the PATH)' : ''}`,
  async () => {
    const renderer = createRenderer();
    const source = tree({
      'base/a.yaml':
        '#@ load("@ytt:data", "data")\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: #@ data.values.a\n',
      'base/values.yaml': '#@data/values-schema\n---\na: base\n',
      'env/prod/values.yaml': '#@data/values\n---\na: prod\n',
    });
    const { manifests } = await render(renderer, source, { render: { ytt: {} } });
    expect(manifests).toMatchObject([{ data: { a: 'prod' } }]);
    await renderer.close();
  },
);

test('ytt is asked for base and overlay by names that no folder of a team can choose', async () => {
  const file = program(
    'ytt',
    '[ "$1" = version ] && { echo "ytt version 0.50.0"; exit; }',
    'echo "$*" >&2; ls >&2; exit 1',
  );
  const renderer = createRenderer({ commands: new Map([['ytt', file]]) });
  const source = tree({ 'base/a.yaml': '', '--output/b.yaml': '' });
  const asked = render(renderer, source, { overlay: '--output', render: { ytt: {} } });
  await expect(asked).rejects.toThrow('--file=base --file=overlay --output=yaml\nbase\noverlay');
  await renderer.close();
});

test('a program and what is rendered inside take turns: where one may run, neither begins beside the other', async () => {
  const renderer = createRenderer({ commands: declared, workers: 1 });
  const [began, go] = [join(folder, 'began'), join(folder, 'go')];
  const waits = [`: > ${began}`, `while [ ! -e ${go} ]; do :; done`, `cat env/prod/b.yaml`];
  declared.set('mine', program('waits', ...waits));
  const order: string[] = [];
  const ended = (what: string) => () => void order.push(what);
  const byProgram = render(renderer, files, { render: { command: { name: 'mine' } } }).then(ended('program'));
  await eventually('the program runs', () => existsSync(began));
  const inside = render(renderer, tree({ 'env/prod/a.yaml': configMap('inside') })).then(ended('inside'));
  // Another renderer has all the time that this one would have needed.
  await render(shared, tree({ 'env/prod/a.yaml': configMap('inside') }));
  await render(shared, tree({ 'env/prod/a.yaml': configMap('outside') }));
  expect(order).toEqual([]);
  writeFileSync(go, '');
  await Promise.all([byProgram, inside]);
  expect(order).toEqual(['program', 'inside']);
  await renderer.close();
});
