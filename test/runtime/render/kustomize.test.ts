import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { createRenderer } from '../../../runtime/render';
import expected from './overlay/expected.json';
import { configMap, folderTree, render, tree } from './trees';

const folder = join(__dirname, 'overlay');
const renderer = createRenderer();
afterAll(() => renderer.close());

describe('a kustomization', () => {
  test('gives the objects that the stock command gives: patches, prefix, images, generators, components', async () => {
    const rendered = await render(renderer, folderTree(folder));
    expect(rendered.manifests).toEqual(expected);
    expect(rendered.renderer).toEqual({
      name: 'kustomize',
      version: expect.stringMatching(/^v\d+\.\d+\.\d+$/) as string,
    });
  });

  const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
  (kubectl ? test : test.skip)(
    `what is expected is what kubectl kustomize prints${kubectl ? '' : ' (skipped: kubectl is not on PATH)'}`,
    () => {
      const printed = execFileSync('kubectl', ['kustomize', join(folder, 'env', 'prod')], { encoding: 'utf8' });
      expect(parseAllDocuments(printed).map((document) => document.toJS() as unknown)).toEqual(expected);
    },
  );

  test('is the same whatever was rendered before it, custom schemas included', async () => {
    const schema = {
      definitions: {
        'v1.Deployment': { 'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }] },
      },
    };
    const odd = folderTree(folder);
    odd.set('env/prod/schema.json', Buffer.from(JSON.stringify(schema)));
    const kustomization = Buffer.from(odd.get('env/prod/kustomization.yaml') ?? '').toString();
    odd.set('env/prod/kustomization.yaml', Buffer.from(`${kustomization}openapi: { path: schema.json }\n`));
    const one = createRenderer({ workers: 1 });
    try {
      const before = await render(one, odd);
      expect(before.manifests).not.toEqual(expected);
      expect((await render(one, folderTree(folder))).manifests).toEqual(expected);
    } finally {
      await one.close();
    }
  });

  test('is seen from a folder of the repository, and nothing outside that folder exists for it', async () => {
    const inside = new Map([...folderTree(folder)].map(([path, content]) => [`services/web/${path}`, content]));
    const rendered = await render(renderer, inside, { folder: 'services/web' });
    expect(rendered.manifests).toEqual(expected);

    const outside = tree({
      'services/web/env/prod/kustomization.yaml': 'resources: [../../../../shared]\n',
      'shared/kustomization.yaml': 'resources: [c.yaml]\n',
      'shared/c.yaml': configMap('c'),
    });
    await expect(render(renderer, outside, { folder: 'services/web' })).rejects.toThrow("doesn't exist");
  });

  test.each(['kustomization.yml', 'Kustomization'])('may be called %s', async (name) => {
    const files = tree({ [`env/prod/${name}`]: 'resources: [c.yaml]\n', 'env/prod/c.yaml': configMap('c') });
    expect((await render(renderer, files)).manifests).toHaveLength(1);
  });

  test('may have files of any name', async () => {
    const names = ['a..b.yaml', 'with space.yaml', 'ünï@(1)+~,=.yaml', 'it\'s "quoted".yaml', '..data/c.yaml'];
    const files = tree({
      'env/prod/kustomization.yaml': JSON.stringify({ resources: names }),
      ...Object.fromEntries(names.map((name, i) => [`env/prod/${name}`, configMap(`c${i}`)])),
    });
    expect((await render(renderer, files)).manifests.map(({ metadata }) => metadata.name)).toEqual(
      names.map((_, i) => `c${i}`),
    );
  });

  test('keeps every digit of a long integer', async () => {
    const files = tree({
      'env/prod/kustomization.yaml': 'resources: [c.yaml]\n',
      'env/prod/c.yaml': configMap('c', 'spec: {id: 9007199254740993, ratio: 0.25, text: "1234567890123456789"}'),
    });
    const { manifests } = await render(renderer, files);
    expect(manifests[0]?.spec).toEqual({ id: 9007199254740993n, ratio: 0.25, text: '1234567890123456789' });
  });
});

describe('a kustomization that does not build', () => {
  const failure = { name: 'TerminalError', reason: 'RenderFailed' };

  test.each([
    ['a resource that is not there', { 'env/prod/kustomization.yaml': 'resources: [gone.yaml]\n' }, /'gone.yaml'/],
    ['a field that is unknown', { 'env/prod/kustomization.yaml': 'resorces: []\n' }, /unknown field "resorces"/],
    ['YAML that does not parse', { 'env/prod/kustomization.yaml': 'resources: [\n' }, /yaml: line/],
    [
      'a file from beside its kustomization',
      { 'env/prod/kustomization.yaml': 'resources: [../../x.yaml]\n', 'x.yaml': configMap('x') },
      /security; file '\/x\.yaml' is not in or below '\/env\/prod'/,
    ],
    [
      'a patch without a target',
      {
        'env/prod/kustomization.yaml':
          'resources: [c.yaml]\npatches: [{patch: "{kind: A, apiVersion: v1, metadata: {name: b}}"}]\n',
        'env/prod/c.yaml': configMap('c'),
      },
      /no matches for Id/,
    ],
    [
      'a chart',
      { 'env/prod/kustomization.yaml': 'helmCharts: [{name: x, repo: "https://c.example.com"}]\n' },
      /--enable-helm/,
    ],
    [
      'a program to run',
      {
        'env/prod/kustomization.yaml': 'generators: [g.yaml]\n',
        'env/prod/g.yaml':
          'apiVersion: a/v1\nkind: G\nmetadata: {name: g, annotations: {config.kubernetes.io/function: "exec: {path: ./run}"}}\n',
      },
      /external plugins disabled|enable-alpha-plugins|unable to load external plugins/i,
    ],
    [
      'two of one object',
      {
        'env/prod/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
        'env/prod/a.yaml': configMap('c'),
        'env/prod/b.yaml': configMap('c'),
      },
      /may not add resource with an already registered id/,
    ],
    [
      'nothing at all',
      { 'env/prod/kustomization.yaml': 'namePrefix: a-\n' },
      /an empty branch would delete everything/,
    ],
  ])("%s: the overlay and kustomize's own words", async (_, texts, words) => {
    const rendering = render(renderer, tree(texts));
    await expect(rendering).rejects.toMatchObject(failure);
    await expect(rendering).rejects.toThrow(words);
    await expect(rendering).rejects.toThrow('kustomize does not build "env/prod": ');
  });

  test.each([
    'https://github.com/acme/platform//base?ref=v1',
    'github.com/acme/platform?ref=v1',
    'git@github.com:acme/platform.git',
    'ssh://git@git.example.com/acme/platform.git',
    'git::https://git.example.com/acme/platform',
    'file:///etc',
  ])('S5: a remote base is refused by name: %s', async (base) => {
    const files = tree({
      'env/prod/kustomization.yaml': 'resources: [../../base]\n',
      'base/kustomization.yaml': `resources: ["${base}"]\n`,
    });
    await expect(render(renderer, files)).rejects.toMatchObject({
      ...failure,
      message: `base/kustomization.yaml: remote base ${JSON.stringify(base)} is refused: vendor it into the repository.`,
    });
  });

  test('S10: a password in the address of a remote base is not repeated', async () => {
    const files = tree({ 'env/prod/kustomization.yaml': 'components: ["https://ada:hunter2@git.example.com/x"]\n' });
    const words = render(renderer, files).catch(String);
    await expect(words).resolves.toContain('https://***@git.example.com/x');
    await expect(words).resolves.not.toContain('hunter2');
  });

  test.each([
    ['a patch', 'patches: [{path: "https://example.com/p.yaml"}]\n'],
    ['a generated file', 'configMapGenerator: [{name: c, files: ["k=https://example.com/p.txt"]}]\n'],
  ])('S5: a remote file is refused by the sandbox itself: %s', async (_, text) => {
    const files = tree({
      'env/prod/kustomization.yaml': `resources: [c.yaml]\n${text}`,
      'env/prod/c.yaml': configMap('d'),
    });
    await expect(render(renderer, files)).rejects.toMatchObject(failure);
    await expect(render(renderer, files)).rejects.toThrow(/remote file https:\/\/example\.com\/p\.\w+ is refused/);
  });

  test('S5: where the kustomization is too large to be followed, a remote base still finds no git', async () => {
    const files = tree({
      'env/prod/kustomization.yaml': `# ${'x'.repeat(300_000)}\nresources: ["ssh://git@git.example.com/a.git"]\n`,
    });
    await expect(render(renderer, files)).rejects.toThrow('a remote base is refused: vendor it into the repository');
  });
});
