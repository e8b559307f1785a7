/** Stands before an HTTP server and lets it look as if its clock were off. */

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class DatedProxy {
  /** What the dates of answers are ahead of the time. */
  offSeconds = 0;

  private readonly server: Server;

  private constructor(target: string) {
    this.server = createServer((incoming, outgoing) => {
      const { method, url = '/', headers } = incoming;
      const onward = request(new URL(url, target), { method, headers }, (answer) => {
        const date = new Date(Date.now() + this.offSeconds * 1000).toUTCString();
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
  }

  static async open(target: string): Promise<DatedProxy> {
    const proxy = new DatedProxy(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
