import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { k8sta } from './terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Reference {
  branch?: string;
  repoURL?: string;
  render?: object;
}

const application = (name: string, { branch = `env/${name}`, ...rest }: Reference = {}) => ({
  name: `guestbook-${name}-web`,
  namespace: 'argocd',
  repoURL: 'https://git.example.com/guestbook.git',
  overlay: `env/${name}`,
  branch,
  ...rest,
});

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'guestbook' },
  spec,
});

const station = (name: string, reference: Reference = {}) =>
  object('Station', name, { applications: [application(name, reference)] });

const track = (...stations: string[]) =>
  object('Track', 'main', {
    subscriptions: [{ name: 'web', images: { repositories: ['ghcr.io/acme/web'], select: { semver: {} } } }],
    stations: stations.map((name) => ({ name })),
  });

function writeOutput(...objects: object[]): void {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'dist/guestbook.k8s.yaml'), objects.map((each) => stringify(each)).join('---\n'));
}

/** Some lines that stand for nine to the power of five values. */
const ALIASES = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat(
    ['ab', 'bc', 'cd', 'de'].map(([from, to]) => `${to}: &${to} [${Array<string>(9).fill(`*${from}`).join(', ')}]`),
  )
  .join('\n');

describe('k8sta check', () => {
  test('reads the folder that cdk8s.yaml has synth write to, unless another one is named', async () => {
    writeOutput(track('test', 'prod'), station('test'), station('prod'));
    const one = stringify(track('test'));
    mkdirSync(join(folder, 'made'));
    writeFileSync(join(folder, 'made/shop.yaml'), `${one}---\n${stringify(station('test'))}`);
    writeFileSync(join(folder, 'cdk8s.yaml'), 'language: typescript\napp: node main.js\noutput: made\n');
    expect((await k8sta(['check'], folder)).out).toContain('1 track, 1 station: 0 errors');
    expect((await k8sta(['check', 'dist'], folder)).out).toContain('1 track, 2 stations: 0 errors');
    writeFileSync(join(folder, 'cdk8s.yaml'), 'output: [');
    expect((await k8sta(['check'], folder)).out).toContain('1 track, 2 stations: 0 errors');
  });

  test('where there is nothing to check, the folder is named', async () => {
    writeOutput({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
    const { err, code } = await k8sta(['check'], folder);
    expect(err).toContain(`${join(folder, 'dist')} holds no Track and no Station: run cdk8s synth first`);
    expect(code).toBe(1);
  });

  test('a sound network ends with 0 and says what was checked', async () => {
    writeOutput(track('test', 'prod'), station('test'), station('prod'));
    const { code, out, err } = await k8sta(['check'], folder);
    expect(err).not.toContain('error');
    expect(out).toContain('1 track, 2 stations: 0 errors');
    expect(code).toBe(0);
  });

  test('all errors are printed at once, each with its file, and end with 1', async () => {
    writeOutput(
      track('test', 'prod', 'nowhere'),
      station('test', { branch: 'env/same' }),
      station('prod', { branch: 'env/same' }),
    );
    const { code, err } = await k8sta(['check', 'dist'], folder);
    expect(err).toMatch(/^error: guestbook\.k8s\.yaml: guestbook\/main: .*nowhere/m);
    expect(err).toMatch(/^error: .*env\/same/m);
    expect(code).toBe(1);
  });

  test('a resource that its schema refuses is named with the field', async () => {
    writeOutput(track('test'), object('Station', 'test', { applications: 'web' }));
    const { code, err } = await k8sta(['check'], folder);
    expect(err).toMatch(/error: guestbook\.k8s\.yaml: guestbook\/test: .*spec\.applications/);
    expect(code).toBe(1);
  });

  test('an object that stands twice is an error', async () => {
    writeOutput(track('test'), station('test'), station('test'));
    const { code, err } = await k8sta(['check'], folder);
    expect(err).toMatch(/^error: .*test/m);
    expect(code).toBe(1);
  });

  test.each([
    ['no folder', () => undefined, /dist does not exist: run cdk8s synth first/],
    ['an empty folder', () => mkdirSync(join(folder, 'dist')), /dist holds no YAML file/],
    ['YAML that does not parse', () => writeText('a: [1, 2\nb: }'), /guestbook\.k8s\.yaml, document 1: /],
    ['aliases that unfold without an end', () => writeText(ALIASES), /document 1: Excessive alias count/],
    ['something that is no object', () => writeText('- 1\n- 2\n'), /document 1: no Kubernetes object/],
    [
      'nothing of ours',
      () => writeOutput({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
      /no Track/,
    ],
  ])('%s is refused with a reason', async (_what, prepare, words) => {
    prepare();
    const { code, err } = await k8sta(['check'], folder);
    expect(err).toMatch(words);
    expect(code).toBe(1);
  });

  test('a folder and a cluster at once make no sense', async () => {
    const { code, err } = await k8sta(['check', 'dist', '--cluster'], folder);
    expect(err).toContain('choose one: the folder dist, or --cluster');
    expect(code).toBe(2);
  });

  function writeText(text: string): void {
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'dist/guestbook.k8s.yaml'), text);
  }
});

describe('k8sta layout', () => {
  const read = (path: string): string => readFileSync(join(folder, 'source', path), 'utf8');

  test('creates base and overlays, and prints the branches that the runtime will make', async () => {
    writeOutput(track('test', 'prod'), station('test'), station('prod'));
    const { code, out } = await k8sta(['layout', '--into', 'source'], folder);
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'source'), { recursive: true }).sort()).toEqual(
      ['base', 'base/kustomization.yaml', 'env', 'env/prod', 'env/prod/kustomization.yaml', 'env/test', 'env/test/kustomization.yaml'], // prettier-ignore
    );
    expect(read('env/prod/kustomization.yaml')).toContain('../../base');
    expect(out).toContain('created  env/prod/kustomization.yaml');
    expect(out).toContain(
      'env/prod of https://git.example.com/guestbook.git, from env/prod, for Application argocd/guestbook-prod-web',
    );
  });

  test('never overwrites: what people wrote stays, byte for byte', async () => {
    writeOutput(track('test', 'prod'), station('test'), station('prod'));
    mkdirSync(join(folder, 'source/env/test'), { recursive: true });
    writeFileSync(join(folder, 'source/env/test/kustomization.yaml'), 'ours: true\n');
    const { out } = await k8sta(['layout', 'dist', '--into', 'source'], folder);
    expect(read('env/test/kustomization.yaml')).toBe('ours: true\n');
    expect(out).toContain('kept     env/test/kustomization.yaml');
    expect(out).toContain('created  env/prod/kustomization.yaml');
  });

  test('runs twice without changing anything', async () => {
    writeOutput(track('test'), station('test'));
    await k8sta(['layout', '--into', 'source'], folder);
    const { code, out } = await k8sta(['layout', '--into', 'source'], folder);
    expect(code).toBe(0);
    expect(out).not.toContain('created');
  });

  test('several repositories get a folder each', async () => {
    writeOutput(
      track('test', 'prod'),
      station('test', { repoURL: 'https://git.example.com/a/shop.git' }),
      station('prod', { repoURL: 'https://git.example.com/b/shop.git' }),
    );
    await k8sta(['layout', '--into', 'source'], folder);
    expect(readdirSync(join(folder, 'source')).sort()).toEqual(['shop', 'shop-2']);
  });

  test('a network that drives nothing has nothing to lay out', async () => {
    writeOutput(track('test'), object('Station', 'test', {}));
    const { code, err } = await k8sta(['layout', '--into', 'source'], folder);
    expect(err).toContain('there is nothing to lay out');
    expect(code).toBe(1);
  });
});

describe('k8sta consent', () => {
  test('prints the annotate line of each Application that the network does not bring itself', async () => {
    writeOutput(track('test'), station('test'));
    const { code, out } = await k8sta(['consent'], folder);
    expect(code).toBe(0);
    expect(out).toBe(
      'kubectl annotate application guestbook-test-web --namespace argocd --overwrite k8sta.io/authorized-station=guestbook/test\n',
    );
  });

  test('says so when there is nothing to consent to', async () => {
    const emitted = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'guestbook-test-web', namespace: 'argocd' },
      spec: {},
    };
    writeOutput(track('test'), station('test'), emitted);
    const { code, out, err } = await k8sta(['consent'], folder);
    expect(out).toBe('');
    expect(err).toContain('nothing to annotate');
    expect(code).toBe(0);
  });
});

describe('k8sta map', () => {
  test('draws what synth wrote, as text and as SVG', async () => {
    writeOutput(track('test', 'prod'), station('test'), station('prod'));
    const text = await k8sta(['map'], folder);
    expect(text.out).toContain('● test ─────● prod');
    expect(text.out).toContain('guestbook/main: test → prod');
    expect(text.code).toBe(0);
    const picture = await k8sta(['map', '-o', 'svg', '--direction', 'down'], folder);
    expect(picture.out).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(picture.code).toBe(0);
  });

  test('what cannot be read is told, and the rest is drawn', async () => {
    writeOutput(track('test', 'prod'), station('test'), object('Station', 'prod', { applications: 'none' }));
    const { out, err, code } = await k8sta(['map'], folder);
    expect(out).toContain('● test ─────? prod');
    expect(err).toContain('guestbook/prod: spec.applications');
    expect(code).toBe(1);
  });

  test('nothing to draw is an error', async () => {
    writeOutput({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
    const { err, code } = await k8sta(['map'], folder);
    expect(err).toContain(`${join(folder, 'dist')} holds no Track and no Station: run cdk8s synth first`);
    expect(code).not.toBe(0);
  });
});
