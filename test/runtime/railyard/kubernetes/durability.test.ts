import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKubernetes } from '../../../../runtime/railyard/kubernetes';
import { Log } from '../../../../runtime/railyard/kubernetes/store/log';
import { eventually } from '../../../waiting';
import { DEFINITIONS, TRAINS, Yard } from './client';
import { train, trains } from './definitions';

const ROOT = join(__dirname, '..', '..', '..', '..');
/** Lets a Node process load TypeScript. */
const HOOK = join(ROOT, 'scripts', 'typescript.cjs');
/** A server in a process of its own: prints its URL. */
const PROGRAM = `
  const { startKubernetes } = require(${JSON.stringify(join(ROOT, 'runtime', 'railyard', 'kubernetes'))});
  startKubernetes({ folder: process.argv[1] }).then((server) => console.log(server.url));
`;

describe('durability', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'railyard-kubernetes-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a server in a process of its own. */
  const startProcess = async (): Promise<{ url: string; child: ChildProcess }> => {
    const child = spawn(process.execPath, ['-r', HOOK, '-e', PROGRAM, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = await eventually('the server prints its URL', () => /^http\S+/.exec(output)?.[0], 20_000);
    return { url, child };
  };
  const send = async (url: string, method: string, body?: unknown): Promise<{ code: number; body: unknown }> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { code: response.status, body: await response.json() };
  };

  it('a restart goes on where the server stood, with higher revisions', async () => {
    const yard = await Yard.open();
    await yard.defineTrains();
    const made = await yard.createTrain('a');
    await yard.createTrain('b');
    await yard.delete(`${TRAINS}/b`);
    const before = (await yard.get(TRAINS)).body;
    await yard.restart();
    expect((await yard.get(TRAINS)).body).toEqual(before);
    expect((await yard.get(`${TRAINS}/a`)).body).toEqual(made);
    const next = await yard.createTrain('c');
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    await yard.close();
  });

  it('nothing that was acknowledged is lost when the process is killed in the middle of writing', async () => {
    const first = await startProcess();
    await send(`${first.url}${DEFINITIONS}`, 'POST', trains());
    const acknowledged: string[] = [];
    const writing = (async (): Promise<void> => {
      for (let number = 0; ; number += 1) {
        const { code } = await send(first.url + TRAINS, 'POST', train(`t${number}`));
        if (code === 201) acknowledged.push(`t${number}`);
      }
    })();
    const cut = expect(writing).rejects.toThrow();
    await eventually('fifty trains are acknowledged', () => acknowledged.length >= 50);
    first.child.kill('SIGKILL');
    await cut;
    const second = await startProcess();
    const { body } = await send(second.url + TRAINS, 'GET');
    const names = (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(acknowledged));
    expect(names.length - acknowledged.length).toBeLessThanOrEqual(1);
    expect((await send(second.url + TRAINS, 'POST', train('after'))).code).toBe(201);
  });

  it.each([
    ['half a line', '{"revision":999,"resource":"conf'],
    ['a line without an object', '{"revision":999}'],
    ['a line cut in the object, with a newline', '{"revision":999,\n'],
  ])('a torn end of the log (%s) is dropped, and the rest is kept', async (_what, torn) => {
    const server = await startKubernetes({ folder });
    const { revision } = server;
    await server.stop();
    appendFileSync(join(folder, 'objects.log'), torn);
    const again = await startKubernetes({ folder });
    expect(again.revision).toBe(revision);
    await again.stop();
    expect(readFileSync(join(folder, 'objects.log'), 'utf8')).not.toContain('"revision":999');
  });

  it('a damaged line in the middle stops the start, names the line and leaves the file alone', async () => {
    await (await startKubernetes({ folder })).stop();
    const path = join(folder, 'objects.log');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [lines[0], 'rubbish', ...lines.slice(1)].join('\n'));
    const damaged = readFileSync(path);
    await expect(startKubernetes({ folder })).rejects.toThrow(`Line 2 of ${path} is damaged`);
    expect(readFileSync(path)).toEqual(damaged);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('a log that holds mostly dead lines is rewritten with the living, and the revision with them', () => {
    const { log } = Log.open(folder);
    const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(1024 * 1024) }));
    for (let revision = 1; revision <= 70; revision += 1)
      log.append({ revision, resource: 'r', namespace: '', name: 'n' }, body);
    expect(log.shouldCompact(body.length)).toBe(true);
    expect(log.shouldCompact(40 * body.length)).toBe(false);
    log.compact([
      { header: { revision: 71 }, body: Buffer.alloc(0) },
      { header: { revision: 70, resource: 'r', namespace: '', name: 'n' }, body },
    ]);
    log.append({ revision: 72, resource: 'r', namespace: '', name: 'm' }, Buffer.from('{}'));
    log.close();
    expect(statSync(join(folder, 'objects.log')).size).toBeLessThan(2 * body.length);
    const again = Log.open(folder);
    expect(again.records.map(({ header }) => header.revision)).toEqual([71, 70, 72]);
    again.log.close();
  });

  it('two servers cannot have one folder', async () => {
    const server = await startKubernetes({ folder });
    await expect(startKubernetes({ folder })).rejects.toThrow(
      `The folder ${folder} is in use by process ${process.pid}`,
    );
    await server.stop();
    await (await startKubernetes({ folder })).stop();
  });

  it('the lock of a process that is gone does not count', async () => {
    writeFileSync(join(folder, 'lock'), '2147483646 1\n');
    await (await startKubernetes({ folder })).stop();
  });

  it('a port in use is refused with its number and with one that is free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const refused = startKubernetes({ folder, port });
    await expect(refused).rejects.toThrow(new RegExp(`^Port ${port} for the Kubernetes API is in use.*; \\d+ is free`));
    await new Promise((resolve) => other.close(resolve));
    await (await startKubernetes({ folder, port })).stop();
  });
});
