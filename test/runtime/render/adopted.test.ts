import { adoptablePaths, imagesIn, manifestsAmong, setImagesInPlace, type Files } from '../../../runtime/render';

const files = (texts: Record<string, string>): Files =>
  new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
const texts = (given: Files): Record<string, string> =>
  Object.fromEntries([...given].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));

const pod = (image: string, name = 'web'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  containers:\n    - image: ${image} # theirs\n      name: web\n`;

describe('files that can be taken over', () => {
  test('are YAML and JSON, at any depth, not hidden', () => {
    const paths = ['a.yaml', 'b/c.yml', 'd.json', '.github/x.yaml', 'b/.y.yaml', 'README.md', 'z.yaml.bak'];
    expect(adoptablePaths(paths)).toEqual(['a.yaml', 'b/c.yml', 'd.json']);
  });

  test.each(['kustomization.yaml', 'Chart.yaml'])('are none where Argo CD builds the branch itself: %s', (name) => {
    expect(() => adoptablePaths(['a.yaml', name])).toThrow(`${name} stands on the branch`);
  });

  test('hold Kubernetes objects: values and other YAML stay theirs, empty documents do not count', () => {
    const given = files({
      'pod.yaml': `---\n${pod('a:1')}---\n`,
      'values.yaml': 'replicas: 2\n',
      'empty.yaml': '# nothing\n',
      'binary.yaml': '\u0000',
      'list.json': '{"apiVersion":"v1","kind":"List","items":[]}',
    });
    expect([...manifestsAmong(given).keys()]).toEqual(['pod.yaml', 'list.json']);
  });

  test.each([
    ['an object and something that is none', `${pod('a:1')}---\nreplicas: 2\n`],
    ['YAML that breaks off', `${pod('a:1')}---\nkey: "open\n`],
  ])('are refused by name when they hold %s', (_, text) => {
    expect(() => manifestsAmong(files({ 'mixed.yaml': text }))).toThrow('mixed.yaml');
  });
});

describe('images of files that were taken over', () => {
  test('are found in every container, sorted; one without tag and digest says nothing', () => {
    const given = files({
      'a.yaml': `${pod('ghcr.io/acme/web:1')}---\n${pod('nginx')}`,
      'b.yaml': pod('busybox:1.36'),
    });
    expect(imagesIn(given, [])).toEqual([
      { repoURL: 'docker.io/library/busybox', tag: '1.36' },
      { repoURL: 'ghcr.io/acme/web', tag: '1' },
    ]);
    expect(imagesIn(given, ['ghcr.io/acme/web'])).toEqual([{ repoURL: 'ghcr.io/acme/web', tag: '1' }]);
  });

  test('in two versions are refused, naming both', () => {
    const given = files({ 'a.yaml': pod('web:1'), 'b.yaml': pod('web:2') });
    expect(() => imagesIn(given, [])).toThrow(/two versions, web:1 in a.yaml and web:2 in b.yaml/);
    expect(imagesIn(given, ['other'])).toEqual([]);
  });

  test.each([
    ['plain', (image: string) => pod(image)],
    ['quoted', (image: string) => pod(`"${image}"`)],
    ['single quotes', (image: string) => pod(`'${image}'`)],
    [
      'JSON',
      (image: string) =>
        `{"apiVersion":"v1","kind":"Pod","spec":{"initContainers":[{"image": "${image}", "name":"a"}]}}`,
    ],
    ['behind a byte order mark and other alphabets', (image: string) => `\ufeff# Привет, 世界 🚋\r\n${pod(image)}`],
  ])('are set in place, every other byte stays: %s', (_, write) => {
    const given = files({ 'a.yaml': write('ghcr.io/acme/web:1'), 'b.yaml': pod('other:1') });
    const { files: edited, used } = setImagesInPlace(given, [{ repoURL: 'ghcr.io/acme/web', tag: '22.0.0' }]);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    expect(decoder.decode(edited.get('a.yaml'))).toBe(write('ghcr.io/acme/web:22.0.0'));
    expect(edited.get('b.yaml')).toBe(given.get('b.yaml'));
    expect(used).toEqual(['ghcr.io/acme/web']);
  });

  test('several in one file, in items of a List, in any order', () => {
    const list = (web: string, proxy: string): string =>
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: ${proxy}}, {image: ${web}}], initContainers: [{image: ${web}}]}\n`;
    const { files: edited } = setImagesInPlace(files({ 'l.yaml': list('web:1', 'proxy:1') }), [
      { repoURL: 'docker.io/library/web', tag: '2' },
      { repoURL: 'docker.io/library/proxy', tag: '3' },
    ]);
    expect(texts(edited)).toEqual({ 'l.yaml': list('web:2', 'proxy:3') });
  });

  test('are set where a custom resource names one, and never in what is data', () => {
    const resource = (image: string): string =>
      `apiVersion: example.com/v1\nkind: Site\nmetadata: {name: a, annotations: {image: "web:1"}}\nspec:\n  image: ${image}\n  icon: {image: web of dreams}\n  volumes: [{name: v, image: {reference: ${image}}}]\n`;
    const data = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {image: "web:1"}\n';
    const { files: edited, used } = setImagesInPlace(files({ 's.yaml': resource('web:1'), 'd.yaml': data }), [
      { repoURL: 'docker.io/library/web', tag: '2' },
    ]);
    expect(texts(edited)).toEqual({ 's.yaml': resource('web:2'), 'd.yaml': data });
    expect(used).toEqual(['docker.io/library/web']);
    expect(imagesIn(files({ 's.yaml': resource('web:1') }), [])).toEqual([]);
  });

  test('behind an alias are refused: an edit there would change more than the image', () => {
    const text = 'apiVersion: v1\nkind: Pod\nimage: &i web:1\nspec: {containers: [{image: *i}]}\n';
    expect(() => setImagesInPlace(files({ 'a.yaml': text }), [])).toThrow(/alias \*i/);
  });
});
