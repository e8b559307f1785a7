/** What `k8sta init` begins, as a newcomer goes on with it: each of the steps that it prints, with a packed package. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NewProject } from './new-project';

const MINUTE = 60_000;
const project = new NewProject();
beforeAll(() => project.install(), 6 * MINUTE);
afterAll(() => project.remove());

test('npm test rides the network', () => {
  expect(project.run('npm test --silent 2>&1')).toContain('3 passed, 3 total');
});

test('npm run check compiles it and finds nothing wrong', () => {
  expect(project.run('npm run check --silent')).toContain('1 track, 3 stations: 0 errors, 0 warnings');
  const written = readFileSync(join(project.folder, 'dist/shop.k8s.yaml'), 'utf8');
  expect(written).toContain('name: shop-prod-web');
});

test('its lines are drawn, and the manifests of the runtime printed, on the oldest Node', () => {
  expect(project.run('npx k8sta map')).toContain('shop/main: test → stage → prod');
  expect(project.run('npx k8sta manifests --image ghcr.io/acme/k8sta:1.0.0')).toContain(
    'image: ghcr.io/acme/k8sta:1.0.0',
  );
});

test('its types hold', () => {
  project.run('npm run types --silent');
});

test('the source repository is laid out where it says', () => {
  project.run('npx k8sta layout --into ../shop');
  const source = join(project.folder, '../shop');
  expect(readdirSync(source).sort()).toEqual(['base', 'env']);
  expect(readdirSync(join(source, 'env')).sort()).toEqual(['prod', 'stage', 'test']);
});
