/** Whether two Git URLs name the same repository, whatever their spelling. */

const SCP_LIKE = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.+)$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'ssh:': '22',
  'git:': '9418',
};

/** Spellings that were asked for lately: decisions compare a handful of URLs over and over. */
const lately = new Map<string, string>();
const MOST_KEPT = 10_000;

/**
 * One spelling for each repository: scheme and host in lower case, no user, no default port, no trailing `.git` or `/`;
 * `git@host:path` becomes `ssh://host/path`. The case of the path is kept, since hosts may tell it apart.
 *
 * @returns the normalised URL, or the trimmed input where it is no URL
 */
export function normaliseRepositoryURL(url: string): string {
  const known = lately.get(url);
  if (known !== undefined) return known;
  const normalised = normalise(url);
  if (lately.size >= MOST_KEPT) lately.clear();
  lately.set(url, normalised);
  return normalised;
}

function normalise(url: string): string {
  const trimmed = url.trim();
  const scp = trimmed.includes('://') ? null : SCP_LIKE.exec(trimmed);
  const parsed = /^([a-z][a-z0-9+.-]*:)\/\/(?:[^@/]*@)?([^/]*)(.*)$/i.exec(
    scp ? `ssh://${scp[1]}/${scp[2]?.replace(/^\/+/, '')}` : trimmed,
  );
  if (parsed === null) return trimmed;
  const [, rawScheme = '', rawHost = '', rawPath = ''] = parsed;
  const scheme = rawScheme.toLowerCase();
  const port = `:${DEFAULT_PORTS[scheme] ?? '-'}`;
  const named = rawHost.toLowerCase();
  const host = named.endsWith(port) ? named.slice(0, -port.length) : named;
  const path = rawPath
    .replace(/\/{2,}/g, '/')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  return `${scheme}//${host}${path}`;
}

/**
 * What two URLs share that reach one repository by different transports: `git@host:team/web.git` and
 * `https://host/team/web` are both `host/team/web`. Collisions of branches are judged by it.
 */
export function repositoryIdentity(url: string): string {
  return normaliseRepositoryURL(url).replace(/^[a-z][a-z0-9+.-]*:\/\//, '');
}
