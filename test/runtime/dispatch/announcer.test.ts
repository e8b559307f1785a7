import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../waiting';
import { Yard } from './yard';

const LOOPBACK = ['127.0.0.0/8'];
let yard: Yard;
let server: Server;
const heard: { readonly id: string; readonly type: string; readonly subject: string }[] = [];
let answers = 200;

beforeAll(async () => {
  server = createServer((request, reply) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (answers === 200) heard.push(JSON.parse(body) as (typeof heard)[number]);
      reply.writeHead(answers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  yard = await Yard.open({ started: false });
  await yard.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'k8sta' } });
  await yard.start({ registryNetworks: LOOPBACK });
}, 60_000);

afterAll(async () => {
  await yard.close();
  await new Promise((resolve) => server.close(resolve));
}, 30_000);

const of = (subject: string): string[] =>
  heard.filter((one) => one.subject === subject).map(({ type }) => type.slice('io.k8sta.ticket.'.length));

test('a ride is told in its order, once; what was not taken is told after a restart, and nothing before the Secret', async () => {
  const scene = await yard.scene('told', { stations: ['test', 'prod'] });
  await scene.ticket('before', '1.0.0');
  await scene.completed('before');
  await yard.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'news', namespace: 'k8sta', labels: { 'k8sta.io/credential': 'notification' } },
    stringData: {
      to: 'webhook',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      secret: 'a secret that nobody guesses',
    },
  } as never);
  // Creation times have whole seconds: an arrival in the second of the Secret would count as after it.
  await scene.ticket('first', '1.1.0');
  await scene.completed('first');
  await eventually('all of it is heard', () => of('told/first').length === 3);
  expect(of('told/first')).toEqual(['arrived', 'arrived', 'completed']);

  answers = 503;
  await scene.ticket('second', '1.2.0');
  await scene.completed('second');
  await yard.stopRuntime();
  answers = 200;
  await yard.start({ registryNetworks: LOOPBACK });
  await eventually('what was missed is heard', () => of('told/second').length === 3);
  await scene.ticket('third', '1.3.0');
  await scene.completed('third');
  await eventually('what comes next is heard', () => of('told/third').length === 3);
  expect(of('told/first')).toHaveLength(3);
  expect(of('told/second')).toEqual(['arrived', 'arrived', 'completed']);
});
