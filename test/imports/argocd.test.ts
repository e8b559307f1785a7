import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

let room = '';
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'k8sta-import-'));
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

test("imports/argoproj.io.ts is what Argo CD's definitions give: else run `npm run import`", () => {
  execFileSync(process.execPath, [join(root, 'scripts/import.cjs'), room], { stdio: ['ignore', 'ignore', 'inherit'] });
  const fresh = readFileSync(join(room, 'argoproj.io.ts'), 'utf8');
  const checkedIn = readFileSync(join(root, 'imports/argoproj.io.ts'), 'utf8');
  expect(fresh === checkedIn).toBe(true);
  expect(fresh).toContain('export class Application extends ApiObject');
  expect(fresh).toContain('export class AppProject extends ApiObject');
});
