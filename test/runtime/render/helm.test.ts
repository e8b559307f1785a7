import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRenderer, type ChartVersion, type RenderRequest, type Rendered } from '../../../runtime/render';
import { archive, chart, configMapOf } from './charts';
import { helmBeforeAll } from './real-programs';
import { render, tree } from './trees';

const commands = new Map([['helm', helmBeforeAll()]]);
const published = new Map<string, Buffer>();
const pulled: ChartVersion[] = [];
const folder = mkdtempSync(join(tmpdir(), 'k8sta-helm-'));
afterAll(() => rmSync(folder, { recursive: true }));
const renderer = createRenderer({
  folder,
  commands,
  deadlineMs: 20_000,
  outputBytes: 4 * 2 ** 20,
  pullChart: async (asked) => {
    pulled.push(asked);
    return published.get(`${asked.name} ${asked.version}`) ?? Buffer.from('no such chart');
  },
});
afterAll(() => renderer.close());
beforeEach(() => pulled.splice(0));

const data = ({ manifests }: Rendered): unknown[] => manifests.map((one) => one.data);
const asks = (files: Record<string, string>, rest: Partial<RenderRequest> = {}): Promise<Rendered> =>
  render(renderer, tree({ 'env/prod/.gitkeep': '', ...files }), rest);

describe('helm', () => {
  test('renders the chart of base/ with the values of base/, then of the overlay, as release of the Application', async () => {
    const rendered = await asks({
      ...chart('base', {
        'a.yaml': configMapOf(
          '{{ .Release.Name }}',
          'namespace: {{ .Release.Namespace }}',
          'a: {{ .Values.a }}',
          'b: {{ .Values.b }}',
        ),
      }),
      'base/values.yaml': 'a: base\nb: base\n',
      'env/prod/values.yaml': 'b: prod\n',
    });
    expect(rendered.manifests).toMatchObject([
      { kind: 'ConfigMap', metadata: { name: 'shop' }, data: { namespace: 'shop', a: 'base', b: 'prod' } },
    ]);
    expect(rendered.renderer).toEqual({ name: 'helm', version: expect.stringMatching(/^v3\.\d+/) as string });
  });

  test('tells charts the version and the APIs of Kubernetes that the Application names', async () => {
    const files = chart('base', {
      'a.yaml': configMapOf(
        'a',
        'kube: {{ .Capabilities.KubeVersion.Version }}',
        'has: {{ .Capabilities.APIVersions.Has "acme.io/v1" | quote }}',
      ),
    });
    const spec = { kubeVersion: '1.31.2', apiVersions: ['acme.io/v1'] };
    expect(data(await asks(files, { render: { helm: spec } }))).toEqual([{ kube: 'v1.31.2', has: 'true' }]);
    expect(data(await asks(files))).toEqual([{ kube: 'v1.37.0', has: 'false' }]);
  });

  test('brings definitions and hooks, and leaves out tests, which nobody would run', async () => {
    const hook = (kind: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${kind}, annotations: {helm.sh/hook: ${kind}}}\n`;
    const { manifests } = await asks({
      ...chart('base', {
        'a.yaml': configMapOf('a', 'a: b'),
        'hook.yaml': hook('post-install'),
        'test.yaml': hook('test'),
      }),
      'base/crds/c.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n',
    });
    expect(manifests.map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'c', 'post-install']);
  });

  test('takes the chart of the path that is said, seen from the folder of the Application', async () => {
    const files = tree({
      'shop/env/prod/values.yaml': 'a: prod\n',
      ...chart('shop/charts/web', { 'a.yaml': configMapOf('a', 'a: {{ .Values.a }}') }),
    });
    expect(data(await render(renderer, files, { folder: 'shop', render: { helm: { path: 'charts/web' } } }))).toEqual([
      { a: 'prod' },
    ]);
  });

  test('takes a published chart in the version of the Application, or in that which a ticket brought', async () => {
    for (const version of ['2.1.0', '2.2.0']) {
      published.set(
        `web ${version}`,
        archive(chart('web', { 'a.yaml': configMapOf('a', `version: ${version}`, 'a: {{ .Values.a }}') })),
      );
    }
    const repoURL = 'oci://ghcr.io/acme/charts';
    const rest: Partial<RenderRequest> = { render: { helm: { chart: { repoURL, name: 'web', version: '2.1.0' } } } };
    const values = { 'env/prod/values.yaml': 'a: prod\n' };
    expect(data(await asks(values, rest))).toEqual([{ version: '2.1.0', a: 'prod' }]);
    const brought = await asks(values, { ...rest, charts: [{ repoURL, name: 'web', version: '2.2.0' }] });
    expect(data(brought)).toEqual([{ version: '2.2.0', a: 'prod' }]);
    expect(brought.charts).toEqual([{ repoURL, name: 'web', version: '2.2.0' }]);
  });

  test('fetches a dependency in the version of the lock file, and none that is vendored', async () => {
    published.set('lib 1.4.2', archive(chart('lib', { 'l.yaml': configMapOf('lib', 'from: lib') })));
    const files = {
      ...chart(
        'base',
        { 'a.yaml': configMapOf('a', 'a: b') },
        'dependencies:\n- {name: lib, version: ^1, repository: https://charts.example.com/}\n- {name: own, version: 0.1.0, repository: "file://../own"}\n',
      ),
      'base/Chart.lock': 'dependencies:\n- {name: lib, version: 1.4.2, repository: https://charts.example.com}\n',
      ...chart('base/charts/own', { 'o.yaml': configMapOf('own', 'from: own') }),
    };
    const { manifests } = await asks(files);
    expect(manifests.map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'lib', 'own']);
    expect(pulled).toEqual([{ repoURL: 'https://charts.example.com', name: 'lib', version: '1.4.2' }]);
  });

  test('renders the same key once', async () => {
    const files = chart('base', { 'a.yaml': configMapOf('a', 'a: {{ randAlphaNum 20 }}') });
    const [first, second] = [await asks(files), await asks(files)];
    expect(data(first)).toEqual(data(second));
  });

  test('leaves nothing behind', () => {
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('where the chart is not clear', () => {
  const base = chart('base', { 'a.yaml': configMapOf('a', 'a: b') });
  test.each<[string, Record<string, string>, Partial<RenderRequest>, string]>([
    [
      'a kustomization beside it',
      { ...base, 'base/kustomization.yaml': '' },
      {},
      'base/kustomization.yaml and base/Chart.yaml stand side by side',
    ],
    [
      'none at all',
      { 'env/prod/values.yaml': '' },
      { render: { helm: {} } },
      'neither "env/prod/Chart.yaml" nor "base/Chart.yaml" exists',
    ],
    ['none at the path', base, { render: { helm: { path: 'x' } } }, '"x/Chart.yaml" does not exist'],
    ['one deeper down', { ...chart('base/web', {}) }, {}, 'base/web/Chart.yaml is a chart below "base"'],
    ['a cdk8s project', { 'env/prod/cdk8s.yaml': '', 'env/prod/main.ts': '' }, {}, 'code of a team is not run here'],
    [
      'a range without a lock file',
      { ...base, 'base/Chart.yaml': 'name: a\ndependencies: [{name: lib, version: ^1, repository: "https://c.io"}]' },
      {},
      'asks for the version "^1", which is a range',
    ],
  ])('it is said: %s', async (_, files, rest, words) => {
    await expect(asks(files, rest)).rejects.toMatchObject({
      reason: 'RenderFailed',
      message: expect.stringContaining(words) as string,
    });
  });

  test('no helm: the ticket waits, and the words say what is missing and how to get it', async () => {
    const bare = createRenderer({ path: '/nowhere' });
    try {
      await expect(render(bare, tree({ 'env/prod/.gitkeep': '', ...base }))).rejects.toMatchObject({
        name: 'TransientError',
        message:
          'helm is needed and not to be had: there is no program on the PATH of the runtime. Put helm 3 into its container image, or name it with --render-command helm=<file>',
      });
    } finally {
      await bare.close();
    }
  });
});
