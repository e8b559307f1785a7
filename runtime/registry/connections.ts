/** Connections to registries: one for each host and credential, with its own tokens and its own budget. */

import type { lookup } from 'node:dns';
import { type Clock, systemClock } from '../clock';
import type { Address } from './address';
import { Connection } from './connection';
import { fingerprintOf, type CredentialOf } from './credential';
import { Reachable } from './reachable';
import { Transport } from './transport';

export interface ConnectionOptions {
  /** Base URLs to ask instead of a host: `ghcr.io` may be served by `http://127.0.0.1:5000`. @default - none */
  readonly mirrors?: ReadonlyMap<string, string> | undefined;
  /** The operator's credential for a repository. @default - none */
  readonly credentials?: CredentialOf;
  /**
   * Networks such as `169.254.10.0/24` in which registries may be although such addresses are refused otherwise: those of
   * this machine, its link and its cloud's metadata service, and private ones to which a public registry points.
   *
   * @default - none; the addresses of mirrors are as the operator set them
   */
  readonly networks?: readonly string[] | undefined;
  /** @default - the machine's */
  readonly clock?: Clock;
  /** Resolves names. @default - the machine's */
  readonly resolve?: typeof lookup;
}

const MOST_CONNECTIONS = 2_000;

export class Connections {
  readonly clock: Clock;
  readonly mirrors: ReadonlyMap<string, string>;
  readonly #credentials: CredentialOf;
  readonly #transport: Transport;
  readonly #kept = new Map<string, Connection>();

  constructor({ mirrors = new Map(), credentials = async () => undefined, networks = [], ...rest }: ConnectionOptions) {
    this.clock = rest.clock ?? systemClock;
    this.mirrors = mirrors;
    this.#credentials = credentials;
    this.#transport = new Transport({
      reachable: new Reachable(networks, rest.resolve),
      trusted: new Set([...mirrors.values()].map((url) => new URL(url).origin)),
    });
  }

  /**
   * The connection for a repository.
   *
   * @param own wins over the operator's credential where it gives one
   * @returns `reader` tells apart what was learned at different hosts or with different credentials
   */
  async to(
    address: Address,
    repoURL: string,
    own?: CredentialOf,
  ): Promise<{ readonly connection: Connection; readonly reader: string }> {
    const credential = (await own?.(repoURL)) ?? (await this.#credentials(repoURL));
    const reader = `${new URL(address.base).host} ${fingerprintOf(credential)}`;
    const connection = this.#kept.get(reader) ?? new Connection(address.host, this.#transport, this.clock, credential);
    remember(this.#kept, reader, connection, MOST_CONNECTIONS);
    return { connection, reader };
  }
}

/** Keeps the value as the one that was used last, and only so many of them. */
export function remember<T>(kept: Map<string, T>, key: string, value: T, most: number): void {
  kept.delete(key);
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}
