import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Testing } from 'cdk8s';
import { Guestbook } from '../../examples/guestbook/guestbook';
import { networkIn } from '../../runtime/cli/network';
import { layoutOf } from '../../lib/network';
import { createRenderer } from '../../runtime/render';
import { manifests } from '../lib/manifests';
import { REPOSITORY } from './networks';

const SOURCE = resolve(__dirname, '../../examples/guestbook/source');
const STATIONS = ['test', 'stage', 'prod'];

const files = new Map(
  readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(SOURCE.length + 1), readFileSync(path)] as const;
    }),
);

const renderer = createRenderer();
afterAll(() => renderer.close());

test('it fills what `k8sta layout` makes of the network, and leaves nothing of it empty', () => {
  const chart = new Guestbook(Testing.app(), 'guestbook', { repositoryURL: REPOSITORY });
  const { network } = networkIn(manifests(chart).map((object) => ({ file: 'dist', object })));
  const { sources } = layoutOf(network);
  expect(sources).toHaveLength(1);
  const laidOut = sources[0]?.files.map(({ path }) => path) ?? [];
  expect(laidOut).toHaveLength(1 + STATIONS.length);
  expect([...files.keys()]).toEqual(expect.arrayContaining(laidOut));
});

test.each(STATIONS)('its overlay for %s builds into a Deployment, a Service and a ConfigMap', async (station) => {
  const overlay = `env/${station}`;
  const application = { name: `guestbook-${station}-web`, namespace: 'argocd' };
  const rendered = await renderer.render({ files, folder: '', overlay, application }, new AbortController().signal);
  expect(rendered.manifests.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Service']);
});
