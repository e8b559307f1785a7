import { askUploadPack } from './upload-pack';

/** What a branch or tag name may stand for, in the order in which Argo CD tries. */
function candidatesFor(revision: string): readonly string[] {
  return revision === 'HEAD' ? ['HEAD'] : [`refs/heads/${revision}`, `refs/tags/${revision}`, revision];
}

/**
 * Asks a Git server which commit a branch or tag names.
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
  const prefixes = candidates.map((name) => `ref-prefix ${name}`);
  const lines = await askUploadPack({ repoURL, authorization, doing: 'list refs' }, 'ls-refs', ['peel', ...prefixes]);
  const refs = new Map(lines.map(refIn));
  return candidates.map((name) => refs.get(name)).find((sha) => sha !== undefined);
}

/** A line `<sha> <name>[ peeled:<sha>]`; a tag counts as what it tags. */
function refIn(line: Buffer): readonly [string, string] {
  const [sha = '', name = '', ...attributes] = line.toString('utf8').trim().split(' ');
  const peeled = attributes.find((attribute) => attribute.startsWith('peeled:'))?.slice('peeled:'.length);
  return [name, peeled ?? sha];
}
