/** A look at images: which version a subscription would choose now (rules B1, B2). A look that fails changes nothing. */

import type { Image, ImageSubscription } from '../../lib/api';
import { ranksAbove, selectTag, type Look, type LookJob, type Selection, type TagFact } from '../journey';
import type { LookOptions, Registry, RegistryCredential } from '../registry';

/** Reads the values of a Secret, base64 as Kubernetes keeps them. */
export type ReadSecret = (namespace: string, name: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** Images whose build times are asked for at once. */
const AT_ONCE = 8;

export async function lookAtImages(
  { registry, secret }: { readonly registry: Registry; readonly secret: ReadSecret },
  images: ImageSubscription,
  job: LookJob,
  signal: AbortSignal,
): Promise<Look> {
  const options = await optionsFor(secret, job, images, signal);
  const [first = '', ...others] = images.repositories;
  const shared = new Set(await registry.tags(first, options));
  const missing: string[] = [];
  for (const other of others) {
    const tags = new Set(await registry.tags(other, options));
    for (const tag of [...shared]) {
      if (tags.has(tag)) continue;
      shared.delete(tag);
      if (!missing.includes(other)) missing.push(other);
    }
  }
  const facts = await tagFacts(registry, first, [...shared], images, options);
  const selection = selectTag(facts, images);
  const { tag } = selection;
  if (tag === undefined) return { newer: false, choice: selection.explanation, problem: noChoice(selection, missing) };
  const chosen: Image[] = [];
  for (const repoURL of images.repositories) {
    const digest = await registry.digest(repoURL, tag, options);
    if (digest === undefined) throw new Error(`tag ${tag} of ${repoURL} went away during the look`);
    chosen.push({ repoURL, tag, digest });
  }
  const ticketed = job.last?.ticketed;
  const last = ticketed?.images?.find((image) => image.repoURL === first)?.tag;
  const factOf = (wanted: string): TagFact => facts.find((fact) => fact.tag === wanted) ?? { tag: wanted };
  const lastFact = (wanted: string): TagFact =>
    ticketed?.created === undefined ? factOf(wanted) : { tag: wanted, created: new Date(ticketed.created) };
  const { created } = factOf(tag);
  return {
    images: chosen,
    ...(created && { created }),
    newer: last === undefined || ranksAbove(factOf(tag), lastFact(last), images),
    choice: selection.explanation,
  };
}

const noChoice = (selection: Selection, missing: readonly string[]): string =>
  missing.length === 0 ? selection.explanation : `${selection.explanation}; tags are missing in ${missing.join(', ')}`;

/** Tags with their build times where the strategy goes by them. */
async function tagFacts(
  registry: Registry,
  repoURL: string,
  tags: readonly string[],
  images: ImageSubscription,
  options: LookOptions,
): Promise<TagFact[]> {
  if (!images.select.newest) return tags.map((tag) => ({ tag }));
  const facts: TagFact[] = [];
  for (let at = 0; at < tags.length; at += AT_ONCE) {
    const batch = tags.slice(at, at + AT_ONCE).map(async (tag): Promise<TagFact> => {
      const created = await registry.created(repoURL, tag, options);
      return created === undefined ? { tag } : { tag, created };
    });
    facts.push(...(await Promise.all(batch)));
  }
  return facts;
}

async function optionsFor(
  secret: ReadSecret,
  job: LookJob,
  images: ImageSubscription,
  signal: AbortSignal,
): Promise<LookOptions> {
  const credential =
    images.secretName === undefined ? undefined : await pullSecret(secret, job.namespace, images.secretName, images);
  return {
    signal,
    ...(images.platform === undefined ? {} : { platform: images.platform }),
    ...(credential === undefined ? {} : { credential }),
  };
}

/** The credential in a `kubernetes.io/dockerconfigjson` Secret for the first repository's registry. */
async function pullSecret(
  secret: ReadSecret,
  namespace: string,
  name: string,
  images: ImageSubscription,
): Promise<RegistryCredential> {
  const host = images.repositories[0]?.split('/')[0] ?? '';
  const values = await secret(namespace, name);
  if (values === undefined)
    throw new Error(`Secret ${namespace}/${name} does not exist: create it, or correct secretName`);
  const encoded = values['.dockerconfigjson'];
  const config: unknown = encoded === undefined ? undefined : parsed(Buffer.from(encoded, 'base64').toString('utf8'));
  const auths = field(config, 'auths');
  const entry = field(auths, host) ?? field(auths, `https://${host}`);
  const [username, password] = [field(entry, 'username'), field(entry, 'password')];
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  const auth = field(entry, 'auth');
  const decoded = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString('utf8') : '';
  const colon = decoded.indexOf(':');
  if (colon < 0) throw new Error(`Secret ${namespace}/${name} has no credential for ${host} under .dockerconfigjson`);
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
