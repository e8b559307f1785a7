import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { k8sta } from './terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-render-'));
  const files = {
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: "ghcr.io/acme/web:1.0.0"}]}}}\n',
    'env/prod/kustomization.yaml': 'namespace: shop\nresources: [../../base]\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('render prints what the branch would hold, with the image that is asked for', async () => {
  const images = ['--image', 'ghcr.io/acme/web=1.4.0', '--image', 'ghcr.io/acme/api=2.0.0'];
  const { out, err, code } = await k8sta(['render', 'env/prod', ...images, '--into', 'prod'], folder);
  expect([out, code]).toEqual(['', 0]);
  expect(err).toMatch(/^nothing uses ghcr\.io\/acme\/api\n1 objects?, by kustomize \S+\n$/);
  expect(readdirSync(join(folder, 'prod'))).toEqual(['deployment.apps_shop_web.yaml']);
  const printed = await k8sta(['render', 'env/prod/', '--image', 'ghcr.io/acme/web:1.4.0'], folder);
  expect(printed.out).toMatch(/image: ghcr\.io\/acme\/web:1\.4\.0\n/);
  const again = await k8sta(['render', 'env/prod', '--into', 'prod'], folder);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('prod is not empty: name a new folder')]);
});

test.each([
  [['env/stage'], 1, /env\/stage/],
  [['env/prod', '--source', 'nowhere'], 1, /there is no folder .*nowhere: name the work tree/],
  [['env/prod', '--image', 'web'], 2, /--image web names no version: write name=tag/],
  [['env/prod', '--image', 'ghcr.io/Acme/x=1'], 2, /--image ghcr\.io\/Acme\/x=1: .*write name=tag/],
  [['env/prod', '--renderer', 'magic'], 2, /Allowed choices are kustomize, helm, ytt, yaml/],
])('render %j is refused in words', async (args, code, words) => {
  expect(await k8sta(['render', ...args], folder)).toMatchObject({ code, err: expect.stringMatching(words) as string });
});
