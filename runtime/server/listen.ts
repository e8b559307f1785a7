import { networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { TerminalError } from '../errors';

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** @default - all, of both families where the machine has both */
  readonly address?: string;
  readonly port: number;
  /** The option that chooses another port, for messages. */
  readonly portOption: string;
  /** @default `--address` */
  readonly addressOption?: string;
}

/** @throws TerminalError naming address and port when it cannot listen */
export async function listen(
  app: FastifyInstance,
  { address, port, portOption, addressOption = '--address' }: ListenOptions,
): Promise<Served> {
  try {
    await app.listen({ host: address ?? (hasIPv6() ? '::' : '0.0.0.0'), port });
  } catch (error) {
    await app.close();
    const where = address === undefined ? `port ${port}` : `port ${port} of ${address}`;
    throw new TerminalError(`${where}: ${whyNot(error, portOption, addressOption)}`, undefined, { cause: error });
  }
  const bound = app.server.address();
  return { port: typeof bound === 'object' && bound ? bound.port : port, close: () => app.close() };
}

const hasIPv6 = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'));

function whyNot(error: unknown, portOption: string, addressOption: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `it is in use: choose another with ${portOption}, or 0 for any free one`;
  if (code === 'EADDRNOTAVAIL') return `no interface has this address: choose another with ${addressOption}`;
  if (code === 'EACCES') return `not allowed: choose a port above 1023 with ${portOption}`;
  return message;
}
