/**
 * What a kustomization may try on whoever renders it: each is refused in the renderer's words, in both builds of the shim,
 * and what others have rendered meanwhile comes out.
 */

import { createRenderer, type RestingRenderer, type RendererOptions } from '../../../runtime/render';
import { nativeBeforeAll, withNative } from './go';
import { aliases, configMap, render, tree } from './trees';

const failure = { name: 'TerminalError', reason: 'RenderFailed' };
const KUSTOMIZATION = 'env/prod/kustomization.yaml';
const native = nativeBeforeAll();
let others = 0;

/** Renders one that fails beside some that must not. */
async function refusal(renderer: RestingRenderer, texts: Readonly<Record<string, string>>): Promise<string> {
  const failing = render(renderer, tree(texts));
  const names = Array.from({ length: 4 }, () => `other-${(others += 1)}`);
  const good = names.map((name) =>
    render(renderer, tree({ [KUSTOMIZATION]: 'resources: [c.yaml]\n', 'env/prod/c.yaml': configMap(name) })),
  );
  await expect(failing).rejects.toMatchObject(failure);
  const rendered = await Promise.all(good);
  expect(rendered.map(({ manifests }) => manifests[0]?.metadata.name)).toEqual(names);
  return failing.then(String, String);
}

const one = (kustomization: string) => ({
  [KUSTOMIZATION]: `resources: [c.yaml]\n${kustomization}`,
  'env/prod/c.yaml': configMap('c'),
});

const plugin = (text: string, field = 'generators') => ({ ...one(`${field}: [g.yaml]\n`), 'env/prod/g.yaml': text });

const SMALL: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'S3: a file by its absolute path',
    one('configMapGenerator: [{name: x, files: [k=/etc/passwd]}]\n'),
    /'\/etc\/passwd' doesn't exist|security;/,
  ],
  ['S3: a folder by its absolute path', one('components: [/etc]\n'), /'\/etc' doesn't exist|must be relative|absolute/],
  [
    'S3: a file from above the root',
    one('patches: [{path: ../../../../../../etc/passwd}]\n'),
    /'\/etc\/passwd' doesn't exist|security;/,
  ],
  ['S3: a folder from above the root', one('components: [../../../../../../etc]\n'), /doesn't exist/],
  [
    'S3: a file of a neighbour',
    { ...one('configMapGenerator: [{name: x, envs: [../test/secret.env]}]\n'), 'env/test/secret.env': 'A=b\n' },
    /'\/env\/test\/secret\.env' doesn't exist|security;/,
  ],
  [
    'S3: a folder that holds the one that names it',
    { ...one(''), [KUSTOMIZATION]: 'resources: [..]\n', 'env/kustomization.yaml': 'resources: [prod]\n' },
    /cycle/,
  ],
  [
    'S5: a remote patch',
    one('patches: [{path: "https://example.com/p.yaml"}]\n'),
    /remote file https:\/\/example\.com\/p\.yaml is refused: vendor it/,
  ],
  [
    'S5: a remote schema',
    one('openapi: {path: "https://example.com/s.json"}\n'),
    /remote file https:\/\/example\.com\/s\.json is refused|doesn't exist/,
  ],
  [
    'S5: a remote replacement',
    one('replacements: [{path: "https://example.com/r.yaml"}]\n'),
    /remote file https:\/\/example\.com\/r\.yaml is refused/,
  ],
  [
    'S5: a remote generator',
    one('generators: ["https://example.com/g.yaml"]\n'),
    /remote base "https:\/\/example\.com\/g\.yaml" is refused: vendor it/,
  ],
  [
    'S5: a program as a generator',
    plugin(
      'apiVersion: a/v1\nkind: G\nmetadata: {name: g, annotations: {config.kubernetes.io/function: "exec: {path: /bin/sh}"}}\n',
    ),
    /external plugins disabled|unable to load external plugins/,
  ],
  [
    'S5: a program as a transformer',
    plugin(
      'apiVersion: a/v1\nkind: G\nmetadata: {name: g, annotations: {config.kubernetes.io/function: "exec: {path: ./run}"}}\n',
      'transformers',
    ),
    /external plugins disabled|unable to load external plugins/,
  ],
  [
    'S5: a container as a validator',
    plugin(
      'apiVersion: a/v1\nkind: G\nmetadata: {name: g, annotations: {config.kubernetes.io/function: "container: {image: a}"}}\n',
      'validators',
    ),
    /external plugins disabled|unable to load external plugins/,
  ],
  [
    'S5: a plugin by its kind',
    plugin('apiVersion: someteam.example.com/v1\nkind: Run\nmetadata: {name: g}\nargsOneLiner: id\n'),
    /external plugins disabled|unable to load external plugins/,
  ],
  ['S5: a chart', one('helmCharts: [{name: x, repo: "https://charts.example.com", version: "1"}]\n'), /--enable-helm/],
  [
    'S5: a chart by the old field',
    one('helmChartInflationGenerator: [{chartName: x, chartRepoUrl: "https://charts.example.com"}]\n'),
    /--enable-helm/,
  ],
  [
    'S5: a chart by its generator',
    plugin(
      'apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\nname: x\nrepo: https://charts.example.com\nversion: "1"\n',
    ),
    /--enable-helm/,
  ],
  [
    'S5: a chart whose helm is chosen',
    one('helmGlobals: {chartHome: charts}\nhelmCharts: [{name: ., releaseName: x}]\n'),
    /--enable-helm/,
  ],
  [
    'S6: lists in lists without an end',
    { ...one(''), 'env/prod/c.yaml': configMap('c', `data: ${'['.repeat(20_000)}`) },
    /yaml|exceeded max depth|nested/i,
  ],
];

const HEAVY: readonly (readonly [string, () => Readonly<Record<string, string>>])[] = [
  ['S6: aliases of aliases', () => ({ [KUSTOMIZATION]: 'resources: [m.yaml]\n', 'env/prod/m.yaml': aliases(8) })],
  ['S6: aliases of aliases in plain YAML', () => ({ 'env/prod/m.yaml': aliases(8) })],
  ['S6: aliases of aliases in a kustomization', () => ({ [KUSTOMIZATION]: aliases(8) })],
];

/** What WebAssembly takes ten seconds to give up: the same limits end it. */
const HEAVIEST: typeof HEAVY = [
  ['S6: a manifest of 50 MB', () => ({ 'env/prod/m.yaml': configMap('c', `data: {a: ${'x'.repeat(50_000_000)}}`) })],
  [
    'S6: a million documents',
    () => ({ 'env/prod/m.yaml': 'apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n'.repeat(1_000_000) }),
  ],
];

const LIMIT =
  /did not finish within 10 s and was ended|needs more than 160 MiB of memory|take \d+ bytes; the limit is \d+|excessive aliasing/;

describe.each([
  ['WebAssembly', test, HEAVY, () => ({})],
  ['the native shim', withNative, [...HEAVY, ...HEAVIEST], () => ({ shim: native() })],
] as const)('%s refuses', (_, testIt, heavy, options: () => RendererOptions) => {
  let renderer: RestingRenderer;
  beforeAll(() => {
    renderer = createRenderer({ ...options(), deadlineMs: 10_000, memoryBytes: 160 * 2 ** 20 });
  });
  afterAll(() => renderer.close());

  for (const [name, texts, words] of SMALL) {
    testIt(name, async () => expect(await refusal(renderer, texts)).toMatch(words));
  }
  for (const [name, texts] of heavy) {
    testIt(name, async () => expect(await refusal(renderer, texts())).toMatch(LIMIT));
  }
});

test.each(['../outside.yaml', '/etc/passwd', 'env/../../x.yaml', 'env//x.yaml', './x.yaml', 'a\0b'])(
  'S3: a tree with the path %j is refused as a whole',
  async (path) => {
    const renderer = createRenderer();
    try {
      const files = tree({ 'env/prod/c.yaml': configMap('c'), [path]: 'x' });
      await expect(render(renderer, files)).rejects.toMatchObject({
        ...failure,
        message: `Path ${JSON.stringify(path)} of the input is not a plain relative path.`,
      });
    } finally {
      await renderer.close();
    }
  },
);

test.each(['../prod', '/etc', 'env/../../etc', 'env/prod/'])('S3: the overlay %j is refused', async (overlay) => {
  const renderer = createRenderer();
  try {
    const files = tree({ 'env/prod/c.yaml': configMap('c') });
    await expect(render(renderer, files, { overlay })).rejects.toMatchObject({
      ...failure,
      message: `The overlay ${JSON.stringify(overlay)} is not a plain relative path.`,
    });
  } finally {
    await renderer.close();
  }
});
