import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TransientError } from '../../../runtime/errors';
import { ask, type Api } from '../../../runtime/forge/http';

const TOKEN = 'a-secret-token';
const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.closeAllConnections() ?? server.close()));

/** A forge that answers like this. */
async function answering(listener: RequestListener): Promise<Api> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${TOKEN}` },
    secrets: [TOKEN],
    secretName: 'k8sta-system/forge',
  };
}

const question = { method: 'GET', path: '/pulls' } as const;

async function failure(listener: RequestListener): Promise<TransientError> {
  const failed: unknown = await ask(await answering(listener), question).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(TransientError);
  return failed as TransientError;
}

test('a forge that wants to be left alone is left alone for as long as it says', async () => {
  const failed = await failure((_request, response) => {
    response.writeHead(429, { 'retry-after': '120' }).end('{"message": "slow down"}');
  });
  expect(failed.retryAfterMs).toBe(120_000);
  expect(failed.message).toContain('slow down');
});

test('so is one whose budget is used up, until the time that it names', async () => {
  const reset = Math.floor(Date.now() / 1000) + 300;
  const failed = await failure((_request, response) => {
    response.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${reset}` }).end('{}');
  });
  expect(failed.retryAfterMs).toBeGreaterThan(290_000);
  expect(failed.retryAfterMs).toBeLessThanOrEqual(300_000);
});

test('S9, S10: a redirect is not followed, so that no credential goes elsewhere', async () => {
  let led = 0;
  const elsewhere = await answering((_request, response) => {
    led += 1;
    response.end('[]');
  });
  await failure((_request, response) => void response.writeHead(302, { location: `${elsewhere.base}/pulls` }).end());
  expect(led).toBe(0);
});

test('S10: a forge that repeats our credential does not bring it into a message', async () => {
  const failed = await failure((request, response) => {
    response.writeHead(500).end(JSON.stringify({ message: `no: ${request.headers.authorization}\n\u001b[31m` }));
  });
  expect(failed.message).toContain('no: Bearer ***');
  expect(failed.message).not.toMatch(/\p{Cc}/u);
});

test('an answer without an end is not read to its end', async () => {
  const failed = await failure((_request, response) => {
    const more = (): void => {
      while (response.writable && response.write(Buffer.alloc(256 * 1024))) continue;
    };
    response.on('drain', more);
    more();
  });
  expect(failed.message).toContain('more than');
});

test('D5: what may not go out any more does not', async () => {
  let asked = 0;
  const api = await answering((_request, response) => {
    asked += 1;
    response.end('[]');
  });
  await expect(ask(api, question, { permit: () => 0 })).rejects.toThrow('does not lead any more');
  expect(asked).toBe(0);
});

test('a forge that is not there is waited for', async () => {
  const api = await answering(() => undefined);
  await expect(ask({ ...api, base: 'http://127.0.0.1:9' }, question)).rejects.toThrow(TransientError);
});
