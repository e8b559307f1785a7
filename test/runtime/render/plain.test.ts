import { createRenderer } from '../../../runtime/render';
import { configMap, render, tree } from './trees';

const renderer = createRenderer();
afterAll(() => renderer.close());
const names = (manifests: readonly { metadata: { name: string } }[]) => manifests.map(({ metadata }) => metadata.name);

describe('plain YAML', () => {
  test('is every document of every .yaml, .yml and .json file of the overlay, by path, at any depth', async () => {
    const files = tree({
      'env/prod/b.yaml': `${configMap('b1')}---\n# nothing\n---\n${configMap('b2')}...\n---\n${configMap('b3')}`,
      'env/prod/a/deep.yml': configMap('deep'),
      'env/prod/c.json': '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "smile \\ud83d\\ude00"}}',
      'env/prod/README.md': '# not a manifest',
      'env/prod/.github/workflow.yaml': 'on: push',
      'env/test/x.yaml': configMap('x'),
    });
    const rendered = await render(renderer, files);
    expect(names(rendered.manifests)).toEqual(['deep', 'b1', 'b2', 'b3', 'smile 😀']);
    expect(rendered.renderer).toEqual({ name: 'yaml', version: expect.stringMatching(/^v\d/) as string });
  });

  test('takes base/ first; an object of the overlay stands for the one in base/', async () => {
    const files = tree({
      'base/a.yaml': configMap('shared', 'data: {from: base}'),
      'base/b.yaml': configMap('mine', 'data: {from: base}'),
      'env/prod/z.yaml': `${configMap('mine', 'data: {from: overlay}')}---\n${configMap('more')}`,
    });
    const { manifests } = await render(renderer, files);
    expect(manifests.map(({ metadata, data }) => [metadata.name, data])).toEqual([
      ['shared', { from: 'base' }],
      ['mine', { from: 'overlay' }],
      ['more', { a: 'b' }],
    ]);
  });

  test('takes what a List holds', async () => {
    const item = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}`;
    const files = tree({
      'env/prod/l.yaml': `apiVersion: v1\nkind: List\nitems: [${item('a')}, {apiVersion: v1, kind: ConfigMapList, items: [${item('b')}]}]`,
      'env/prod/named.yaml': 'apiVersion: acme.io/v1\nkind: AllowList\nmetadata: {name: kept}\nitems: [1.2.3.4]\n',
    });
    expect(names((await render(renderer, files)).manifests)).toEqual(['a', 'b', 'kept']);
  });

  test.each([
    ['0644', 420],
    ['0o17', 15],
    ['yes', true],
    ['off', false],
    ['1_000', 1000],
    ['12:30', '12:30'],
    ['2020-01-01', '2020-01-01'],
    ['1e3', 1000],
    ['~', null],
    ['18446744073709551615', 18446744073709551615n],
  ])('reads %s as Kubernetes does', async (text, value) => {
    const { manifests } = await render(renderer, tree({ 'env/prod/a.yaml': configMap('a', `spec: {value: ${text}}`) }));
    expect(manifests[0]?.spec).toEqual({ value });
  });

  test.each([
    ['no apiVersion', 'kind: A\nmetadata: {name: a}', 'env/prod/m.yaml, document 2: apiVersion is missing'],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}', 'env/prod/m.yaml, document 2: kind is missing'],
    ['no metadata', 'apiVersion: v1\nkind: A', 'env/prod/m.yaml, document 2: A has no metadata'],
    ['no name', 'apiVersion: v1\nkind: A\nmetadata: {generateName: a-}', 'document 2: A: metadata.name is missing'],
    [
      'a number for a name',
      'apiVersion: v1\nkind: A\nmetadata: {name: 7}',
      'A: metadata.name must be text, not a number',
    ],
    ['a list', '[1, 2]', 'document 2: a Kubernetes object was expected, not a list'],
    ['a text', 'hello', 'document 2: a Kubernetes object was expected, not a string'],
    ['a nameless item', 'kind: List\nitems: [{apiVersion: v1, kind: A}]', 'document 2, item 1: A has no metadata'],
    [
      'a key twice',
      `${configMap('b')}data: {}`,
      'document 2: yaml: unmarshal errors:\n  line 10: key "data" already set',
    ],
    ['no YAML', 'a: [', 'document 2: yaml: line'],
    ['a number that JSON lacks', configMap('b', 'spec: {value: .inf}'), 'document 2: json: unsupported value: +Inf'],
    ['an alias bomb', bomb(9), 'document 2: yaml: document contains excessive aliasing'],
    ['an alias of itself', 'a: &a [*a]', "document 2: yaml: anchor 'a' value contains itself"],
    [
      'a well of brackets',
      configMap('b', `data: ${'['.repeat(9000)}${']'.repeat(9000)}`),
      'nested deeper than 500 levels',
    ],
    [
      'an object twice',
      configMap('a'),
      'ConfigMap a stands twice: env/prod/m.yaml, document 1 and env/prod/m.yaml, document 2',
    ],
    [
      'an object twice, once with the namespace that the other gets',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}',
      'ConfigMap shop/a stands twice',
    ],
  ])('%s is refused with its place', async (_, second, words) => {
    const rendering = render(renderer, tree({ 'env/prod/m.yaml': `${configMap('a')}---\n${second}` }));
    await expect(rendering).rejects.toMatchObject({ name: 'TerminalError', reason: 'RenderFailed' });
    await expect(rendering).rejects.toThrow(words);
  });

  test('one object in two versions of its group is one object, in two groups it is two', async () => {
    const object = (apiVersion: string) => `apiVersion: ${apiVersion}\nkind: Ingress\nmetadata: {name: a}\n`;
    const twice = tree({ 'env/prod/a.yaml': `${object('x.io/v1')}---\n${object('x.io/v2')}` });
    await expect(render(renderer, twice)).rejects.toThrow('Ingress.x.io a stands twice');
    const two = tree({ 'env/prod/a.yaml': `${object('x.io/v1')}---\n${object('y.io/v1')}` });
    expect((await render(renderer, two)).manifests).toHaveLength(2);
  });
});

describe('which renderer it is', () => {
  const both = tree({ 'env/prod/kustomization.yaml': 'resources: [c.yaml]\n', 'env/prod/c.yaml': configMap('c') });

  test('can be said against the convention', async () => {
    expect((await render(renderer, both, { render: { kustomize: {} } })).renderer.name).toBe('kustomize');
    await expect(render(renderer, both, { render: { yaml: {} } })).rejects.toThrow(
      'env/prod/kustomization.yaml, document 1: apiVersion is missing',
    );
    await expect(
      render(renderer, tree({ 'env/prod/c.yaml': configMap('c') }), { render: { kustomize: {} } }),
    ).rejects.toThrow("unable to find one of 'kustomization.yaml'");
  });

  test('a base that is a kustomization needs one in the overlay', async () => {
    const files = tree({
      'base/kustomization.yaml': 'resources: [c.yaml]\n',
      'base/c.yaml': configMap('c'),
      'env/prod/patch.yaml': configMap('c'),
    });
    await expect(render(renderer, files)).rejects.toThrow(
      'base/kustomization.yaml is a kustomization but "env/prod" holds none',
    );
  });

  test('an overlay that is not there is missing, one without manifests does not render', async () => {
    const files = tree({ 'env/production/c.yaml': configMap('c'), 'env/test/README.md': '' });
    await expect(render(renderer, files)).rejects.toMatchObject({
      reason: 'OverlayMissing',
      message: 'There is no folder "env/prod" at this commit.',
    });
    await expect(render(renderer, files, { overlay: 'env/test' })).rejects.toThrow(
      'Neither "env/test" nor "base" holds',
    );
  });

  test.each(['../x', '/etc', 'a/../../b', 'a//b', './a'])(
    'a path that leaves the tree is refused: %s',
    async (path) => {
      const refused = {
        reason: 'RenderFailed',
        message: expect.stringContaining('is not a plain relative path') as string,
      };
      await expect(render(renderer, both, { overlay: path })).rejects.toMatchObject(refused);
      await expect(render(renderer, both, { folder: path })).rejects.toMatchObject(refused);
      await expect(render(renderer, new Map([...both, [path, Buffer.from('')]]))).rejects.toMatchObject(refused);
    },
  );
});

/** Nine aliases of nine aliases, `levels` deep. */
function bomb(levels: number): string {
  const line = (i: number) => `a${i + 1}: &a${i + 1} [${Array<string>(9).fill(`*a${i}`).join(', ')}]`;
  return ['a0: &a0 [x, x, x, x, x, x, x, x, x]', ...Array.from({ length: levels }, (_, i) => line(i))].join('\n');
}
