/** Where a repository is on its forge, by the URL that Git clones. */

import { TransientError } from '../errors';

export interface Place {
  /** Of the forge, which speaks https also where Git speaks SSH. */
  readonly origin: string;
  readonly host: string;
  /** Without slashes at its ends, and without `.git`. */
  readonly path: string;
}

const SCP_LIKE = /^[^@/]+@([^:/]+):(.+)$/;

export function placeOf(repoURL: string): Place {
  const [, scpHost, scpPath] = SCP_LIKE.exec(repoURL) ?? [];
  const url = new URL(scpHost === undefined ? repoURL : `https://${scpHost}/${scpPath}`);
  const path = decodeURIComponent(url.pathname)
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  const origin = url.protocol === 'ssh:' ? `https://${url.hostname}` : url.origin;
  return { origin, host: url.hostname.toLowerCase(), path };
}

export interface AzureRepository {
  /** Address of the collection, or organisation. */
  readonly collection: string;
  readonly project: string;
  readonly name: string;
  /** Page of the repository. */
  readonly web: string;
}

export interface BitbucketRepository {
  /** Key of the project; `~name` for a person's own. */
  readonly project: string;
  readonly slug: string;
  /** Page of the repository. */
  readonly web: string;
  /** Address of the whole application. */
  readonly home: string;
}

/** `https://bitbucket.example.com/scm/PROJECT/shop.git`, with a path before `scm` or none; by SSH without `scm`. */
export function bitbucketRepositoryOf({ origin, host, path }: Place): BitbucketRepository {
  const [, before = '', project, slug] = /^(?:(.*?)\/?scm\/)?([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (project === undefined || slug === undefined) {
    throw new TransientError(`${path} on ${host} is no repository of Bitbucket: its path ends in a project and a name`);
  }
  const home = [origin, ...before.split('/').filter(Boolean)].join('/');
  const isOwn = project.startsWith('~');
  const place = isOwn ? `users/${encodeURIComponent(project.slice(1))}` : `projects/${encodeURIComponent(project)}`;
  return { project, slug, home, web: `${home}/${place}/repos/${encodeURIComponent(slug)}` };
}

const AZURE = 'dev.azure.com';

/** `https://dev.azure.com/acme/team/_git/shop`, and the ways in which others write it. */
export function azureRepositoryOf({ origin, host, path }: Place): AzureRepository {
  const [version, ...rest] = path.split('/');
  if (host === `ssh.${AZURE}` && version === 'v3' && rest.length === 3) {
    return azureRepositoryOf({
      origin: `https://${AZURE}`,
      host: AZURE,
      path: `${rest[0]}/${rest[1]}/_git/${rest[2]}`,
    });
  }
  const [before = '', name] = path.split(/(?:^|\/)_git\//);
  if (name === undefined) {
    throw new TransientError(`${path} on ${host} is no repository of Azure DevOps: its path has /_git/ in it`);
  }
  const folders = before.split('/').filter(Boolean);
  // A repository of its project's name is written without that.
  const isShort = folders.length === (host === AZURE ? 1 : 0);
  const project = isShort ? name : (folders.at(-1) ?? name);
  const collection = [origin, ...folders.slice(0, isShort ? folders.length : -1).map(encodeURIComponent)].join('/');
  const web = `${collection}/${encodeURIComponent(project)}/_git/${encodeURIComponent(name)}`;
  return { collection, project, name, web };
}
