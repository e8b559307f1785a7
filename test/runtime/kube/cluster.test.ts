import { writeFileSync } from 'node:fs';
import { TerminalError, TransientError } from '../../../runtime/errors';
import { type Cluster, connect } from '../../../runtime/kube';
import { closedAddress, FakeApi, status, WIDGETS } from './fake-api';

const REQUIREMENT = { resource: WIDGETS, fix: 'apply widgets.yaml' };

describe('Connecting to a cluster', () => {
  let api: FakeApi;

  const serving = (version: string | undefined): void => {
    api.answer = (_seen, response) => void response.end(JSON.stringify({ gitVersion: version }));
  };
  const cluster = (): Cluster => connect({ kubeconfig: api.kubeconfig() });
  const file = (text: string): string => {
    const path = api.kubeconfig();
    writeFileSync(path, text);
    return path;
  };

  beforeEach(async () => {
    api = await new FakeApi().start();
  });
  afterEach(() => api.stop());

  test('tells where it points, without speaking to anybody', () => {
    expect(cluster()).toMatchObject({ server: api.url, context: 'fake', namespace: 'shop' });
    expect(api.connections).toBe(0);
  });

  test('shows no credentials of a server address', () => {
    const server = 'https://user:canary@127.0.0.1:1/prefix/';
    expect(connect({ kubeconfig: api.kubeconfig({}, { server }) }).server).toBe('https://127.0.0.1:1/prefix');
  });

  test.each<[string, () => string, RegExp]>([
    ['is not there', () => '/nowhere/kubeconfig', /^kubeconfig \/nowhere\/kubeconfig does not exist: give the path/],
    ['is no YAML', () => file('a: [canary\nb: }'), /cannot be read: it is not valid YAML \(line \d+\)$/],
    ['is empty', () => file(''), /cannot be read: it is not valid YAML$/],
    ['is of another shape', () => file('[1, 2]'), /it has no context/],
    ['has no context', () => file('{}'), /it has no context; is it a kubeconfig\?$/],
    [
      'lacks the server of a cluster',
      () => file('clusters: [{name: x, cluster: {}}]'),
      /clusters\[0\]\.cluster\.server is missing$/,
    ],
    [
      'names no current context',
      () => file('contexts: [{name: x, context: {cluster: y}}]'),
      /no current context; choose one of x$/,
    ],
    [
      'names an unknown cluster',
      () => file('current-context: x\ncontexts: [{name: x, context: {cluster: y}}]'),
      /context "x" names a cluster that is not in the file$/,
    ],
    [
      'is plain http by mistake',
      () => api.kubeconfig({}, { 'insecure-skip-tls-verify': false }),
      /plain http .*set insecure-skip-tls-verify: true/,
    ],
  ])('refuses a kubeconfig that %s', (_what, kubeconfig, message) => {
    const path = kubeconfig();
    expect(() => connect({ kubeconfig: path })).toThrow(TerminalError);
    expect(() => connect({ kubeconfig: path })).toThrow(message);
    expect(() => connect({ kubeconfig: path })).not.toThrow('canary');
  });

  test('refuses an unknown context, and names those that there are', () => {
    expect(() => connect({ kubeconfig: api.kubeconfig(), context: 'other' })).toThrow(
      'no context "other"; it has fake',
    );
  });

  test('asks the server for its version', async () => {
    serving('v1.35.0');
    await expect(cluster().version()).resolves.toBe('v1.35.0');
  });

  test('says when nobody is there, or somebody else', async () => {
    const nowhere = connect({ kubeconfig: api.kubeconfig({}, { server: await closedAddress() }) });
    await expect(nowhere.version()).rejects.toThrow(TransientError);
    await expect(nowhere.check([])).rejects.toThrow(/http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/);
    serving(undefined);
    await expect(cluster().version()).rejects.toThrow('is that address a Kubernetes API?');
  });

  test('is content with a cluster that serves everything', async () => {
    serving('v1.35.0');
    await expect(cluster().check([REQUIREMENT])).resolves.toBe('v1.35.0');
  });

  test.each([
    [401, 'Unauthorized', 'the credentials of the kubeconfig are refused'],
    [
      403,
      'Forbidden',
      'no right to list widgets.example.com/v1 in all namespaces: grant list and watch (because Forbidden)',
    ],
    [404, 'NotFound', 'widgets.example.com/v1 is not served: apply widgets.yaml'],
  ])('says what is missing and how to mend it when the server says %i', async (code, reason, message) => {
    serving('v1.35.0');
    api.misbehave.list.push((_request, response) => status(response, code, reason));
    const error = await cluster()
      .check([REQUIREMENT])
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TerminalError);
    expect(String(error)).toContain(`${api.url} (context fake): ${message}`);
  });

  test('names everything that is missing at once', async () => {
    serving('v1.35.0');
    const refuse = (_request: unknown, response: Parameters<typeof status>[0]): void =>
      status(response, 404, 'NotFound');
    api.misbehave.list.push(refuse, refuse);
    const requirements = [REQUIREMENT, { ...REQUIREMENT, fix: 'ask somebody' }];
    await expect(cluster().check(requirements)).rejects.toThrow(/apply widgets\.yaml; .*ask somebody/);
  });

  test('does not blame the installation when the server is busy', async () => {
    serving('v1.35.0');
    api.misbehave.list.push((_request, response) => status(response, 503, 'ServiceUnavailable'));
    await expect(cluster().check([REQUIREMENT])).rejects.toThrow(TransientError);
  });

  test('applies any manifest: it asks the server where such things live', async () => {
    api.answer = ({ path, body }, response) => {
      const resources = [
        { name: 'widgets', kind: 'Widget', namespaced: true },
        { name: 'widgets/status', kind: 'Widget', namespaced: true },
      ];
      response.end(path === '/apis/example.com/v1' ? JSON.stringify({ resources }) : body);
    };
    const manifest = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { value: '1' } };
    const connected = cluster();
    await connected.apply(manifest);
    await connected.apply({ ...manifest, metadata: { name: 'b', namespace: 'other' } });
    expect(api.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /apis/example.com/v1',
      'PATCH /apis/example.com/v1/namespaces/shop/widgets/a',
      'PATCH /apis/example.com/v1/namespaces/other/widgets/b',
    ]);
    await expect(connected.apply({ ...manifest, kind: 'Gadget' })).rejects.toThrow(
      'does not serve Gadget of example.com/v1',
    );
  });
});
