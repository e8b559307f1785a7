import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TransientError } from '../../../runtime/errors';
import { type Cluster, connect } from '../../../runtime/kube';
import { selfSigned } from './certificate';

describe('Over TLS', () => {
  const own = selfSigned('server');
  const other = selfSigned('other');
  const user = selfSigned('user');
  const successor = selfSigned('successor');
  let server: Server;
  let folder: string;
  let handshakes: number;

  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const clusterOf = (trust: object, credentials: object): Cluster => {
    const address = server.address();
    const place = { server: `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, ...trust };
    const config = {
      'current-context': 'secure',
      clusters: [{ name: 'secure', cluster: place }],
      users: [{ name: 'secure', user: credentials }],
      contexts: [{ name: 'secure', context: { cluster: 'secure', user: 'secure' } }],
    };
    return connect({ kubeconfig: file('kubeconfig', JSON.stringify(config)) });
  };
  const trusting = { 'certificate-authority-data': base64(own.certificate) };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'k8sta-kube-tls-'));
    handshakes = 0;
    const asking = { requestCert: true, rejectUnauthorized: false };
    // Says who asks, as the version, so that a test sees what arrived.
    server = createServer({ key: own.key, cert: own.certificate, ...asking }, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      const who = subject?.CN ?? request.headers.authorization ?? 'nobody';
      response.end(JSON.stringify({ gitVersion: `${String(who)} by HTTP/${request.httpVersion}` }));
    });
    server.on('secureConnection', () => handshakes++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  test('trusts the authority that the kubeconfig names, and shows the certificate of its user', async () => {
    const credentials = { 'client-certificate-data': base64(user.certificate), 'client-key-data': base64(user.key) };
    await expect(clusterOf(trusting, credentials).version()).resolves.toBe('user by HTTP/1.1');
  });

  test('does not talk to a server that another authority signed, or none it knows', async () => {
    for (const trust of [{}, { 'certificate-authority-data': base64(other.certificate) }]) {
      const version = clusterOf(trust, { token: 'canary' }).version();
      await expect(version).rejects.toThrow(TransientError);
      await expect(version).rejects.toThrow(/SELF_SIGNED_CERT|UNABLE_TO/);
    }
  });

  test('pays few handshakes for many requests', async () => {
    const cluster = clusterOf(trusting, { token: 'secret' });
    for (let times = 0; times < 10; times++) await cluster.version();
    expect(handshakes).toBeLessThanOrEqual(2);
  });

  test('takes up a client certificate that was renewed', async () => {
    const credentials = { 'client-certificate': file('cert', user.certificate), 'client-key': file('key', user.key) };
    const cluster = clusterOf(trusting, credentials);
    await expect(cluster.version()).resolves.toContain('user');
    file('cert', successor.certificate);
    file('key', successor.key);
    await expect(cluster.version()).resolves.toContain('successor');
  });

  test('asks a credential plugin for its token, and waits no longer for it than for anything', async () => {
    const plugin = (script: string): object => {
      const command = file('plugin', `#!/bin/sh\n${script}\n`);
      chmodSync(command, 0o755);
      return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } };
    };
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-plugin' },
    };
    const quick = clusterOf(trusting, plugin(`echo '${JSON.stringify(credential)}'`));
    await expect(quick.version()).resolves.toContain('Bearer from-plugin');
    const slow = clusterOf(trusting, plugin('exec sleep 1'));
    await expect(slow.version({ deadlineMs: 100 })).rejects.toThrow('nothing within 100 ms');
  });
});
