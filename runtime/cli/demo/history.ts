/** Whether the rendered branches tell what the tickets say: the demo's last word, judged from Git and Argo CD alone. */

import { shortCommit } from '../../../lib/api/words';
import { STATE_FILE, TRAILERS, type Image, type Station, type Ticket } from '../../../lib/api';
import type { Snapshot } from '../view';

/** What one rendered branch turned out to be. */
export interface BranchEvidence {
  /** Newest first. */
  readonly commits: readonly {
    readonly sha: string;
    readonly parents: readonly string[];
    readonly trailers: Readonly<Record<string, string>>;
  }[];
  readonly files: readonly string[];
  /** Images in the manifests. */
  readonly images: readonly string[];
}

/** The branches of one application's station, as asked for and as found. */
export interface Branch {
  readonly station: string;
  readonly namespace: string;
  readonly application: string;
  readonly repoURL: string;
  readonly branch: string;
}

/** The rendered branches of a namespace's stations, station by station. */
export function branchesOf(stations: readonly Station[]): Branch[] {
  return stations.flatMap(({ metadata, spec }) =>
    spec.applications
      .filter(({ enabled }) => enabled)
      .map(({ namespace, name, repoURL, branch }) => ({
        station: metadata.name,
        namespace,
        application: name,
        repoURL,
        branch,
      })),
  );
}

/**
 * Everything about a completed ride that is not as promised, one sentence each; empty when all is well.
 *
 * @param ticket the ticket that completed
 * @param evidence what the branch shows, by branch name
 */
export function historyProblems(
  ticket: Ticket,
  snapshot: Snapshot,
  evidence: ReadonlyMap<string, BranchEvidence>,
): string[] {
  const visited = new Set((ticket.status?.stamps ?? []).map(({ station }) => station));
  const stations = snapshot.stations.filter(
    ({ metadata }) => metadata.namespace === ticket.metadata.namespace && visited.has(metadata.name),
  );
  const branches = branchesOf(stations);
  if (branches.length === 0) return [`${ticket.metadata.name} visited no station that drives an Application`];
  return branches.flatMap((branch) => {
    const found = evidence.get(branch.branch);
    if (found === undefined || found.commits.length === 0) return [`branch ${branch.branch} does not exist`];
    return [
      ...commitProblems(branch, ticket, found, snapshot),
      ...contentProblems(ticket, found),
      ...applicationProblems(branch, ticket, found, snapshot),
    ].map((problem) => `branch ${branch.branch}: ${problem}`);
  });
}

function commitProblems(branch: Branch, ticket: Ticket, found: BranchEvidence, snapshot: Snapshot): string[] {
  const { stamped, listed } = recordedCommits(branch, snapshot);
  const present = new Set(found.commits.map(({ sha }) => sha));
  const problems: string[] = [];
  const foreign = [...present].filter((sha) => !stamped.has(sha) && !listed.has(sha));
  if (foreign.length > 0) problems.push(`no ticket records ${foreign.map(shortCommit).join(', ')}`);
  const lost = [...stamped].filter((sha) => !present.has(sha));
  if (lost.length > 0) problems.push(`recorded, but not there: ${lost.map(shortCommit).join(', ')}`);
  if (found.commits.at(-1)?.parents.length !== 0) problems.push('it is no orphan: its first commit has a parent');
  const mine = commitsOf(ticket, found);
  if (mine.length !== 1) problems.push(`${mine.length} commits of ${ticket.metadata.name}, expected exactly one`);
  return [...problems, ...mine.flatMap((commit) => trailerProblems(branch, commit))];
}

type Commit = BranchEvidence['commits'][number];

const commitsOf = ({ metadata }: Ticket, { commits }: BranchEvidence): Commit[] =>
  commits.filter(({ trailers }) => isNamed(trailers[TRAILERS.ticket] ?? '', metadata.name));

function trailerProblems(branch: Branch, { sha, trailers }: Commit): string[] {
  const wanted = [TRAILERS.ticket, TRAILERS.station, TRAILERS.application, TRAILERS.change];
  const missing = wanted.filter((trailer) => !trailers[trailer]);
  const problems = missing.length > 0 ? [`commit ${shortCommit(sha)} lacks ${missing.join(', ')}`] : [];
  const { [TRAILERS.station]: station, [TRAILERS.application]: application } = trailers;
  if (station && !isNamed(station, branch.station)) problems.push(`its trailer names the station ${station}`);
  if (application && !isNamed(application, branch.application)) {
    problems.push(`its trailer names the application ${application}`);
  }
  return problems;
}

/** Names stand in trailers as `name` or `namespace/name`, perhaps with a uid behind. */
const isNamed = (value: string, name: string): boolean =>
  value.split(/\s+/).some((word) => word === name || word.endsWith(`/${name}`));

/** The commits that tickets say they put on this branch: those of past visits, and those of a visit under way. */
function recordedCommits({ namespace, application, station }: Branch, { tickets }: Snapshot) {
  const key = `${namespace}/${application}`;
  const stamps = tickets.flatMap(({ status }) => status?.stamps ?? []).filter((stamp) => stamp.station === station);
  const arrivals = tickets.flatMap(({ status }) => (status?.arrival?.station === station ? [status.arrival] : []));
  return {
    stamped: new Set(
      stamps
        .filter(({ result }) => result === 'Arrived')
        .flatMap(({ commits }) => commits ?? [])
        .filter((commit) => commit.application === key)
        .map(({ commit }) => commit),
    ),
    listed: new Set(
      arrivals
        .flatMap(({ applications }) => applications)
        .filter((one) => `${one.namespace}/${one.name}` === key)
        .flatMap(({ commit, withdrawn = [] }) => [...(commit === undefined ? [] : [commit]), ...withdrawn]),
    ),
  };
}

/** Everything that the ticket carried, absorbed changes included. */
const imagesOf = ({ spec, status }: Ticket): Image[] =>
  [...(status?.absorbed ?? []).map(({ change }) => change), spec.change].flatMap((change) => change?.images ?? []);

function contentProblems(ticket: Ticket, found: BranchEvidence): string[] {
  const problems = found.files.includes(STATE_FILE) ? [] : [`${STATE_FILE} is missing`];
  return [...problems, ...imageProblems('the manifests show', ticket, found.images)];
}

/** Whether each image of the ticket is among those that somebody shows. */
function imageProblems(who: string, ticket: Ticket, images: readonly string[]): string[] {
  return imagesOf(ticket).flatMap(({ repoURL, tag, digest }) => {
    const shown = images.filter((image) => image.startsWith(`${repoURL}:`) || image.startsWith(`${repoURL}@`));
    const right = shown.some((image) =>
      tag ? image.split('@')[0] === `${repoURL}:${tag}` : image.endsWith(`@${digest}`),
    );
    return right ? [] : [`${who} ${shown.join(', ') || `no ${repoURL}`}, not ${tag ?? digest}`];
  });
}

/** A ticket behind this one may have moved the branch on; Argo CD must show this one's commit or a later one. */
function applicationProblems(branch: Branch, ticket: Ticket, found: BranchEvidence, snapshot: Snapshot): string[] {
  const [mine] = commitsOf(ticket, found);
  const name = `Application ${branch.namespace}/${branch.application}`;
  const live = snapshot.applications.find(
    (one) => one.namespace === branch.namespace && one.name === branch.application,
  );
  if (live === undefined) return [`${name} does not exist`];
  const problems: string[] = [];
  const shown = found.commits.findIndex(({ sha }) => sha === live.revision);
  if (live.sync !== 'Synced') problems.push(`${name} is ${live.sync ?? 'not compared yet'}`);
  if (mine !== undefined && (shown < 0 || shown > found.commits.indexOf(mine))) {
    problems.push(`${name} shows ${live.revision ?? 'nothing'}, not ${mine.sha}`);
  }
  if (live.health !== 'Healthy') problems.push(`${name} is ${live.health ?? 'of unknown health'}`);
  return [...problems, ...imageProblems('it deployed', ticket, live.images ?? []).map((words) => `${name}: ${words}`)];
}
