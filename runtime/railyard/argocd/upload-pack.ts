import { ask, bodyOf } from './http';
import { ManifestError } from './manifests';

const TIMEOUT_MS = 90_000;
/** Of what a server says that refuses. */
const LONGEST_ANSWER = 200;
const DELIMITER = '0001';
const END = '0000';
/** Bytes of the length in front of each line. */
const LENGTH = 4;

/**
 * Asks a Git server one question of protocol version 2 over HTTP, in one request and without a process on this side.
 *
 * @param doing what it is for, such as `list refs`, for the words of an error
 * @param authorization value of that header, if one is needed
 * @returns the lines of the answer, each as it came, without its length
 * @throws ManifestError in the words of Argo CD where the server refuses or does not answer
 */
export async function askUploadPack(
  { repoURL, authorization, doing }: { repoURL: string; authorization: string | undefined; doing: string },
  command: string,
  parameters: readonly string[],
): Promise<readonly Buffer[]> {
  const question =
    packet(`command=${command}\n`) + DELIMITER + parameters.map((one) => packet(`${one}\n`)).join('') + END;
  let status: number;
  let body: Buffer;
  try {
    const answer = await ask(new URL(`${repoURL.replace(/\/+$/, '')}/git-upload-pack`), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-git-upload-pack-request',
        Accept: 'application/x-git-upload-pack-result',
        'Git-Protocol': 'version=2',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body: question,
      silenceMs: TIMEOUT_MS,
    });
    status = answer.statusCode ?? 0;
    body = await bodyOf(answer);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ManifestError(`failed to ${doing}: ${reason}`, { cause: error });
  }
  if (status >= 200 && status <= 299) return linesOf(body);
  const words: Readonly<Record<number, string>> = { 401: 'authentication required', 404: 'repository not found' };
  const answered = `the server answered ${status}: ${body.toString().trim().slice(0, LONGEST_ANSWER)}`;
  throw new ManifestError(`failed to ${doing}: ${words[status] ?? answered}`);
}

function packet(line: string): string {
  return (Buffer.byteLength(line) + LENGTH).toString(16).padStart(LENGTH, '0') + line;
}

/** Delimiters and the end, which are shorter than a length, are left out. */
function linesOf(answer: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start + LENGTH <= answer.length;) {
    const length = Number.parseInt(answer.toString('latin1', start, start + LENGTH), 16);
    if (length >= LENGTH) lines.push(answer.subarray(start + LENGTH, start + length));
    start += Math.max(length, LENGTH) || LENGTH;
  }
  return lines;
}
