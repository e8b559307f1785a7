import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { createRenderer, setImages } from '../../../runtime/render';
import { folderTree, render } from './trees';

const IMAGE = 'ghcr.io/acme/web';

/** What a team's `main.ts` makes: charts that depend on each other, so that their files are numbered, for two environments. */
function synth(project: string): void {
  for (const environment of ['test', 'prod']) {
    const app = new App({ outdir: join(project, 'dist', environment) });
    const data = new Chart(app, 'data', { namespace: 'shop', labels: { environment } });
    const store = new ApiObject(data, 'store', { apiVersion: 'v1', kind: 'ConfigMap' });
    const web = new Chart(app, 'web', { namespace: 'shop' });
    const container = { name: 'web', image: `${IMAGE}:0` };
    const deployment = new ApiObject(web, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: environment === 'prod' ? 3 : 1, template: { spec: { containers: [container] } } },
    });
    new ApiObject(web, 'service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } });
    deployment.addDependency(store);
    app.synth();
  }
}

describe('what cdk8s synth wrote', () => {
  const renderer = createRenderer();
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'k8sta-synth-'));
    synth(project);
    writeFileSync(join(project, 'cdk8s.yaml'), 'language: typescript\napp: npx ts-node main.ts\n');
    writeFileSync(join(project, 'main.ts'), 'throw new Error("nobody runs this");\n');
  });
  afterAll(async () => {
    await renderer.close();
    rmSync(project, { recursive: true });
  });

  test('is rendered as it stands, found by itself: every object of every file of this environment, in the order of the files', async () => {
    const files = folderTree(project);
    expect([...files.keys()].filter((path) => path.startsWith('dist/prod/')).sort()).toEqual([
      'dist/prod/0000-data.k8s.yaml',
      'dist/prod/0001-web.k8s.yaml',
    ]);
    const { manifests, renderer: used } = await render(renderer, files, { overlay: 'dist/prod' });
    expect(used.name).toBe('yaml');
    expect(manifests.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.labels])).toEqual([
      ['ConfigMap', 'shop', { environment: 'prod' }],
      ['Deployment', 'shop', undefined],
      ['Service', 'shop', undefined],
    ]);
    expect(manifests[1]?.spec).toMatchObject({ replicas: 3 });
  });

  test('takes the images of a ticket like anything else that was rendered', async () => {
    const { manifests } = await render(renderer, folderTree(project), { overlay: 'dist/prod' });
    const set = setImages(manifests, [{ repoURL: IMAGE, tag: '2.0.0' }]);
    expect(set.manifests[1]?.spec).toMatchObject({
      template: { spec: { containers: [{ name: 'web', image: `${IMAGE}:2.0.0` }] } },
    });
  });

  test('is what has to be committed: the project itself is no overlay', async () => {
    await expect(render(renderer, folderTree(project), { overlay: '' })).rejects.toMatchObject({
      reason: 'RenderFailed',
    });
    const below = new Map([...folderTree(project)].map(([path, bytes]) => [`env/prod/${path}`, bytes] as const));
    await expect(render(renderer, below)).rejects.toThrow(
      'env/prod/cdk8s.yaml belongs to a cdk8s project, and code of a team is not run here: run cdk8s synth before you commit',
    );
    const { manifests } = await render(renderer, below, { overlay: 'env/prod/dist/prod' });
    expect(manifests).toHaveLength(3);
  });
});
