/** A wire between client and server that counts, and that can be made as bad as wires get. */

import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

export type Quality =
  /** Everything passes. */
  | 'good'
  /** Connections are taken, and nothing ever comes back. */
  | 'silent'
  /** One byte a second comes back. */
  | 'dripping';

export class Wire {
  quality: Quality = 'good';
  /** Hide from the server that the client speaks protocol version 2. */
  firstProtocol = false;
  /** From server to client. */
  bytesServed = 0;
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<Wire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wire = new Wire(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => wire.join(client, port));
    return wire;
  }

  /** The same address, by way of this wire. */
  through(url: string): string {
    const other = new URL(url);
    other.port = String(this.port);
    return other.href;
  }

  async cut(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, port: number): void {
    this.connections += 1;
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      upstream.write(
        this.firstProtocol ? Buffer.from(text.replace('Git-Protocol:', 'Git-Ignored_:'), 'latin1') : chunk,
      );
    });
    upstream.on('data', (chunk) => this.pass(client, chunk));
  }

  private pass(client: Socket, chunk: Buffer): void {
    if (this.quality === 'good') {
      this.bytesServed += chunk.length;
      client.write(chunk);
    } else if (this.quality === 'dripping') {
      let at = 0;
      const drip = setInterval(() => {
        client.write(chunk.subarray(at, at + 1));
        at += 1;
        if (at >= chunk.length) clearInterval(drip);
      }, 1000);
      client.on('close', () => clearInterval(drip));
    }
  }
}
