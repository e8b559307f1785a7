import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chartCredentials } from '../../../runtime/cli/chart-credentials';
import { ownRenderer } from '../../../runtime/cli/own-renderer';
import { render, tree } from '../render/trees';
import { testTerminal } from './terminal';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'cli-charts-'))));
afterEach(() => rmSync(home, { recursive: true }));

const login = (username: string): string => Buffer.from(`${username}:secret`).toString('base64');

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
}

const nameFor = async (place: string): Promise<string | undefined> =>
  (await chartCredentials(testTerminal({ env: { HOME: home, HELM_CONFIG_HOME: join(home, 'helm') } }))(place))
    ?.username;

test("a chart is asked for with the login of docker, else of helm's registries, else of helm's repositories", async () => {
  write({
    '.docker/config.json': JSON.stringify({ auths: { 'ghcr.io': { auth: login('docker') } } }),
    'helm/registry/config.json': JSON.stringify({
      auths: { 'ghcr.io': { auth: login('helm') }, 'charts.example.com:8443': { auth: login('registry') } },
    }),
    'helm/repositories.yaml': [
      'repositories:',
      '- {name: open, url: https://charts.example.com/open, username: "", password: ""}',
      '- {name: stable, url: https://charts.example.com/Stable/, username: ada, password: secret}',
    ].join('\n'),
  });
  expect(await nameFor('ghcr.io/acme/charts/web')).toBe('docker');
  expect(await nameFor('charts.example.com:8443/')).toBe('registry');
  expect(await nameFor('charts.example.com/Stable')).toBe('ada');
  expect(await nameFor('charts.example.com/Stable/archives/')).toBe('ada');
  expect(await nameFor('charts.example.com/Stables')).toBeUndefined();
  expect(await nameFor('charts.example.com/open')).toBeUndefined();
});

test('without any login charts are asked for as anybody may; a file that cannot be read is named', async () => {
  expect(await nameFor('ghcr.io/acme/charts/web')).toBeUndefined();
  write({ 'helm/repositories.yaml': 'repositories: [' });
  await expect(nameFor('ghcr.io/acme/charts/web')).rejects.toThrow(/helm\/repositories\.yaml is not YAML/);
});

test('a chart that cannot be had without a login says how to log in', async () => {
  const renderer = ownRenderer(testTerminal({ env: { HOME: home } }), join(home, 'work'), {});
  const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
  const dependencies = 'dependencies: [{name: web, version: 1.0.0, repository: "oci://registry.invalid/charts"}]\n';
  const files = tree({ 'env/prod/Chart.yaml': `${chart}${dependencies}` });
  await expect(render(renderer, files)).rejects.toThrow(
    'neither docker nor helm has one for registry.invalid: if it wants one, helm registry login registry.invalid',
  );
  await renderer.close();
});
