/** Where a chart is published, and how its index and archives are asked for. */

import type { Address } from '../address';
import type { Answer } from '../transport';
import type { Asking } from '../connection';
import type { Connections } from '../connections';
import type { CredentialOf } from '../credential';

interface Chart {
  readonly repoURL: string;
  readonly name: string;
}

export const isRegistry = ({ repoURL }: Chart): boolean => repoURL.startsWith('oci://');

/** The place of a chart as credentials are kept by it: `ghcr.io/acme/charts/web`, `charts.example.com/stable/web`. */
export const placeOfChart = ({ repoURL, name }: Chart): string =>
  `${repoURL.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '')}/${name}`;

const INDEX_BYTES = 64 * 2 ** 20;

/**
 * Asks for a file beside an index.
 *
 * @param base address of the index, or of an archive
 * @param options.limit bytes that the answer may have. @default 64 MiB
 */
export async function askIndex(
  connections: Connections,
  base: string,
  path: string,
  { own, ...asking }: Pick<Asking, 'ifNoneMatch' | 'limit' | 'signal'> & { readonly own?: CredentialOf },
): Promise<Answer & { readonly reader: string }> {
  const { host, pathname } = new URL(base);
  const address: Address = { host, base };
  const { connection, reader } = await connections.to(address, `${host}${pathname}`, own);
  const reply = await connection.ask(address, path, { accept: '*/*', limit: INDEX_BYTES, ...asking });
  return { ...reply, reader };
}
