import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crds } from '../../../lib/api/crd';
import { runProgram } from '../../../runtime/cli/program';
import { connect, type Draft, LEASES } from '../../../runtime/kube';
import { startRailyard, type Railyard } from '../../../runtime/railyard';
import { eventually } from '../../waiting';
import { DatedProxy } from './dated-proxy';
import { k8sta, testTerminal } from './terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function kubeconfig(server: string): string {
  const path = join(folder, 'kubeconfig');
  const cluster = { server, 'insecure-skip-tls-verify': true };
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'here', cluster }],
      users: [{ name: 'me', user: { token: 'secret-token' } }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
      'current-context': 'here',
    }),
  );
  return path;
}

describe('k8sta run, with a cluster that will not do', () => {
  test('a kubeconfig that does not exist is named', async () => {
    const { code, err } = await k8sta(['run', '--kubeconfig', join(folder, 'nowhere')], folder);
    expect(err).toContain(`kubeconfig ${join(folder, 'nowhere')} does not exist`);
    expect(code).toBe(1);
  });

  test('a context that the kubeconfig has not is named, with those that it has', async () => {
    const file = kubeconfig('http://127.0.0.1:1');
    const { code, err } = await k8sta(['run', '--kubeconfig', file, '--context', 'there'], folder);
    expect(err).toContain('it has no context "there"; it has here');
    expect(code).toBe(1);
  });

  test('a kubeconfig that is not one is refused without repeating a line of it', async () => {
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, 'token: secret-token\n  clusters: [');
    const { code, err } = await k8sta(['run', '--kubeconfig', file], folder);
    expect(err).toContain(file);
    expect(err).not.toContain('secret-token');
    expect(code).toBe(1);
  });

  test('a cluster that does not answer is waited for, said by address, and left on Ctrl-C', async () => {
    const terminal = testTerminal({ cwd: folder });
    const end = runProgram(['run', '--kubeconfig', kubeconfig('http://127.0.0.1:1')], terminal);
    const line = await eventually('the log names the address', () =>
      /.*http:\/\/127\.0\.0\.1:1.*/.exec(terminal.written.err),
    );
    expect(JSON.parse(line[0])).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('trying again') as string,
    });
    terminal.interrupt();
    expect(await end).toBe(0);
    expect(terminal.written.err).not.toContain('secret-token');
  });

  test('a port in use is named, with the option that chooses another', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    const file = kubeconfig('http://127.0.0.1:1');
    const { code, err } = await k8sta(['run', '--kubeconfig', file, '--port', String(port)], folder);
    expect(err).toContain(`port ${port}: it is in use: choose another with --port`);
    expect(code).toBe(1);
    other.close();
  });

  test('in a cluster a kubeconfig that does not exist is waited for, and probes say so', async () => {
    const run = new Run(['--kubeconfig', join(folder, 'nowhere')], folder, { KUBERNETES_SERVICE_HOST: '10.0.0.1' });
    const words = `kubeconfig ${join(folder, 'nowhere')} does not exist`;
    await run.logs('error', words);
    expect(await run.probe('readyz')).toEqual([503, expect.stringContaining(words)]);
    expect(await run.probe('livez')).toEqual([200, 'ok\n']);
    expect(await run.end()).toBe(0);
  });

  test('without rights it names what to grant, and goes on asking', async () => {
    const refused = { kind: 'Status', reason: 'Forbidden', message: 'User "me" cannot list resource', code: 403 };
    const api = createHttpServer(({ url }, response) => {
      const isVersion = url === '/version';
      response.writeHead(isVersion ? 200 : 403, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isVersion ? { gitVersion: 'v1.35.0' } : refused));
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const { port } = api.address() as AddressInfo;
    const run = new Run(['--kubeconfig', kubeconfig(`http://127.0.0.1:${port}`)], folder);
    const words = 'no right to list tracks.k8sta.io/v1alpha1 in all namespaces: grant list and watch';
    await run.logs('error', words);
    expect(await run.probe('readyz')).toEqual([503, expect.stringContaining(words)]);
    expect(await run.probe('livez')).toEqual([200, 'ok\n']);
    expect(await run.end()).toBe(0);
    api.closeAllConnections();
    api.close();
  });
});

/** `k8sta run` with probes on a free port, as a person or a cluster has it. */
class Run {
  private readonly terminal;
  private readonly ended: Promise<number>;

  constructor(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
    this.terminal = testTerminal({ cwd, env });
    this.ended = runProgram(['run', '--port', '0', '--folder', 'caches', ...args], this.terminal);
  }

  records(): Record<string, unknown>[] {
    const lines = this.terminal.written.err.trim().split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  says(message: string): Promise<Record<string, unknown>> {
    return eventually(
      `it says "${message}"`,
      () => this.records().find((record) => record.message === message),
      20_000,
    );
  }

  /** An error with these words. */
  logs(level: string, words: string): Promise<Record<string, unknown>> {
    return eventually(`it logs "${words}" as ${level}; it has logged ${this.terminal.written.err}`, () =>
      this.records().find((record) => record.level === level && String(record.error).includes(words)),
    );
  }

  async probe(path: string): Promise<[number, string]> {
    const { port } = await this.says('Answering /livez, /readyz and /metrics');
    const answer = await fetch(`http://127.0.0.1:${String(port)}/${path}`);
    return [answer.status, await answer.text()];
  }

  end(): Promise<number> {
    this.terminal.interrupt();
    return this.ended;
  }
}

describe('k8sta run, against a railyard', () => {
  let railyard: Railyard;
  beforeEach(async () => {
    railyard = await startRailyard({ folder: join(folder, 'yard'), latencyScale: 0 });
  });
  afterEach(() => railyard.stop());

  const apply = (definitions: readonly object[]): Promise<unknown> => {
    const cluster = connect({ kubeconfig: railyard.kubeconfigPath });
    return Promise.all(definitions.map((definition) => cluster.apply(definition as Draft)));
  };

  test('without our definitions it says how to apply them, and runs once they are there', async () => {
    const run = new Run(['--kubeconfig', railyard.kubeconfigPath], folder);
    await run.logs(
      'error',
      'tickets.k8sta.io/v1alpha1 is not served: apply the definitions: k8sta crds | kubectl apply',
    );
    expect(await run.probe('readyz')).toEqual([503, expect.stringContaining('tracks.k8sta.io/v1alpha1')]);
    await apply(crds());
    await run.says('The runtime runs');
    expect(await run.end()).toBe(0);
  });

  test('with definitions older than itself it names what they lack, and runs once they are new', async () => {
    const old = structuredClone(crds()) as unknown as {
      spec: { versions: { schema: { openAPIV3Schema: { properties: { status: { properties: Record<string, { enum?: string[] }> } } } } }[] };
    }[]; // prettier-ignore
    const status = old[2]?.spec.versions[0]?.schema.openAPIV3Schema.properties.status.properties ?? {};
    delete status.supersededBy;
    status.phase?.enum?.splice(status.phase.enum.indexOf('Superseded'), 1);
    await apply(old);
    const run = new Run(['--kubeconfig', railyard.kubeconfigPath], folder);
    const words =
      'the definition of tickets.k8sta.io is older than this runtime: it lacks status.phase=Superseded, status.supersededBy';
    await run.logs('error', words);
    expect(await run.probe('readyz')).toEqual([503, expect.stringContaining(words)]);
    await apply(crds());
    await run.says('The runtime runs');
    expect(await run.end()).toBe(0);
  });

  test("without Argo CD's definitions it says what to install", async () => {
    await apply(crds());
    const definitions = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition', namespaced: false }; // prettier-ignore
    await connect({ kubeconfig: railyard.kubeconfigPath })
      .objects(definitions)
      .delete({ name: 'applications.argoproj.io' });
    const run = new Run(['--kubeconfig', railyard.kubeconfigPath], folder);
    await run.logs('error', 'applications.argoproj.io/v1alpha1 is not served: install Argo CD');
    expect(await run.end()).toBe(0);
  });

  test('it runs, answers probes and metrics, logs in JSON, and drains when asked to end', async () => {
    await apply(crds());
    const run = new Run(['--kubeconfig', railyard.kubeconfigPath], folder);
    await run.says('The runtime runs');
    expect(await run.probe('livez')).toEqual([200, 'ok\n']);
    expect(await run.probe('readyz')).toEqual([200, 'ok\nthis one works alone: no leader is elected\n']);
    expect((await run.probe('else'))[0]).toBe(404);
    const [, metrics] = await run.probe('metrics');
    expect(metrics).toMatch(/^k8sta_leader 1$/m);
    expect(metrics).toMatch(/^k8sta_build_info\{version="\d+\.\d+\.\d+",node_version="[\d.]+"\} 1$/m);
    expect(metrics).toMatch(/^k8sta_api_requests_total\{verb="watch",resource="tickets",code="200"\} [1-9]/m);
    expect(await run.end()).toBe(0);
    expect(run.records().at(-1)).toMatchObject({ level: 'info', message: 'Ended' });
  });

  test('it takes webhooks at the addresses that k8sta webhooks prints, and at no other', async () => {
    await apply(crds());
    const printed = (...more: string[]) =>
      k8sta(['webhooks', '--kubeconfig', railyard.kubeconfigPath, '--namespace', 'default', ...more], folder);
    expect((await printed()).out).toContain(
      'kubectl label secret webhook-github -n default k8sta.io/credential=webhook',
    );
    const receiver = (name: string, stringData: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default', labels: { 'k8sta.io/credential': 'webhook' } },
      stringData,
    });
    const secret = 'a secret that nobody guesses';
    await apply([receiver('hub', { sender: 'docker-hub', secret }), receiver('lab', { sender: 'gitlab', secret: '' })]);
    const run = new Run(['--kubeconfig', railyard.kubeconfigPath, '--webhook-port', '0'], folder);
    const { port, receivers } = await run.says('Taking webhooks');
    expect(receivers).toBe(1);
    const { out, err, code } = await printed('--url', `http://127.0.0.1:${String(port)}/`);
    expect([err, code]).toEqual([expect.stringContaining('default/lab opens no webhook: its key secret has 0'), 1]);
    expect(out).toContain('Secret default/hub: docker-hub, for every Track\n  1. In the repository, open Webhooks.');
    const [address = ''] = /http:\S+/.exec(out) ?? [];
    const post = async (url: string) => (await fetch(url, { method: 'POST', body: '{}' })).status;
    expect([await post(address), await post(`${address}x`)]).toEqual([202, 401]);
    const [, metrics] = await run.probe('metrics');
    expect(metrics).toMatch(/^k8sta_webhooks_total\{sender="docker-hub",outcome="taken"\} 1$/m);
    expect(metrics).toMatch(/^k8sta_webhooks_total\{sender="none",outcome="refused"\} 1$/m);
    expect(await run.end()).toBe(0);
    expect(JSON.stringify(run.records())).not.toContain(new URL(address).pathname);
    expect(JSON.stringify(run.records())).not.toContain(secret);
  });

  test('elected it leads, says so, and gives the lease back when asked to end', async () => {
    await apply(crds());
    const run = new Run(['--kubeconfig', railyard.kubeconfigPath, '--leader-elect', '--lease-name', 'mine'], folder);
    await run.says('This process leads');
    await run.says('The runtime runs');
    expect(await run.probe('readyz')).toEqual([200, 'ok\nthis one leads\n']);
    expect(await run.end()).toBe(0);
    const leases = connect({ kubeconfig: railyard.kubeconfigPath }).objects(LEASES);
    expect((await leases.get({ namespace: 'default', name: 'mine' }))?.spec?.holderIdentity).toBeUndefined();
  });

  test.each([3_600, -3_600])(
    "a clock that is %d s off the server's is said, and keeps it from leading",
    async (off) => {
      await apply(crds());
      const proxy = await DatedProxy.open(railyard.kubernetesURL);
      proxy.offSeconds = -off;
      const run = new Run(['--kubeconfig', kubeconfig(proxy.url), '--leader-elect', '--lease-duration', '3'], folder);
      await run.says('This process must not lead');
      const words = new RegExp(
        `^the clock of this machine is 3(599|600) s ${off > 0 ? 'ahead of' : 'behind'} the API server's`,
      );
      expect(await run.probe('readyz')).toEqual([503, expect.stringMatching(words)]);
      expect(await run.probe('livez')).toEqual([200, 'ok\n']);
      proxy.offSeconds = 0;
      await run.says('This process leads');
      expect(await run.end()).toBe(0);
      await proxy.close();
    },
  );
});
