import { findImages, type Image, type Manifest, parseImage, setImages } from '../../../runtime/render';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const other = { name: 'other', image: 'ghcr.io/acme/other:1' };

function workload(kind: string, spec: unknown): Manifest {
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'web', namespace: 'shop' }, spec };
}

function deployment(image: string): Manifest {
  return workload('Deployment', { template: { spec: { containers: [{ name: 'web', image }, other] } } });
}

describe('setting images', () => {
  test.each<[string, Image, string]>([
    ['ghcr.io/acme/web:1.0', { repoURL: 'ghcr.io/acme/web', tag: '1.1' }, 'ghcr.io/acme/web:1.1'],
    ['ghcr.io/acme/web', { repoURL: 'ghcr.io/acme/web', tag: '1.1' }, 'ghcr.io/acme/web:1.1'],
    ['ghcr.io/acme/web:1.0', { repoURL: 'ghcr.io/acme/web', digest: DIGEST }, `ghcr.io/acme/web@${DIGEST}`],
    [
      'ghcr.io/acme/web:1.0',
      { repoURL: 'ghcr.io/acme/web', tag: '1.1', digest: DIGEST },
      `ghcr.io/acme/web:1.1@${DIGEST}`,
    ],
    [`ghcr.io/acme/web:1.0@${DIGEST}`, { repoURL: 'ghcr.io/acme/web', tag: '1.1' }, 'ghcr.io/acme/web:1.1'],
    ['nginx', { repoURL: 'docker.io/library/nginx', tag: '2' }, 'nginx:2'],
    ['docker.io/library/nginx:1', { repoURL: 'nginx', tag: '2' }, 'docker.io/library/nginx:2'],
    ['localhost:5000/web', { repoURL: 'localhost:5000/web', tag: '2' }, 'localhost:5000/web:2'],
    ['ghcr.io/acme/web-admin:1.0', { repoURL: 'ghcr.io/acme/web', tag: '1.1' }, 'ghcr.io/acme/web-admin:1.0'],
    ['quay.io/acme/web:1.0', { repoURL: 'ghcr.io/acme/web', tag: '1.1' }, 'quay.io/acme/web:1.0'],
  ])('%s with %j becomes %s', (before, image, after) => {
    const result = setImages([deployment(before)], [image]);
    expect(result.manifests).toEqual([deployment(after)]);
    expect(result.used).toEqual(before === after ? [] : [image.repoURL]);
  });

  const pod = (image: string) => ({
    initContainers: [{ name: 'a', image }],
    containers: [{ name: 'b', image, env: [{ name: 'IMAGE', value: 'ghcr.io/acme/web:1' }] }],
    ephemeralContainers: [{ name: 'c', image }],
  });
  test('reaches custom resources that name an image elsewhere, and no data that only looks like one', () => {
    const web = (tag: string) => `ghcr.io/acme/web:${tag}`;
    const manifests = (tag: string, data: string): Manifest[] => [
      workload('Prometheus', { image: web(tag), pod: { metadata: { annotations: { image: web(data) } } } }),
      workload('Workflow', { templates: [{ container: { image: web(tag) }, sidecars: [{ image: web(tag) }] }] }),
      workload('Pod', { containers: [other], volumes: [{ name: 'v', image: { reference: web(tag) } }] }),
      workload('Disk', { image: 'not an image!', empty: { image: '' }, nested: { image: { repository: 'x' } } }),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { image: web(data) } },
    ];
    const result = setImages(manifests('1', '1'), [{ repoURL: 'ghcr.io/acme/web', tag: '2', digest: DIGEST }]);
    expect(result).toEqual({ manifests: manifests(`2@${DIGEST}`, '1'), used: ['ghcr.io/acme/web'] });
  });

  test.each<[string, (image: string) => Manifest]>([
    ['Pod', (image) => workload('Pod', pod(image))],
    ['Deployment', (image) => workload('Deployment', { template: { spec: pod(image) } })],
    ['CronJob', (image) => workload('CronJob', { jobTemplate: { spec: { template: { spec: pod(image) } } } })],
    [
      'Rollout',
      (image) => ({ ...workload('Rollout', { template: { spec: pod(image) } }), apiVersion: 'argoproj.io/v1alpha1' }),
    ],
    [
      'knative Service',
      (image) => ({ ...workload('Service', { template: { spec: pod(image) } }), apiVersion: 'serving.knative.dev/v1' }),
    ],
    [
      'custom resource with a list of pods',
      (image) => workload('Fleet', { pods: [{ deep: { template: pod(image) } }] }),
    ],
  ])('reaches every container of a %s, and nothing else', (_, manifest) => {
    const { manifests, used } = setImages(
      [manifest('ghcr.io/acme/web:1')],
      [{ repoURL: 'ghcr.io/acme/web', tag: '2' }],
    );
    expect(manifests).toEqual([manifest('ghcr.io/acme/web:2')]);
    expect(used).toEqual(['ghcr.io/acme/web']);
  });

  test('says which images the manifests use, also those they show already', () => {
    const given = ['ghcr.io/acme/gone', 'ghcr.io/acme/web', 'ghcr.io/acme/other'].map((repoURL) => ({
      repoURL,
      tag: '1',
    }));
    expect(setImages([deployment('ghcr.io/acme/web:1')], given).used).toEqual([
      'ghcr.io/acme/web',
      'ghcr.io/acme/other',
    ]);
  });

  test('leaves what it was given as it was, and other values as they are', () => {
    const odd = JSON.parse('{"__proto__": {"x": 1}, "containers": {"image": "a"}, "image": "b"}') as Record<
      string,
      unknown
    >;
    const before = { ...deployment('ghcr.io/acme/web:1'), odd, id: 9007199254740993n };
    const copy = structuredClone(before);
    const { manifests } = setImages([before], [{ repoURL: 'ghcr.io/acme/web', tag: '2' }]);
    expect(before).toEqual(copy);
    expect(manifests[0]?.id).toBe(9007199254740993n);
    expect(Object.keys(manifests[0]?.odd ?? {})).toEqual(['__proto__', 'containers', 'image']);
    expect(JSON.stringify(manifests[0]?.odd)).toBe(JSON.stringify(odd));
  });

  test('leaves an empty image for others to fill, and refuses one that does not parse, naming the object', () => {
    expect(setImages([deployment('')], [{ repoURL: 'nginx', tag: '1' }]).manifests).toEqual([deployment('')]);
    const refusal = {
      reason: 'RenderFailed',
      message: expect.stringMatching(/^Deployment\.apps shop\/web: .*"\$\{TAG\}"/) as string,
    };
    expect(() => setImages([deployment('${TAG}')], [])).toThrow(expect.objectContaining(refusal) as Error);
    expect(() => findImages([deployment('${TAG}')])).toThrow(expect.objectContaining(refusal) as Error);
  });

  test.each<[string, Image[]]>([
    ['has neither tag nor digest', [{ repoURL: 'nginx' }]],
    ['carries a tag or digest', [{ repoURL: 'nginx:1', tag: '2' }]],
    [
      'is given twice',
      [
        { repoURL: 'nginx', tag: '2' },
        { repoURL: 'docker.io/library/nginx', tag: '3' },
      ],
    ],
    ['is not a tag', [{ repoURL: 'nginx', tag: 'a b' }]],
    ['is not a digest', [{ repoURL: 'nginx', digest: 'latest' }]],
    ['is not a repository', [{ repoURL: 'ghcr.io/Acme', tag: '1' }]],
  ])('refuses to set an image that %s', (words, images) => {
    expect(() => setImages([], images)).toThrow(
      expect.objectContaining({ name: 'TerminalError', reason: 'RenderFailed' }) as Error,
    );
    expect(() => setImages([], images)).toThrow(words);
  });
});

describe('finding images', () => {
  test('gives each version once, normalised and sorted', () => {
    expect(findImages([deployment('nginx:2'), deployment('docker.io/nginx:2'), deployment(`nginx@${DIGEST}`)])).toEqual(
      [
        { repoURL: 'docker.io/library/nginx', tag: '2' },
        { repoURL: 'docker.io/library/nginx', digest: DIGEST },
        { repoURL: 'ghcr.io/acme/other', tag: '1' },
      ],
    );
  });

  test('what was set is found', () => {
    const image = { repoURL: 'ghcr.io/acme/web', tag: '2', digest: DIGEST };
    expect(findImages(setImages([deployment('ghcr.io/acme/web:1')], [image]).manifests)).toContainEqual(image);
  });
});

test('a reference that does not parse is terminal', () => {
  expect(parseImage('nginx:1')).toEqual({ repoURL: 'docker.io/library/nginx', tag: '1' });
  expect(() => parseImage('a b')).toThrow(
    expect.objectContaining({ name: 'TerminalError', reason: 'RenderFailed' }) as Error,
  );
});
