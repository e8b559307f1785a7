import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crds } from '../../../lib/api/crd';
import { runProgram } from '../../../runtime/cli/program';
import { connect } from '../../../runtime/kube';
import { startRailyard, type Railyard } from '../../../runtime/railyard';
import { eventually } from '../../waiting';
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

  test('a health port in use is named, with the option that chooses another', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    const file = kubeconfig('http://127.0.0.1:1');
    const { code, err } = await k8sta(['run', '--kubeconfig', file, '--health-port', String(port)], folder);
    expect(err).toContain(`health port ${port} is in use: choose another with --health-port`);
    expect(code).toBe(1);
    other.close();
  });
});

describe('k8sta run, against a railyard', () => {
  let railyard: Railyard;
  beforeEach(async () => {
    railyard = await startRailyard({ folder: join(folder, 'yard'), latencyScale: 0 });
  });
  afterEach(() => railyard.stop());

  test('without our definitions it says how to apply them', async () => {
    const { code, err } = await k8sta(['run', '--kubeconfig', railyard.kubeconfigPath], folder);
    expect(err).toMatch(/tracks\.k8sta\.io\/v1alpha1.*k8sta crds \| kubectl apply --server-side -f -/);
    expect(err).toContain('tickets.k8sta.io/v1alpha1');
    expect(code).toBe(1);
  });

  test('it runs, answers probes, logs in JSON, and drains when asked to end', async () => {
    const cluster = connect({ kubeconfig: railyard.kubeconfigPath });
    for (const crd of crds()) await cluster.apply({ ...crd });
    const terminal = testTerminal({ cwd: folder });
    const args = ['run', '--kubeconfig', railyard.kubeconfigPath, '--health-port', '0', '--folder', 'caches'];
    const end = runProgram(args, terminal);
    const records = () => terminal.written.err.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
    await eventually('the runtime runs', () => records().find(({ message }) => message === 'The runtime runs'));
    const { healthPort } = records().find((record) => 'healthPort' in record) ?? {};
    const answer = await fetch(`http://127.0.0.1:${String(healthPort)}/healthz`);
    expect([answer.status, await answer.text()]).toEqual([200, 'ok\n']);
    expect((await fetch(`http://127.0.0.1:${String(healthPort)}/else`)).status).toBe(404);
    terminal.interrupt();
    expect(await end).toBe(0);
    expect(records().at(-1)).toMatchObject({ level: 'info', message: 'Ended' });
  });
});
