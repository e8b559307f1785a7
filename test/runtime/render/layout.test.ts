import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { branchFiles, createRenderer, type Manifest } from '../../../runtime/render';
import { render } from './trees';

function object(apiVersion: string, kind: string, name: string, namespace?: string): Manifest {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

describe('one file for each object', () => {
  test.each([
    [object('v1', 'ConfigMap', 'settings', 'shop'), 'configmap_shop_settings.yaml'],
    [object('v1', 'ConfigMap', 'settings'), 'configmap_settings.yaml'],
    [object('apps/v1', 'Deployment', 'web', 'shop'), 'deployment.apps_shop_web.yaml'],
    [object('apps/v1', 'Deployment', 'web', ''), 'deployment.apps_web.yaml'],
    [object('rbac.authorization.k8s.io/v1', 'Role', 'a:b'), 'role.rbac.authorization.k8s.io_a%3ab.yaml'],
    [object('v1', 'ConfigMap', 'Admin'), 'configmap_Admin.yaml'],
    [object('v1', 'ConfigMap', 'a_b'), 'configmap_a%5fb.yaml'],
    [object('acme.io/v1', 'Con', 'a'), '%63on.acme.io_a.yaml'],
    [object('v1', 'ConfigMap', '..', '..'), 'configmap_.._...yaml'],
    [object('v1', 'ConfigMap', 'a/../../b', '../up'), 'configmap_..%2fup_a%2f..%2f..%2fb.yaml'],
    [object('../x/v1', '.git', 'a\0b'), '%2egit..._a%00b.yaml'],
    [object('v1', 'ConfigMap', 'zug-🚆'), 'configmap_zug-%f0%9f%9a%86.yaml'],
  ])('stands at the root, under a name that is safe everywhere: %j', (manifest, path) => {
    expect([...branchFiles([manifest], 'Files').keys()]).toEqual([path]);
  });

  test('has a name of its own, whatever the parts are', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab._-/%🚆'), minLength: 1, maxLength: 4 });
    const identity = fc.tuple(part, fc.option(part, { nil: undefined }));
    fc.assert(
      fc.property(fc.uniqueArray(identity, { selector: (one) => JSON.stringify(one) }), (identities) => {
        const objects = identities.map(([name, namespace]) => object('apps/v1', 'Deployment', name, namespace));
        const paths = [...branchFiles(objects, 'Files').keys()];
        expect(paths).toHaveLength(objects.length);
        for (const path of paths) expect(path).toMatch(/^[\w%.-]+\.yaml$/);
      }),
    );
  });

  test('cuts a name that no file system holds, and tells two such apart', () => {
    const names = ['a', 'b'].map((end) => `${'x'.repeat(252)}${end}`);
    const paths = [
      ...branchFiles(
        names.map((name) => object('v1', 'ConfigMap', name)),
        'Files',
      ).keys(),
    ];
    expect(paths).toHaveLength(2);
    for (const path of paths) expect(path.length).toBeLessThan(256);
  });

  test.each([
    [object('v1', 'ConfigMap', 'Admin'), object('v1', 'ConfigMap', 'admin'), 'ConfigMap Admin and ConfigMap admin'],
    [object('acme.io/v1', 'Train', 'a'), object('acme.io/v1', 'TRAIN', 'a'), 'Train.acme.io a and TRAIN.acme.io a'],
    [object('v1', 'A', 'x', 'shop'), object('v1', 'A', 'x', 'SHOP'), 'A shop/x and A SHOP/x'],
    [object('x.io/v1', 'A', 'x'), object('x.io/v2', 'A', 'x'), 'A.x.io x and A.x.io x'],
  ])('refuses two objects that would be one file where case does not count', (one, two, words) => {
    expect(() => branchFiles([one, two], 'Files')).toThrow(
      expect.objectContaining({ name: 'TerminalError', reason: 'RenderFailed' }) as Error,
    );
    expect(() => branchFiles([one, two], 'Files')).toThrow(words);
    expect(branchFiles([one, two], 'SingleFile').size).toBe(1);
  });

  test('is sorted by path, whatever the order of the objects', () => {
    const objects = ['b', 'a', 'c'].map((name) => object('v1', 'ConfigMap', name));
    expect([...branchFiles(objects, 'Files')]).toEqual([...branchFiles([...objects].reverse(), 'Files')]);
  });
});

test('a single file holds every object in the order given', () => {
  const objects = [object('v1', 'B', 'b'), object('v1', 'A', 'a')];
  const files = branchFiles(objects, 'SingleFile');
  expect([...files]).toEqual([
    ['all.yaml', 'apiVersion: v1\nkind: B\nmetadata:\n  name: b\n---\napiVersion: v1\nkind: A\nmetadata:\n  name: a\n'],
  ]);
  expect(branchFiles([], 'SingleFile').size).toBe(0);
  expect(branchFiles([], 'Files').size).toBe(0);
});

describe('the YAML', () => {
  test('is what people would write', () => {
    const manifest = {
      ...object('v1', 'ConfigMap', 'a'),
      text: 'one\ntwo\n',
      spec: {
        image: 'ghcr.io/acme/web:1.2',
        cpu: '500m',
        port: 80,
        on: 'yes',
        empty: {},
        none: [],
        list: [{ b: 1, a: [[1]] }],
      },
      words: `${'long '.repeat(40)}line`,
    };
    expect(branchFiles([manifest], 'Files').get('configmap_a.yaml')).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: a
spec:
  cpu: 500m
  empty: {}
  image: ghcr.io/acme/web:1.2
  list:
  - a:
    - - 1
    b: 1
  none: []
  "on": "yes"
  port: 80
text: |
  one
  two
words: ${'long '.repeat(40)}line
`);
  });

  const tricky = fc.constantFrom(
    ...[
      'y',
      'No',
      'on',
      'true',
      'null',
      '~',
      '',
      '0644',
      '0o17',
      '0x1F',
      '0b1',
      '1_000',
      '1e3',
      '1E5',
      '.5',
      '1.',
      '-0',
      '.inf',
    ],
    ...[
      '.NaN',
      '1:30',
      '12:30:45',
      '2020-01-01',
      '2020-01-01T00:00:00Z',
      '=',
      '*a',
      '&a',
      '!x',
      '- a',
      'a: b',
      'a:',
      'a #b',
      '#',
    ],
    ...[
      ' a',
      'a ',
      '\ta',
      'a\n',
      'a\n\n',
      '\na',
      '\n',
      'a\n b',
      ' a\nb',
      'a\r\nb',
      'a\n\tb',
      '\u0085',
      '\u2028',
      '\u007f',
      '\ufeff',
    ],
    ...[
      '{a',
      '[a',
      '%a',
      '@a',
      '`a',
      '|',
      '>',
      '? a',
      '---',
      '...',
      'a\n---\nb',
      'a\n...\nb\n',
      '"',
      "'",
      '\\',
      '\0',
      '\u001b[1m',
    ],
    ...['5d', '1h30m', '8f', '0xzz', '10Gi', '1g2', '1.5s', 'a  b', `a ${'b'.repeat(200)} c`, 'k'.repeat(1500)],
  );
  const text = fc.oneof(
    tricky,
    fc.string({ unit: 'grapheme' }),
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'a1 :#-\n\t\'"') }),
  );
  // A whole number that a double holds inexactly is read as bigint; Go writes such ones with digits, too.
  const doubles = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
    .map((value) => value || 0);
  const number = fc.oneof(fc.integer(), doubles, fc.bigInt(2n ** 53n, 2n ** 63n - 1n));
  // kustomize itself drops a key "<<", quoted or not: no reader can be asked about it.
  // And once V8 has seen a key of one backslash, JSON.parse reads other keys of one escaped character as that one.
  const key = text.filter((name) => name !== '<<' && name !== '\\');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(text, number, fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const manifests = fc
    .array(value, { minLength: 1, maxLength: 8 })
    .map((specs) => specs.map((spec, i): Manifest => ({ ...object('v1', 'ConfigMap', `c${i}`), spec })));

  test('is the same bytes for the same objects, whatever the order of their keys', () => {
    const reversed = (item: unknown): unknown => {
      if (Array.isArray(item)) return item.map(reversed);
      if (typeof item !== 'object' || item === null) return item;
      return Object.fromEntries(
        Object.entries(item)
          .reverse()
          .map(([name, inner]) => [name, reversed(inner)]),
      );
    };
    fc.assert(
      fc.property(manifests, (objects) => {
        for (const layout of ['Files', 'SingleFile'] as const) {
          const files = branchFiles(objects, layout);
          expect([...branchFiles(objects.map(reversed) as Manifest[], layout)]).toEqual([...files]);
          for (const file of files.values()) expect(file).toMatch(/[^\r]\n$/);
        }
      }),
    );
  });

  test('means the same to a reader of YAML 1.2', () => {
    fc.assert(
      fc.property(manifests, (objects) => {
        const file = branchFiles(objects, 'SingleFile').get('all.yaml') ?? '';
        const read = parseAllDocuments(file, { intAsBigInt: true }).map((document) => document.toJS() as unknown);
        expect(withBigIntegers(read)).toEqual(withBigIntegers(objects));
      }),
      { numRuns: 200 },
    );
  });

  test('means the same to the readers of Kubernetes and of kustomize', async () => {
    const renderer = createRenderer();
    try {
      await fc.assert(
        fc.asyncProperty(
          manifests,
          fc.constantFrom('Files' as const, 'SingleFile' as const),
          async (objects, layout) => {
            const files = [...branchFiles(objects, layout)].map(
              ([path, content]) => [`env/prod/${path}`, Buffer.from(content)] as const,
            );
            const resources = JSON.stringify({ resources: files.map(([path]) => path.slice('env/prod/'.length)) });
            const kustomization = ['env/prod/kustomization.yaml', Buffer.from(resources)] as const;
            expect((await render(renderer, new Map(files))).manifests).toEqual(objects);
            expect((await render(renderer, new Map([...files, kustomization]))).manifests).toEqual(objects);
          },
        ),
        { numRuns: 60 },
      );
    } finally {
      await renderer.close();
    }
  });
});

/** Integers of both kinds compare as bigint. */
function withBigIntegers(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(withBigIntegers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBigIntegers(item)]));
}
