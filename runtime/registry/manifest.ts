/** Reading manifests, indexes and image configs: platforms and build times. Pure; anything may be missing in them. */

import { TransientError } from '../errors';
import { objectIn, textIn, type RawObject } from '../raw';

export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** `os/architecture`, with a variant where it has one. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** One image of an index. */
export interface Child {
  readonly digest: string;
  /** Absent where the index does not say: the image's own config does. */
  readonly platform?: Platform;
  readonly created?: Date;
}

export interface Manifest {
  /** Of an index; absent for a single image. */
  readonly children?: readonly Child[];
  /** Digest of the image's config. */
  readonly config?: string;
  /** When it was built, by its annotations. */
  readonly created?: Date;
}

const SHA256 = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: unknown): text is string => typeof text === 'string' && SHA256.test(text);

function dateIn(value: unknown): Date | undefined {
  const date = new Date(textIn(value) ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Both names under which builders write it, as annotations or as labels. */
const builtIn = (notes: RawObject | undefined): Date | undefined =>
  dateIn(notes?.['org.opencontainers.image.created']) ?? dateIn(notes?.['org.label-schema.build-date']);

const platformIn = (fields: RawObject | undefined): Platform | undefined => {
  const [os, architecture, variant] = [fields?.['os'], fields?.['architecture'], fields?.['variant']].map(textIn);
  if (os === undefined || architecture === undefined) return undefined;
  return { os, architecture, ...(variant !== undefined && { variant }) };
};

/** @throws TransientError for what is no manifest */
export function manifestIn(body: unknown, what: string): Manifest {
  const fields = objectIn(body);
  if (fields === undefined) throw new TransientError(`the manifest of ${what} is malformed`);
  const created = builtIn(objectIn(fields['annotations']));
  const dated = created === undefined ? {} : { created };
  const list: unknown = fields['manifests'];
  if (list !== undefined) {
    if (!Array.isArray(list)) throw new TransientError(`the index of ${what} is malformed`);
    return { ...dated, children: list.flatMap((one: unknown) => childIn(objectIn(one))) };
  }
  const config: unknown = objectIn(fields['config'])?.['digest'];
  return { ...dated, ...(isDigest(config) && { config }) };
}

/** Attestations stand in an index beside the images, for the platform `unknown/unknown`. */
function childIn(fields: RawObject | undefined): Child[] {
  const digest = fields?.['digest'];
  const platform = platformIn(objectIn(fields?.['platform']));
  if (!isDigest(digest) || platform?.os === 'unknown' || fields?.['artifactType'] !== undefined) return [];
  const created = builtIn(objectIn(fields?.['annotations']));
  return [{ digest, ...(platform && { platform }), ...(created && { created }) }];
}

/** What an image's config says: the later of its own time and that of its labels. */
export function configIn(body: unknown): { readonly created?: Date; readonly platform?: Platform } {
  const fields = objectIn(body);
  const own = dateIn(fields?.['created']);
  const labelled = builtIn(objectIn(objectIn(fields?.['config'])?.['Labels']));
  const created = own === undefined || (labelled !== undefined && labelled > own) ? labelled : own;
  const platform = platformIn(fields);
  return { ...(created && { created }), ...(platform && { platform }) };
}

/** The variant that an architecture has where none is said. */
const DEFAULT_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

/** Whether an image for one platform serves who asks for another: a wish without a variant takes any. */
export function serves(offered: Platform | undefined, wanted: string): boolean {
  const [os, architecture = '', variant] = wanted.split('/');
  if (offered === undefined || offered.os !== os || offered.architecture !== architecture) return false;
  return variant === undefined || (offered.variant ?? DEFAULT_VARIANTS[architecture]) === variant;
}
