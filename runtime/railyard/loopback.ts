/** Listening on the loopback interface, and saying plainly when a port is taken. */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { RailyardError } from './errors';

const LOOPBACK = '127.0.0.1';

/** Idle connections outlive the keep-alive of common clients, so that none sends into a closing socket. */
export const KEEP_ALIVE_MS = 120_000;

/** A server wanted a port that another process has. */
export class PortInUseError extends RailyardError {
  /**
   * @param what the server that wanted it
   * @param port the port that is taken
   * @param free a port that was free a moment ago
   */
  constructor(
    readonly what: string,
    readonly port: number,
    readonly free: number,
  ) {
    super(`Port ${port} for the ${what} is in use by another process; ${free} is free.`);
  }
}

/**
 * Listens on 127.0.0.1.
 *
 * @param port 0 for any free one
 * @returns the port
 * @throws PortInUseError naming a free port
 */
export async function listenOnLoopback(server: Server, port: number, what: string): Promise<number> {
  try {
    return await listen(server, port);
  } catch (error) {
    if (!isAddressInUse(error)) throw error;
    throw new PortInUseError(what, port, await freePort());
  }
}

/** A port that is free now; another process may take it at any time. */
async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, 0);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      // A TCP server that listens has a structured address.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Whether the operating system said that an address is taken. */
function isAddressInUse(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}
