/**
 * Webhooks on the railyard with its latencies at zero: how soon an image boards after it was pushed, and how quickly 200
 * deliveries a second are answered while a ticket rides. Runtime, railyard and senders share one process.
 *
 * Floor, in the same run: a delivery to an address that does not exist.
 */
import { performance } from 'node:perf_hooks';
import { Agent, request } from 'node:http';
import { serveWebhooks } from '../runtime/server';
import { addressOf, LONGEST_BODY } from '../runtime/webhooks';
import { Yard } from '../test/runtime/dispatch/yard';
import { eventually } from '../test/waiting';

const PUSHES = 30;
const SECONDS = 10;
const A_SECOND = 200;
const IMAGE = 'ghcr.io/acme/heard';
const VALUES = { sender: 'quay', secret: 'a secret that nobody guesses' };

const p95 = (samples: readonly number[]): string => {
  const sorted = [...samples].sort((one, other) => one - other);
  return (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN).toFixed(1);
};

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

/** Milliseconds until the answer. */
function post(port: number, path: string, body: string): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent }, (reply) => {
      reply.resume().on('end', () => resolve(performance.now() - start));
    });
    sent.on('error', reject).end(body);
  });
}

/** So many a second, evenly, whatever the answers take. */
async function deliver(port: number, path: string, body: string): Promise<number[]> {
  const answers: Promise<number>[] = [];
  const start = performance.now();
  for (let sent = 0; sent < SECONDS * A_SECOND; sent += 1) {
    const wait = start + (sent * 1000) / A_SECOND - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    answers.push(post(port, path, body));
  }
  return Promise.all(answers);
}

async function main(): Promise<void> {
  const yard = await Yard.open();
  const served = await serveWebhooks({
    address: '127.0.0.1',
    port: 0,
    longestBody: LONGEST_BODY,
    take: (parcel) => yard.reception.take(parcel),
  });
  try {
    await yard.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'k8sta' } });
    const metadata = { name: 'webhook', namespace: 'k8sta', labels: { 'k8sta.io/credential': 'webhook' } };
    await yard.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: VALUES } as never);
    const path = addressOf({ namespace: 'k8sta', name: 'webhook', values: VALUES });
    const body = JSON.stringify({ docker_url: IMAGE });
    await eventually('it is open', () => yard.reception.take({ path, headers: {}, body: Buffer.from('{}') }) === true);

    await yard.railyard.registry.publish(`${IMAGE}:1.0.0`);
    const select = { semver: { constraint: '*', prereleases: false } };
    const images = { repositories: [IMAGE], select, interval: '1h' };
    const scene = await yard.scene('hooks', { track: { subscriptions: [{ name: 'image', images }] } });
    await scene.completed('main-1');

    const boarding: number[] = [];
    for (let push = 2; push < PUSHES + 2; push += 1) {
      const name = `main-${push}`;
      await yard.railyard.registry.publish(`${IMAGE}:1.${push}.0`);
      const start = performance.now();
      await post(served.port, path, body);
      await scene.until(name, 'boards', ({ status }) => status?.sequence !== undefined);
      boarding.push(performance.now() - start);
      await scene.completed(name);
    }
    const floor = await deliver(served.port, '/webhooks/none', body);
    await yard.railyard.registry.publish(`${IMAGE}:2.0.0`);
    const answers = await deliver(served.port, path, body);
    await scene.completed(`main-${PUSHES + 2}`);

    console.log('| webhooks | p95 | must be |');
    console.log('|---|---|---|');
    console.log(`| delivery to boarding, ${PUSHES} pushes | ${p95(boarding)} ms | <= 1000 ms |`);
    console.log(
      `| answer, ${A_SECOND} a second for ${SECONDS} s, while a ticket rides | ${p95(answers)} ms | <= 20 ms |`,
    );
    console.log(`| floor: answer at an address that does not exist | ${p95(floor)} ms | - |`);
  } finally {
    agent.destroy();
    await served.close();
    await yard.close();
  }
}

void main();
