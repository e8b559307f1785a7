/**
 * References to container images, read as container runtimes read them. Pure text: knows no registry.
 */

/** A reference, normalised: `nginx` is `docker.io/library/nginx`. */
export interface ImageReference {
  /** Registry and repository, without tag and digest. */
  readonly repoURL: string;
  /** What stood between `:` and `@`. Absent where nothing did: no tag is made up. */
  readonly tag?: string;
  /** `sha256:...` */
  readonly digest?: string;
}

const HOST = String.raw`(?:[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*|\[[a-f\d:]+\])(?::\d{1,5})?`;
const COMPONENT = String.raw`[a-z\d]+(?:(?:\.|_|__|-+)[a-z\d]+)*`;
const host = new RegExp(`^${HOST}$`, 'i');
const path = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[a-z\d]+(?:[.+_-][a-z\d]+)*:[a-f\d]{32,}$/;
const sha256 = /^sha256:[a-f\d]{64}$/;
const identifier = /^[a-f\d]{64}$/;

/** A host even in lower case; `Registry/web` is one by its capital letter alone. */
const recognisable = /[.:[]|^localhost$/i;

const DOCKER_HUB = 'docker.io';
const LONGEST_NAME = 255;

/**
 * Reads `ghcr.io/acme/web:1.2@sha256:...`.
 *
 * @throws Error naming the reference and what is wrong with it
 */
export function parseImageReference(reference: string): ImageReference {
  const [named = '', digest, ...more] = reference.split('@');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const name = tagged ? named.slice(0, colon) : named;
  const tag = tagged ? named.slice(colon + 1) : undefined;
  const { registry, repository } = split(name);

  const fault =
    more.length > 0 ? '"@" may stand once, before the digest' : faultIn({ name, registry, repository, tag, digest });
  if (fault !== undefined) throw new Error(`Image reference ${JSON.stringify(reference)} does not parse: ${fault}.`);
  return {
    repoURL: `${recognisable.test(registry) ? registry.toLowerCase() : registry}/${repository}`,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

interface Parts {
  readonly name: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function faultIn({ name, registry, repository, tag, digest }: Parts): string | undefined {
  if (name === '') return 'it names no repository';
  if (name.length > LONGEST_NAME) return `the repository is longer than ${LONGEST_NAME} characters`;
  if (identifier.test(name)) return '64 hex digits are an image id, not a repository';
  if (!host.test(registry)) return `"${registry}" is not a registry host`;
  if (!path.test(repository)) return `"${repository}" is not a repository (lower-case letters, digits, ".", "_", "-")`;
  if (tag !== undefined && !tagPattern.test(tag)) {
    return `"${tag}" is not a tag (letters, digits, "_", "." and "-", at most 128)`;
  }
  if (digest !== undefined && !isDigest(digest)) return `"${digest}" is not a digest like sha256:<64 hex digits>`;
  return undefined;
}

function isDigest(digest: string): boolean {
  return digest.startsWith('sha256:') ? sha256.test(digest) : digestPattern.test(digest);
}

/** The first component is a registry only if it could not be a folder of Docker Hub. */
function split(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isRegistry = recognisable.test(first) || first !== first.toLowerCase();
  const registry = isRegistry ? first : DOCKER_HUB;
  const repository = isRegistry ? name.slice(slash + 1) : name;
  if (registry.toLowerCase() !== DOCKER_HUB && registry.toLowerCase() !== 'index.docker.io')
    return { registry, repository };
  return { registry: DOCKER_HUB, repository: repository.includes('/') ? repository : `library/${repository}` };
}
