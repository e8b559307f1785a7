/** Where a repository is asked for. */

import { TerminalError } from '../errors';
import { parseImageReference } from '../../lib/network/image-reference';

export interface Address {
  /** Host as people write it, `ghcr.io`: what credentials are kept by. */
  readonly host: string;
  /** `https://ghcr.io/v2/acme/web`, on a mirror where one is set for the host. */
  readonly base: string;
  /** Set on a mirror: the host that it stands for. */
  readonly mirrorOf?: string;
}

/** Docker Hub answers its API under another name. */
const API_HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

/** @throws TerminalError for a reference that does not parse */
export function addressOf(repoURL: string, mirrors: ReadonlyMap<string, string>): Address {
  let normalised: string;
  try {
    normalised = parseImageReference(repoURL).repoURL;
  } catch (error) {
    throw new TerminalError(error instanceof Error ? error.message : String(error), 'InvalidImage', { cause: error });
  }
  const slash = normalised.indexOf('/');
  const host = normalised.slice(0, slash);
  const repository = normalised.slice(slash + 1);
  const mirror = mirrors.get(host);
  if (mirror !== undefined) return { host, base: `${mirror.replace(/\/+$/, '')}/v2/${repository}`, mirrorOf: host };
  return { host, base: `https://${API_HOSTS[host] ?? host}/v2/${repository}` };
}
