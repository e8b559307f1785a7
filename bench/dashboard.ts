/**
 * The dashboard's server with 500 stations and 2,000 tickets, while 20 objects a second change: what 100 open dashboards
 * cost, and how many bytes an update is. Server and browsers are processes of their own; a browser reads and unpacks.
 *
 * Floor, in the same run: the same changes with no dashboard open.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { constants, createGunzip } from 'node:zlib';
import type { Station, Ticket, Track } from '../lib/api';
import type { Sight } from '../runtime/dispatch';
import { metadataOf, Store } from '../runtime/kube';
import { silentLog } from '../runtime/log';
import { serveDashboard } from '../runtime/server';
import { eventually } from '../test/waiting';
import { STATION_DEFAULTS } from '../test/lib/api/defaults';

const STATIONS = 500;
const TICKETS = 2_000;
const OPEN = 100;
const A_SECOND = 20;
const SECONDS = 20;
const COMMIT = 'a'.repeat(40);

const metadata = (name: string, version = 1) => ({
  namespace: `team-${name.length % 7}`,
  name,
  uid: `0b9f8e5c-${name}`,
  resourceVersion: String(version),
  creationTimestamp: '2026-01-01T00:00:00Z',
});
const apiVersion = 'k8sta.io/v1alpha1';

/** As large as such an object is after some rides. */
const station = (at: number): Station =>
  ({
    apiVersion,
    kind: 'Station',
    metadata: metadata(`station-${at}`),
    spec: {
      ...STATION_DEFAULTS,
      junctions: [],
      applications: [
        { name: `web-${at}`, namespace: 'argocd', repoURL: 'https://git.example.com/shop.git', branch: `env/${at}` },
      ],
    },
    status: {
      applications: [
        { name: `web-${at}`, namespace: 'argocd', head: { commit: COMMIT }, good: { commit: COMMIT, state: 0 } },
      ],
      states: [{ base: COMMIT, overlay: COMMIT, images: [{ repoURL: 'ghcr.io/acme/web', tag: '1.2.3' }] }],
      history: Array.from({ length: 11 }, (_, index) => ({
        ticket: `main-${index}`,
        uid: `0b9f8e5c-${index}`,
        time: '2026-01-01T00:00:00Z',
        commits: [{ application: `argocd/web-${at}`, commit: COMMIT }],
      })),
    },
  }) as unknown as Station;

const ticket = (at: number, version = 1): Ticket =>
  ({
    apiVersion,
    kind: 'Ticket',
    metadata: metadata(`main-${at}`, version),
    spec: {
      track: 'main',
      hold: false,
      abort: false,
      change: { images: [{ repoURL: 'ghcr.io/acme/web', tag: `1.0.${at}` }] },
    },
    status: {
      phase: 'Standing',
      sequence: at,
      station: `station-${at % STATIONS}`,
      waiting: {
        reason: 'Approval',
        since: '2026-01-01T00:00:00Z',
        message: `Version ${version} waits for an approval.`,
      },
      stamps: Array.from({ length: 4 }, (_, index) => ({
        station: `station-${index}`,
        arrived: '2026-01-01T00:00:00Z',
        departed: '2026-01-01T00:01:00Z',
        result: 'Arrived',
        commits: [{ application: `argocd/web-${index}`, commit: COMMIT }],
      })),
    },
  }) as unknown as Ticket;

/** Opens dashboards, and answers with what has come: for a process of its own. */
function browse(port: number): void {
  const told = { beginnings: 0, bytes: 0, text: 0 };
  const agent = new Agent({ maxSockets: OPEN });
  for (let at = 0; at < OPEN; at++) {
    const headers = { 'accept-encoding': 'gzip' };
    request({ host: '127.0.0.1', port, path: '/api/stream', agent, headers }, (reply) => {
      let isBegun = false;
      reply.on('data', (bytes: Buffer) => (told.bytes += bytes.length));
      reply
        .pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, flush: constants.Z_SYNC_FLUSH }))
        .on('data', (text: Buffer) => {
          told.text += text.length;
          if (isBegun || !text.subarray(-2).equals(Buffer.from('\n\n'))) return;
          isBegun = true;
          told.beginnings += 1;
        });
    }).end();
  }
  process.on('message', () => process.send?.(told));
}

interface Told {
  readonly beginnings: number;
  readonly bytes: number;
  readonly text: number;
}

async function main(): Promise<void> {
  const options = { log: silentLog, identity: metadataOf };
  const [tracks, stations, tickets] = [
    new Store<Track>(options),
    new Store<Station>(options),
    new Store<Ticket>(options),
  ];
  for (let at = 0; at < STATIONS; at++) stations.put(station(at));
  for (let at = 0; at < TICKETS; at++) tickets.put(ticket(at));
  const applications = new Store<never>({ log: silentLog, identity: (one) => one });
  const page = mkdtempSync(join(tmpdir(), 'k8sta-bench-'));
  writeFileSync(join(page, 'index.html'), '<!doctype html>');
  const sight: Sight = {
    tracks,
    stations,
    tickets,
    applications,
    stationsOf: () => [],
    difference: () => Promise.reject(new Error('nobody asks')),
    commit: () => Promise.reject(new Error('nobody asks')),
    settings: () => [],
  };
  // Whoever asks may do everything, as on a railyard.
  const status = { allowed: true, userInfo: { username: 'ada' } };
  const caller = { create: async () => ({ code: 201, value: { status } }) };
  const cluster = { callAs: () => caller as never };
  const served = await serveDashboard({
    address: '127.0.0.1',
    port: 0,
    open: true,
    page,
    sight,
    cluster,
    log: silentLog,
  });

  let version = 1;
  /** Changes tickets evenly. @returns the share of one core that this process took */
  const change = async (): Promise<number> => {
    const [before, start] = [process.cpuUsage(), performance.now()];
    for (let made = 0; made < A_SECOND * SECONDS; made++) {
      const wait = start + (made * 1000) / A_SECOND - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      tickets.put(ticket(made % TICKETS, ++version));
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (performance.now() - start);
  };

  const floor = await change();
  global.gc?.();
  const memory = process.memoryUsage().rss;
  const browsers = fork(__filename, [String(served.port)], { execArgv: process.execArgv });
  const ask = (): Promise<Told> =>
    new Promise((resolve) => {
      browsers.once('message', (told) => resolve(told as Told));
      browsers.send('?');
    });
  const opening = performance.now();
  const begun = await eventually(
    'all dashboards have begun',
    async () => {
      const told = await ask();
      return told.beginnings === OPEN && told;
    },
    60_000,
  );
  const opened = performance.now() - opening;
  const share = await change();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const told = await ask();
  const grown = process.memoryUsage().rss - memory;
  browsers.kill();
  await served.close();
  rmSync(page, { recursive: true, force: true });

  const updates = A_SECOND * SECONDS * OPEN;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(
    `| dashboard: ${STATIONS} stations, ${TICKETS} tickets, ${A_SECOND} changes a second | figure | must be |`,
  );
  console.log('|---|---|---|');
  console.log(`| CPU of one core, ${OPEN} open dashboards | ${percent(share)} | <= 10 % |`);
  console.log(`| floor: the same changes, none open | ${percent(floor)} | - |`);
  console.log(`| an update on the wire, for each dashboard | ${kilobytes((told.bytes - begun.bytes) / updates)} | - |`);
  console.log(`| the same unpacked | ${kilobytes((told.text - begun.text) / updates)} | - |`);
  console.log(`| the beginning on the wire | ${kilobytes(begun.bytes / OPEN)} | - |`);
  console.log(`| the same unpacked | ${kilobytes(begun.text / OPEN)} | - |`);
  console.log(`| all ${OPEN} have begun | ${(opened / 1000).toFixed(1)} s | - |`);
  console.log(`| memory that they take | ${(grown / 1e6).toFixed(0)} MB | - |`);
}

const port = process.argv[2];
if (process.send !== undefined && port !== undefined) browse(Number(port));
else void main();
