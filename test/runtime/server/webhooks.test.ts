import { connect, type Socket } from 'node:net';
import { type Parcel, serveWebhooks } from '../../../runtime/server';
import { eventually } from '../../waiting';

let served: Awaited<ReturnType<typeof serveWebhooks>>;
const taken: Parcel[] = [];

beforeAll(async () => {
  served = await serveWebhooks({
    address: '127.0.0.1',
    port: 0,
    longestBody: 1_000,
    mostASecond: 50,
    take: (parcel) => {
      taken.push(parcel);
      return parcel.path === '/webhooks/right' || (parcel.path === '/webhooks/odd' && 'not JSON');
    },
  });
});
beforeEach(() => taken.splice(0));
afterAll(() => served.close());

const post = async (path: string, body: string, headers: Record<string, string> = {}, method = 'POST') => {
  const reply = await fetch(`http://127.0.0.1:${served.port}${path}`, {
    method,
    headers,
    ...(method === 'POST' && { body }),
  });
  return { code: reply.status, text: await reply.text() };
};

/** Writes bytes as they are, and collects the answer. */
function raw(head: string): { socket: Socket; answer: () => string; isOver: () => boolean } {
  let answer = '';
  let isOver = false;
  const socket = connect(served.port, '127.0.0.1', () => socket.write(head));
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('close', () => (isOver = true)).on('error', () => undefined);
  return { socket, answer: () => answer, isOver: () => isOver };
}

test('passes on the very bytes and headers, and answers 202', async () => {
  expect(await post('/webhooks/right?x=1', '{ "a" : 1 }', { 'X-Sender': 'ada', 'content-type': 'x/y' })).toEqual({
    code: 202,
    text: 'taken\n',
  });
  expect(taken[0]).toMatchObject({ path: '/webhooks/right', headers: { 'x-sender': 'ada' } });
  expect(taken[0]?.body.toString()).toBe('{ "a" : 1 }');
});

test('never says whether something exists', async () => {
  const refused = { code: 401, text: 'refused\n' };
  expect(await post('/webhooks/wrong', '{}')).toEqual(refused);
  expect(await post('/webhooks/', '{}')).toEqual(refused);
  expect(await post('/webhooks/right/more', '{}')).toEqual(refused);
  expect(await post('/metrics', '', {}, 'GET')).toEqual(refused);
  expect(await post('/webhooks/right', '', {}, 'GET')).toEqual(refused);
  expect(await post(`/webhooks/${'x'.repeat(500)}`, '{}')).toEqual(refused);
});

test('says what it does not understand', async () => {
  expect(await post('/webhooks/odd', '{')).toEqual({ code: 400, text: 'not understood: not JSON\n' });
});

test('S8: a body of 5 GB is refused before it is read', async () => {
  const { socket, answer } = raw('POST /webhooks/right HTTP/1.1\r\nHost: x\r\nContent-Length: 5368709120\r\n\r\n{');
  await eventually('it is refused', () => answer().startsWith('HTTP/1.1 413'));
  socket.destroy();
  expect(taken).toEqual([]);
});

test('S8: a body in chunks without end is cut off at the limit', async () => {
  const { socket, answer } = raw('POST /webhooks/right HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = `100\r\n${'x'.repeat(256)}\r\n`;
  const flood = setInterval(() => socket.writable && socket.write(chunk), 5);
  await eventually('it is refused', () => answer().startsWith('HTTP/1.1 413'));
  clearInterval(flood);
  socket.destroy();
  expect(taken).toEqual([]);
});

test('whoever floods it is told to wait, and nothing more', async () => {
  const codes = await Promise.all(Array.from({ length: 80 }, async () => (await post('/webhooks/right', '{}')).code));
  expect(new Set(codes)).toEqual(new Set([202, 429]));
  await eventually('it is heard again', async () => (await post('/webhooks/right', '{}')).code === 202);
});

test('a port in use is named, with the option that chooses another', async () => {
  await expect(
    serveWebhooks({ address: '127.0.0.1', port: served.port, longestBody: 1, take: () => true }),
  ).rejects.toThrow(`port ${served.port} of 127.0.0.1: it is in use: choose another with --webhook-port`);
});
