import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP, type CloudEvent } from 'cloudevents';
import { createPost, type News, senderOf, Targets, type Target } from '../../../runtime/notifications';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const heard: Heard[] = [];
let status = 200;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      reply.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end('x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0/secret-part`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  heard.splice(0);
  status = 200;
});

const NOW = Date.parse('2030-01-01T12:00:00Z');
const SECRET = 'a secret that nobody guesses';
const LOOPBACK = ['127.0.0.0/8'];

function target(to: 'slack' | 'webhook'): Target {
  const stored = { namespace: 'k8sta-system', name: 'news', created: '2030-01-01T00:00:00Z', url };
  const [one] = new Targets([{ ...stored, values: { to, secret: SECRET } }]).list;
  if (one === undefined) throw new Error('no target');
  return one;
}

const news = (parts: Partial<News> = {}): News => ({
  id: 'u7.arrived.0',
  kind: 'arrived',
  time: '2030-01-01T11:00:00.000Z',
  namespace: 'shop',
  ticket: 'main-7',
  track: 'main',
  station: 'prod',
  change: 'web 1.4.0',
  commits: [{ application: 'argocd/shop-prod', commit: 'c'.repeat(40) }],
  ...parts,
});

async function send(to: 'slack' | 'webhook', one: News, networks = LOOPBACK): Promise<Heard> {
  await createPost(networks)(target(to), senderOf(target(to))(one, target(to), NOW));
  const [only] = heard.splice(0);
  if (only === undefined) throw new Error('nothing came');
  return only;
}

test('a webhook hears a CloudEvent, signed over id, time and body', async () => {
  const { headers, body } = await send('webhook', news());
  const event = HTTP.toEvent({ headers, body }) as CloudEvent<unknown>;
  expect(event).toMatchObject({
    specversion: '1.0',
    id: 'u7.arrived.0',
    type: 'io.k8sta.ticket.arrived',
    source: '/apis/k8sta.io/v1alpha1/namespaces/shop/tickets/main-7',
    subject: 'shop/main-7',
    time: '2030-01-01T11:00:00.000Z',
    data: { namespace: 'shop', ticket: 'main-7', station: 'prod', change: 'web 1.4.0' },
  });
  expect(headers['webhook-id']).toBe('u7.arrived.0');
  const signed = `u7.arrived.0.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`);
  expect(body).not.toContain(SECRET);
});

interface Message {
  readonly text: string;
  readonly blocks: readonly { readonly text: { readonly type: string; readonly text: string } }[];
}

test('Slack hears a line, and what was committed', async () => {
  const { text, blocks } = JSON.parse((await send('slack', news())).body) as Message;
  expect(text).toBe('shop/main-7 (web 1.4.0) arrived at prod');
  expect(blocks.map((block) => block.text.text)).toEqual([text, 'argocd/shop-prod ccccccc']);
});

test('no tag and no message mentions anybody, links, or turns a line around', async () => {
  const hostile = '<!channel> <!here|x> <@U1> @everyone <https://evil.example|login> *b* \u202egnp.exe\u0007 & </x>';
  const { body } = await send('slack', news({ kind: 'failed', change: hostile, message: hostile, station: hostile }));
  const message = JSON.parse(body) as Message & { readonly link_names: boolean; readonly parse: string };
  expect(message.text).not.toMatch(/[<>]/);
  expect(message).toMatchObject({ link_names: false, parse: 'none' });
  expect(message.blocks.every((block) => block.text.type === 'plain_text')).toBe(true);
  expect(body).not.toMatch(/\u202e|\\u202e|\\u0007/);
});

test('what is too long for Slack is cut', async () => {
  const { blocks } = JSON.parse((await send('slack', news({ message: 'x'.repeat(50_000) }))).body) as Message;
  expect(Math.max(...blocks.map((block) => block.text.text.length))).toBe(2_000);
});

test.each([404, 500, 302])('an answer %d is a failure that names the host and not the address', async (code) => {
  status = code;
  const failure: unknown = await send('slack', news()).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    name: 'TransientError',
    message: `Secret k8sta-system/news: ${new URL(url).host} answered ${code}`,
  });
  // No redirect was followed.
  expect(heard).toHaveLength(1);
});

test('an address of the machine itself is not asked, unless the operator says so', async () => {
  await expect(send('slack', news(), [])).rejects.toMatchObject({ name: 'TerminalError', reason: 'AddressRefused' });
  expect(heard).toEqual([]);
});
