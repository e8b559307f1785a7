import { resolve } from 'node:path';
import { createRenderer } from '../../runtime/render';
import { helmBeforeAll } from '../runtime/render/real-programs';
import { folderTree, render } from '../runtime/render/trees';

const renderer = createRenderer({ commands: new Map([['helm', helmBeforeAll()]]) });
afterAll(() => renderer.close());

test.each([
  ['test', 1],
  ['prod', 5],
])('the chart of the example renders for %s with %d replicas', async (station, replicas) => {
  const files = folderTree(resolve(__dirname, '../../examples/helm/source'));
  const rendered = await render(renderer, files, {
    overlay: `env/${station}`,
    render: { helm: { path: 'chart', kubeVersion: '1.34' } },
  });
  expect(rendered.manifests).toMatchObject([{ kind: 'Deployment', spec: { replicas } }]);
});
