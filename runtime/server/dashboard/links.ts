/** Pages of commits, where the host tells which forge it is. */

import type { Station, Ticket } from '../../../lib/api';

/** A commit of a repository. */
export interface Commit {
  readonly repoURL: string;
  readonly commit: string;
}

/** Between repository and commit, in the address of a page; by the first word of the host that is known. */
const FORGES: Readonly<Record<string, string>> = {
  github: '/commit/',
  gitlab: '/-/commit/',
  bitbucket: '/commits/',
  gitea: '/commit/',
  forgejo: '/commit/',
  codeberg: '/commit/',
};

/** @returns nothing where the forge is not known, or the URL is no repository's */
export function commitPage({ repoURL, commit }: Commit): string | undefined {
  const [, host = '', path = ''] =
    /^(?:https?:\/\/|ssh:\/\/)?(?:[^@/]+@)?([\w.-]+)(?::\d+(?=\/))?[:/]([\w./~-]+?)(?:\.git)?\/?$/.exec(repoURL) ?? [];
  const between = host
    .split('.')
    .map((word) => (Object.hasOwn(FORGES, word) ? FORGES[word] : undefined))
    .find((word) => word !== undefined);
  if (between === undefined || path === '' || !/^[0-9a-f]{7,64}$/.test(commit)) return undefined;
  return `https://${host}/${path}${between}${commit}`;
}

/** Each commit that somebody may want to see, once. */
export function pagesOf(commits: Iterable<Commit>): Record<string, string> {
  const pages: Record<string, string> = {};
  for (const one of commits) {
    const page = commitPage(one);
    if (page !== undefined) pages[one.commit] = page;
  }
  return pages;
}

/** Finds a commit of an application's repository; a station may have forgotten the application. */
function repositoriesOf({ spec }: Station): (application: string, commit: string | undefined) => Commit[] {
  const repositories = new Map(spec.applications.map((one) => [`${one.namespace}/${one.name}`, one.repoURL]));
  return (application, commit) => {
    const repoURL = repositories.get(application);
    return repoURL === undefined || commit === undefined ? [] : [{ repoURL, commit }];
  };
}

/** The commits of people that a station was rendered from. */
export function sourcesOfStation(station: Station): Commit[] {
  const { status } = station;
  const at = repositoriesOf(station);
  return (status?.applications ?? []).flatMap((one) => {
    const key = `${one.namespace}/${one.name}`;
    const states = [one.good?.state, one.head?.state].flatMap((index) => status?.states?.[index ?? -1] ?? []);
    return states.flatMap(({ base, overlay }) => [...at(key, base), ...at(key, overlay)]);
  });
}

/** The commits that a station's status names. */
export function commitsOfStation(station: Station): Commit[] {
  const { status } = station;
  const at = repositoriesOf(station);
  const shown = (status?.applications ?? []).flatMap((one) => {
    const key = `${one.namespace}/${one.name}`;
    return [...at(key, one.good?.commit), ...at(key, one.head?.commit)];
  });
  const past = (status?.history ?? []).flatMap(({ commits }) =>
    commits.flatMap(({ application, commit }) => at(application, commit)),
  );
  return [...shown, ...sourcesOfStation(station), ...past];
}

/**
 * The commits that a ticket names.
 *
 * @param station finds a station of its namespace, which says whose repository an application's commits are of
 */
export function commitsOfTicket({ spec, status }: Ticket, station: (name: string) => Station | undefined): Commit[] {
  const { sources = [], overlays = [] } = spec.change ?? {};
  const arrival = (status?.arrival?.applications ?? []).flatMap(({ repoURL, commit, parent }) =>
    [commit, parent].flatMap((one) => (repoURL === undefined || one === undefined ? [] : [{ repoURL, commit: one }])),
  );
  const stamped = (status?.stamps ?? []).flatMap(({ station: name, commits = [] }) => {
    const applications = station(name)?.spec.applications ?? [];
    return commits.flatMap(({ application, commit }) => {
      const found = applications.find((one) => `${one.namespace}/${one.name}` === application);
      return found === undefined ? [] : [{ repoURL: found.repoURL, commit }];
    });
  });
  return [...sources, ...overlays, ...arrival, ...stamped];
}
