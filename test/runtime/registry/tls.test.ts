import { createServer, type Server } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { createRegistry, type Registry } from '../../../runtime/registry';
import { selfSigned } from '../kube/certificate';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server over TLS on this machine, with a certificate of its own. @returns `127.0.0.1:port`, and who came with what */
async function serve(pair: ReturnType<typeof selfSigned>, answering: (request: IncomingMessage) => Answer) {
  const seen: string[] = [];
  const server = createServer({ key: pair.key, cert: pair.certificate }, (request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? 'nobody'}`);
    const { status = 200, headers = {}, body = '' } = answering(request);
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const own = selfSigned('registry');
const other = selfSigned('storage');
const credential = { username: 'ada', password: 'lovelace' };
const basic = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`;
const trusting = (...certificates: string[]): Registry =>
  createRegistry({
    networks: ['127.0.0.0/8'],
    credentials: async () => ({ ...credential, authorities: certificates.join('') }),
  });

const list = (): Answer => ({ body: { tags: ['1.0.0'] } });

describe('a registry whose certificate an authority of its own has signed', () => {
  test('is trusted by the ca.crt of its credential, and by no other', async () => {
    const { host, seen } = await serve(own, list);
    expect(await trusting(own.certificate).tags(`${host}/acme/web`)).toEqual(['1.0.0']);
    const asked = seen.length;
    for (const registry of [trusting(other.certificate), createRegistry({ networks: ['127.0.0.0/8'] })]) {
      await expect(registry.tags(`${host}/acme/web`)).rejects.toMatchObject({
        name: 'TransientError',
        message: expect.stringMatching(/cannot be reached: .*(self-signed|unable to verify)/) as string,
      });
    }
    expect(seen).toHaveLength(asked);
  });

  test('with a ca.crt that is no PEM is refused by what is wrong', async () => {
    const { host, seen } = await serve(own, list);
    for (const wrong of ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'ca.crt']) {
      const refused = trusting(wrong).tags(`${host}/acme/web`);
      await expect(refused).rejects.toThrow('the certificate of its authority is no PEM');
    }
    expect(seen).toEqual([]);
  });
});

test('a redirect to another host takes no credential along, and its bytes still have to have their digest', async () => {
  const config = JSON.stringify({ created: '2030-01-01T00:00:00Z', os: 'linux', architecture: 'amd64' });
  const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  let bytes = config;
  const storage = await serve(other, () => ({ body: bytes }));
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const described = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf(config),
    size: config.length,
  };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type, config: described, layers: [] });
  const headers = { 'Content-Type': type, 'Docker-Content-Digest': digestOf(manifest) };
  const registry = await serve(own, ({ url = '', headers: { authorization } }): Answer => {
    if (authorization !== basic) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } };
    if (url.includes('/manifests/')) return { headers, body: manifest };
    return { status: 307, headers: { Location: `https://${storage.host}/signed?x=1` } };
  });
  const image = `${registry.host}/acme/web`;
  const both = [own.certificate, other.certificate];
  expect(await trusting(...both).builds(image, ['1.0.0'])).toEqual(
    new Map([['1.0.0', new Date('2030-01-01T00:00:00Z')]]),
  );
  expect(storage.seen).toEqual(['/signed?x=1 nobody']);
  expect(registry.seen.some((one) => one.endsWith(basic))).toBe(true);
  bytes = config.replace('2030', '2031');
  await expect(trusting(...both).builds(image, ['1.0.0'])).rejects.toThrow(
    /with something else, sha256:.*: it is not used/,
  );
});

test('a token service on another host gets the credential that it is for, and the registry its token', async () => {
  const tokens = await serve(other, () => ({ body: { token: 'granted' } }));
  const registry = await serve(own, ({ headers: { authorization } }) => {
    if (authorization === 'Bearer granted') return list();
    const challenge = `Bearer realm="https://${tokens.host}/token",service="r",scope="repository:acme/web:pull"`;
    return { status: 401, headers: { 'WWW-Authenticate': challenge } };
  });
  expect(await trusting(own.certificate, other.certificate).tags(`${registry.host}/acme/web`)).toEqual(['1.0.0']);
  expect(tokens.seen).toEqual([
    expect.stringMatching(/^\/token\?.*scope=repository%3Aacme%2Fweb%3Apull.* Basic /) as string,
  ]);
  expect(registry.seen.filter((one) => one.includes('Basic'))).toEqual([]);
});
