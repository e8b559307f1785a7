/** A registry client that faces a server whose answers a test decides. Servers end with their test. */

import { createRegistry, type Registry } from '../../../runtime/registry';
import { Misbehaving, type Answering } from './misbehaving';

const servers: Misbehaving[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

export async function serve(answering: (url: string) => Answering): Promise<Misbehaving> {
  const server = await Misbehaving.start(answering);
  servers.push(server);
  return server;
}

export async function facing(
  answering: (url: string) => Answering,
): Promise<{ readonly registry: Registry; readonly server: Misbehaving }> {
  const server = await serve(answering);
  return { server, registry: createRegistry({ mirrors: new Map([['ghcr.io', server.url]]) }) };
}
