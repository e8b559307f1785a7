/** A look at images: which version a subscription would choose now (rules B1, B2). A look that fails changes nothing. */

import type { Image, ImageSubscription } from '../../../lib/api';
import {
  ranksAbove,
  selectTag,
  tagStories,
  type Considered,
  type Look,
  type LookJob,
  type Selection,
  type TagFact,
  type TagStory,
} from '../../journey';
import type { CredentialOf, LookOptions, Registry } from '../../registry';
import { pullSecretIn } from './pull-secret';
import { sift } from './sift';

/** Reads the values of a Secret as texts. */
export type ReadSecret = (namespace: string, name: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** Choices that turn out not to be usable; after so many nobody looks further down. */
const MOST_TRIES = 20;

interface Choice {
  /** Of every repository, in their order; absent where nothing is chosen. */
  readonly images?: readonly Image[];
  readonly created?: Date;
  /** Why that one, or why none. */
  readonly explanation: string;
  readonly considered: Considered;
}

/** A choice with the story of every tag. */
export interface ImageExplanation extends Omit<Choice, 'considered'> {
  /** Best first. */
  readonly tags: readonly TagStory[];
}

export async function lookAtImages(
  { registry, secret }: { readonly registry: Registry; readonly secret: ReadSecret },
  images: ImageSubscription,
  job: LookJob,
  signal: AbortSignal,
): Promise<Look> {
  const options = await optionsFor(secret, job, images, signal);
  const { images: chosen, created, explanation } = await chooseImages(registry, images, options);
  if (chosen === undefined) return { newer: false, choice: explanation, problem: explanation };
  const ticketed = job.last?.ticketed;
  const last = ticketed?.images?.find((image) => image.repoURL === images.repositories[0])?.tag;
  const fact = (tag: string, built: Date | undefined): TagFact => ({ tag, ...(built && { created: built }) });
  const before = ticketed?.created === undefined ? undefined : new Date(ticketed.created);
  const tag = chosen[0]?.tag ?? '';
  return {
    images: chosen,
    ...(created && { created }),
    newer: last === undefined || ranksAbove(fact(tag, created), fact(last, before), images),
    choice: explanation,
  };
}

/**
 * What a subscription would choose now, as a look does it, and what became of every other tag.
 *
 * @throws Error naming what cannot be used or looked at
 */
export async function explainImages(
  registry: Registry,
  images: ImageSubscription,
  options: LookOptions,
): Promise<ImageExplanation> {
  const { considered, ...choice } = await chooseImages(registry, images, options);
  return { ...choice, tags: tagStories(considered, images) };
}

/**
 * The version that a subscription chooses now, of every image that it lists, and why.
 *
 * @throws Error naming what cannot be used or looked at; never for what is not there
 */
async function chooseImages(registry: Registry, images: ImageSubscription, options: LookOptions): Promise<Choice> {
  const found = await candidates(registry, images, options);
  const sifted = await sift(found.tags, images, options.signal);
  const [first = ''] = images.repositories;
  const isNewest = images.select.newest !== undefined;
  const built = isNewest ? await registry.builds(first, sifted.tags, options) : undefined;
  const unusable = new Map<string, string>();
  const considered = { tags: found.all, lacking: found.lacking, unusable, built: built ?? new Map<string, Date>() };
  let { tags } = sifted;
  for (;;) {
    const selection = selectTag({ ...sifted, tags }, images, built);
    const explanation = [selection.explanation, ...found.notes(selection.tag), ...unusable.values()].join('; ');
    const nothing = { explanation, considered: { ...considered, chosen: undefined } };
    if (selection.tag === undefined || unusable.size === MOST_TRIES) return nothing;
    const usable = await imagesOf(registry, images, selection.tag, options);
    if (typeof usable !== 'string') {
      const chosen = { ...considered, chosen: selection.tag };
      return { images: usable, ...created(selection), explanation, considered: chosen };
    }
    unusable.set(selection.tag, usable);
    tags = tags.filter((tag) => tag !== selection.tag);
  }
}

const created = (selection: Selection): { created?: Date } =>
  selection.created === undefined ? {} : { created: selection.created };

/** The images behind a tag, or why it cannot be used: each image must have it, for the platform. */
async function imagesOf(
  registry: Registry,
  images: ImageSubscription,
  tag: string,
  options: LookOptions,
): Promise<readonly Image[] | string> {
  const chosen: Image[] = [];
  for (const repoURL of images.repositories) {
    const digest = await registry.digest(repoURL, tag, options);
    if (digest === undefined) return `${repoURL}:${tag} is not there`;
    if (!(await registry.offers(repoURL, digest, options)))
      return `${repoURL}:${tag} is not for ${images.platform ?? 'any platform'}`;
    chosen.push({ repoURL, tag, digest });
  }
  return chosen;
}

interface Candidates {
  /** All tags of the first image. */
  readonly all: readonly string[];
  /** Tags that another image lacks, and which one. */
  readonly lacking: ReadonlyMap<string, string>;
  /** Tags that every listed image has (rule L9). */
  readonly tags: readonly string[];
  /** What else is worth saying of a choice. */
  notes(chosen: string | undefined): readonly string[];
}

async function candidates(registry: Registry, images: ImageSubscription, options: LookOptions): Promise<Candidates> {
  const { digest } = images.select;
  // One moving tag is asked for itself, and no list of all the others.
  const none = new Map<string, string>();
  if (digest) return { all: [digest.tag], tags: [digest.tag], lacking: none, notes: () => [] };
  const [first = '', ...others] = images.repositories;
  const all = await registry.tags(first, options);
  if (others.length === 0) return { all, tags: all, lacking: none, notes: () => [] };
  const lacking = new Map<string, string>();
  for (const other of others) {
    const tags = new Set(await registry.tags(other, options));
    for (const tag of all) if (!tags.has(tag) && !lacking.has(tag)) lacking.set(tag, other);
  }
  const whole = images.select.newest === undefined ? await sift(all, images, options.signal) : undefined;
  return {
    all,
    lacking,
    tags: all.filter((tag) => !lacking.has(tag)),
    notes(chosen) {
      const better = whole && selectTag(whole, images).tag;
      if (better !== undefined && better !== chosen && lacking.has(better)) {
        return [`${better} is missing in ${lacking.get(better)}`];
      }
      const names = new Set(lacking.values());
      return chosen === undefined && names.size > 0 ? [`tags are missing in ${[...names].join(', ')}`] : [];
    },
  };
}

async function optionsFor(
  secret: ReadSecret,
  job: LookJob,
  { platform, secretName, repositories }: ImageSubscription,
  signal: AbortSignal,
): Promise<LookOptions> {
  const { maxAgeMs } = job;
  const name = `${job.namespace}/${secretName}`;
  const pull = secretName === undefined ? undefined : pullSecretIn(await secret(job.namespace, secretName), name);
  if (pull && repositories.every((repoURL) => pull(repoURL) === undefined)) {
    throw new Error(`Secret ${name} has no credential for ${repositories.join(', ')}`);
  }
  const credentials: CredentialOf | undefined = pull && (async (repoURL) => pull(repoURL));
  return {
    signal,
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    ...(platform === undefined ? {} : { platform }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
