/** Every block of code in the documents does what it is there for. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import type { Command } from 'commander';
import type { Construct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import { LABELS } from '../../lib/api';
import { projectFiles } from '../../runtime/cli/project-files';
import { parseStation, parseTicket, parseTrack } from '../../lib/api/validation';
import { problemsOf } from '../../lib/synth-check';
import { programForReading } from '../../scripts/reference/command';
import { stderrOf } from '../lib/manifests';
import { commandLines } from './command-lines';
import { type Block, pages, ROOT } from './documents';
import { asModule } from './fragments';

/** What may stand in a fence; each has its tests below; `text` is no code, and forges draw `mermaid`. */
const LANGUAGES = ['', 'mermaid', 'sh', 'text', 'ts', 'yaml'];

interface Placed extends Block {
  readonly name: string;
  readonly page: string;
}

const blocks: Placed[] = pages().flatMap(({ path, blocks: own }) =>
  own.map((block) => ({ ...block, page: path, name: `${path}:${block.line}` })),
);
const of = (language: string): Placed[] => blocks.filter((block) => block.language === language);

const folder = mkdtempSync(join(tmpdir(), 'docs-'));
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true }));

test('there is no block of a language that nothing runs', () => {
  expect(blocks.filter(({ language }) => !LANGUAGES.includes(language)).map(({ name }) => name)).toEqual([]);
});

describe('TypeScript', () => {
  const placed = of('ts').map((block) => {
    const place = block.page.replace(/\W/g, '-');
    const file = block.file ?? `line-${block.line}.ts`;
    return { ...block, path: join(folder, place, block.file === undefined ? 'alone' : '', file) };
  });
  for (const { path, text } of placed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, asModule(text));
  }
  process.env.CDK8S_OUTDIR = join(folder, 'dist');
  afterAll(() => {
    delete process.env.CDK8S_OUTDIR;
  });

  describe.each(placed.filter(({ path }) => path.endsWith('.test.ts')))('the tests of $name', ({ path }) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it was written this moment
    require(path);
  });

  test.each(placed.filter(({ path }) => !path.endsWith('.test.ts')))(
    '$name runs, and its networks are sound',
    (block) => {
      let module: unknown;
      stderrOf(() => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- it was written this moment
        module = require(block.path);
      });
      for (const exported of Object.values(module as Readonly<Record<string, unknown>>)) {
        if (typeof exported !== 'function' || !(exported.prototype instanceof Chart)) continue;
        // What has one Chart for a prototype is made as all Charts are.
        const chart = new (exported as new (scope: Construct, id: string) => Chart)(Testing.app(), 'example');
        stderrOf(() => {
          expect(problemsOf(chart).filter(({ severity }) => severity === 'error')).toEqual([]);
          expect(Testing.synth(chart)).not.toEqual([]);
        });
      }
    },
  );
});

describe('YAML', () => {
  const CREDENTIALS = ['git', 'signing', 'registry', 'forge', 'webhook', 'notification'];

  test.each(of('yaml'))('$name is what the API server takes', ({ text }) => {
    for (const document of parseAllDocuments(text)) {
      expect(document.errors).toEqual([]);
      const object = document.toJS() as {
        readonly apiVersion?: string;
        readonly kind?: string;
        readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      };
      const stored = { ...object, metadata: { uid: 'u', resourceVersion: '1', namespace: 'shop', ...object.metadata } };
      const parse = { Track: parseTrack, Station: parseStation, Ticket: parseTicket }[object.kind ?? ''];
      const parsed = parse?.(stored);
      expect(parsed === undefined || 'resource' in parsed ? [] : parsed.problems).toEqual([]);
      if (object.kind === 'Secret') expect(CREDENTIALS).toContain(object.metadata?.labels?.[LABELS.credential]);
    }
  });
});

describe('shell', () => {
  const scripts = (
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: Record<string, string> }
  ).scripts;

  /** The program as it is, with nothing behind its commands. */
  function idle(command: Command): Command {
    command.action(() => undefined);
    command.commands.forEach(idle);
    return command;
  }

  test('every block is shell', () => {
    const script = of('sh')
      .map(({ text }) => `block() {\n${text.replace(/<[a-z][\w .:-]*>/g, 'placeholder')}\n}`)
      .join('\n');
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  const lines = of('sh').flatMap(({ name, text }) => commandLines(text).map((words) => ({ name, words })));

  test.each(lines.filter(({ words }) => words[0] === 'k8sta'))('$name: $words is a command line', async ({ words }) => {
    const program = idle(programForReading()).exitOverride();
    await expect(program.parseAsync(words.slice(1), { from: 'user' })).resolves.toBe(program);
  });

  /** Those of a project that `k8sta init` begins: the tutorial goes on in one. */
  const ofProject = (): Readonly<Record<string, string>> => {
    const project = { name: 'shop', image: '', repository: '', k8sta: '', versions: new Map<string, string>() };
    const manifest = projectFiles(project).find(({ path }) => path === 'package.json');
    return (JSON.parse(manifest?.content ?? '') as { readonly scripts: Record<string, string> }).scripts;
  };

  test('every npm script that is named is there', () => {
    const named = lines.flatMap(({ name, words: [npm, run, script] }) =>
      npm === 'npm' && run === 'run' && !name.startsWith('examples/') ? [script ?? ''] : [],
    );
    expect(named.filter((script) => !(script in { ...scripts, ...ofProject() }))).toEqual([]);
  });
});
