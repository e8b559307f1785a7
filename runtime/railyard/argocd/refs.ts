import { ManifestError } from './manifests';

const TIMEOUT_MS = 90_000;

/** What a branch or tag name may stand for, in the order in which Argo CD tries. */
function candidatesFor(revision: string): readonly string[] {
  return revision === 'HEAD' ? ['HEAD'] : [`refs/heads/${revision}`, `refs/tags/${revision}`, revision];
}

/**
 * Asks a Git server over HTTP which commit a branch or tag names: the `ls-refs` command of protocol version 2 in one
 * request, so that looking starts no process on this side.
 *
 * @param authorization value of that header, if one is needed
 * @returns a full SHA, `undefined` where the repository has no such branch or tag
 * @throws ManifestError in the words of Argo CD where the server refuses or does not answer
 */
export async function resolveRef(
  repoURL: string,
  revision: string,
  authorization: string | undefined,
): Promise<string | undefined> {
  const candidates = candidatesFor(revision);
  const refs = refsIn(await ask(repoURL, candidates, authorization));
  return candidates.map((name) => refs.get(name)).find((sha) => sha !== undefined);
}

async function ask(repoURL: string, names: readonly string[], authorization: string | undefined): Promise<Buffer> {
  const lines = ['command=ls-refs\n', undefined, 'peel\n', ...names.map((name) => `ref-prefix ${name}\n`)];
  const body = `${lines.map((line) => (line === undefined ? '0001' : packet(line))).join('')}0000`;
  let response: Response;
  try {
    response = await fetch(`${repoURL.replace(/\/+$/, '')}/git-upload-pack`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-git-upload-pack-request',
        Accept: 'application/x-git-upload-pack-result',
        'Git-Protocol': 'version=2',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new ManifestError(`failed to list refs: ${reasonOf(error)}`, { cause: error });
  }
  if (response.ok) return Buffer.from(await response.arrayBuffer());
  await response.body?.cancel();
  const words: Readonly<Record<number, string>> = { 401: 'authentication required', 404: 'repository not found' };
  throw new ManifestError(`failed to list refs: ${words[response.status] ?? `the server answered ${response.status}`}`);
}

function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

/** Lines of the form `<sha> <name>[ peeled:<sha>]`, each with its length in front; a tag counts as what it tags. */
function refsIn(answer: Buffer): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (let start = 0; start + 4 <= answer.length;) {
    const length = Number.parseInt(answer.toString('latin1', start, start + 4), 16);
    if (!(length >= 4)) break;
    const [sha = '', name = '', ...attributes] = answer
      .toString('utf8', start + 4, start + length)
      .trim()
      .split(' ');
    const peeled = attributes.find((attribute) => attribute.startsWith('peeled:'))?.slice('peeled:'.length);
    refs.set(name, peeled ?? sha);
    start += length;
  }
  refs.delete('');
  return refs;
}

/** The system's reason behind a failed request is in its cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return [error, cause]
    .map((part) => (typeof part === 'object' && part !== null && 'message' in part ? String(part.message) : ''))
    .filter(Boolean)
    .join(': ');
}
