import { ManifestError } from './manifests';
import { askUploadPack } from './upload-pack';

/** The first byte of a line after `packfile` says what the rest is. */
const PACK_DATA = 1;
const FATAL = 3;

/**
 * Fetches one commit and all that it shows, without its history.
 *
 * @param authorization value of that header, if one is needed
 * @returns a pack
 * @throws ManifestError where the server does not have the commit, refuses, or does not answer
 */
export async function fetchPack(repoURL: string, commit: string, authorization: string | undefined): Promise<Buffer> {
  const doing = `fetch ${commit}`;
  const wants = [`want ${commit}`, 'deepen 1', 'ofs-delta', 'no-progress', 'done'];
  const lines = await askUploadPack({ repoURL, authorization, doing }, 'fetch', wants);
  const start = lines.findIndex((line) => line.equals(Buffer.from('packfile\n')));
  if (start < 0) throw new ManifestError(`failed to ${doing}: ${refusalIn(lines)}`);
  const parts = lines.slice(start + 1);
  const failure = parts.find((line) => line[0] === FATAL);
  if (failure !== undefined) throw new ManifestError(`failed to ${doing}: ${failure.toString('utf8', 1).trim()}`);
  return Buffer.concat(parts.filter((line) => line[0] === PACK_DATA).map((line) => line.subarray(1)));
}

function refusalIn(lines: readonly Buffer[]): string {
  const words = lines.map((line) => line.toString('utf8').trim());
  return words.find((line) => line.startsWith('ERR '))?.slice('ERR '.length) ?? 'the server sent no pack';
}
