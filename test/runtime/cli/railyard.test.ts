import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../runtime/cli/program';
import { eventually } from '../../waiting';
import { k8sta, testTerminal, type TestTerminal } from './terminal';

let folder: string;
const running: { terminal: TestTerminal; end: Promise<number> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-railyard-'));
});
afterEach(async () => {
  for (const { terminal, end } of running.splice(0)) {
    terminal.interrupt();
    await end;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a command that stays up, and waits for what it prints when it is ready. */
async function start(args: readonly string[], ready: RegExp) {
  const terminal = testTerminal({ cwd: folder });
  const end = runProgram(args, terminal);
  running.push({ terminal, end });
  const match = await eventually(`${args.join(' ')} prints ${ready}`, () => ready.exec(terminal.written.out));
  return { terminal, end, found: match[1] ?? '' };
}

describe('k8sta railyard', () => {
  test('says where everything listens, and ends cleanly with 0', async () => {
    const { terminal, end, found: registry } = await start(['railyard', '--folder', 'yard'], /registry +(http\S+)\n/);
    expect((await fetch(`${registry}/v2/`)).status).toBe(200);
    const kubernetes = /Kubernetes API +(http\S+)/.exec(terminal.written.out)?.[1] ?? '';
    expect((await fetch(`${kubernetes}/apis/argoproj.io/v1alpha1/applications`)).status).toBe(200);
    terminal.interrupt();
    expect(await end).toBe(0);
    await expect(fetch(`${registry}/v2/`)).rejects.toThrow();
  });

  test('a temporary folder is gone afterwards', async () => {
    const { terminal, end, found: place } = await start(['railyard'], /runs in (\S+)\n/);
    expect(existsSync(place)).toBe(true);
    terminal.interrupt();
    await end;
    expect(existsSync(place)).toBe(false);
  });

  test('publish finds it by its folder, and the registry then has the tag', async () => {
    const { found: registry } = await start(['railyard', '--folder', 'yard'], /registry +(http\S+)\n/);
    const { code, out } = await k8sta(['railyard', 'publish', 'ghcr.io/acme/web:1.3.0', '--folder', 'yard'], folder);
    expect(out).toBe(`published ghcr.io/acme/web:1.3.0 to ${registry}\n`);
    expect(code).toBe(0);
    const tags = await fetch(`${registry}/v2/acme/web/tags/list?ns=ghcr.io`);
    expect(await tags.json()).toMatchObject({ tags: ['1.3.0'] });
  });

  test('publish to a folder where nothing runs says how to start it', async () => {
    const { code, err } = await k8sta(['railyard', 'publish', 'ghcr.io/acme/web:1.3.0', '--folder', 'yard'], folder);
    expect(err).toMatch(/no railyard runs in .*yard: start it with k8sta railyard --folder/);
    expect(code).toBe(2);
  });

  test('a folder whose railyard has ended is not taken for one that runs', async () => {
    const { terminal, end } = await start(['railyard', '--folder', 'yard'], /registry +(http\S+)\n/);
    terminal.interrupt();
    await end;
    const { code } = await k8sta(['railyard', 'publish', 'ghcr.io/acme/web:1.3.0', '--folder', 'yard'], folder);
    expect(code).toBe(2);
  });

  test.each(['ghcr.io/acme/web', 'ghcr.io/acme/WEB:1.0.0'])('publish refuses %j, naming it', async (image) => {
    const { code, err } = await k8sta(['railyard', 'publish', image, '--registry', 'http://127.0.0.1:1'], folder);
    expect(err).toContain(image);
    expect(code).toBe(1);
  });

  test('publish to a registry that is not there says so', async () => {
    const { code, err } = await k8sta(
      ['railyard', 'publish', 'ghcr.io/acme/web:1.0.0', '--registry', 'http://127.0.0.1:1'],
      folder,
    );
    expect(err).toContain('No registry answers at http://127.0.0.1:1');
    expect(code).toBe(1);
  });

  describe.each(['--kubernetes-port', '--git-port', '--registry-port'])('%s', (option) => {
    let other: Server;
    afterEach(() => other.close());

    test('that is in use is named, with one that is free', async () => {
      other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const { code, err } = await k8sta(['railyard', option, String(port)], folder);
      expect(err).toMatch(new RegExp(`Port ${port} for the .+ is in use .* Say ${option} \\d+, or leave it out`));
      expect(code).toBe(1);
    });
  });

  test('says in its folder where it is, for this user alone to trust', async () => {
    const { found: registry } = await start(['railyard', '--folder', 'yard'], /registry +(http\S+)\n/);
    expect(JSON.parse(readFileSync(join(folder, 'yard/running.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
      registryURL: registry,
    });
  });
});
