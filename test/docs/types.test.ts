/** What `blocks.test.ts` runs also holds as TypeScript, under the strict options of this repository. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { pages, ROOT } from './documents';
import { asModule } from './fragments';

const folder = mkdtempSync(join(tmpdir(), 'docs-types-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every block of TypeScript in the documents compiles', () => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const files = pages().flatMap(({ path, blocks }) =>
    blocks
      .filter(({ language }) => language === 'ts')
      .map(({ file, line, text }) => {
        const place = join(folder, path.replace(/\W/g, '-'), file ?? join(`line-${line}`, 'block.ts'));
        mkdirSync(dirname(place), { recursive: true });
        writeFileSync(place, asModule(text));
        return place;
      }),
  );
  expect(files.length).toBeGreaterThan(10);
  const config: unknown = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const loose = { noUnusedLocals: false, noUnusedParameters: false, rootDir: undefined, baseUrl: ROOT };
  const program = ts.createProgram(files, { ...options, ...loose, typeRoots: [join(ROOT, 'node_modules/@types')] });
  const faults = ts
    .getPreEmitDiagnostics(program)
    .map(
      (one) =>
        `${one.file?.fileName.slice(folder.length) ?? ''}: ${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`,
    );
  expect(faults).toEqual([]);
});
