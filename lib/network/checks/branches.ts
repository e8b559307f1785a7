/** Branches and folders that Git cannot hold, or cannot hold beside each other. */

import { branchProblem, folderProblem, refsAbove } from '../git-ref';
import type { Network } from '../network';
import { overlaysByRepository, pullRequestRef } from '../overlays';
import { repositoryIdentity } from '../repository-url';
import type { Problem } from '../problem';

/** What a ref of a repository is for, and who says so. */
interface Claim {
  readonly ref: string;
  readonly kind: 'rendered' | 'source' | 'pull request';
  /** Who: an Application, or a subscription. */
  readonly owner: string;
  readonly path: string;
}

/** Branches that collide: the same for two purposes, or one that would be a folder of another (rule L5). */
export function collidingBranches(network: Network): Problem[] {
  return [...claimsByRepository(network)].flatMap(([repository, claims]) => {
    const byRef = new Map<string, Claim[]>();
    for (const claim of claims) {
      const same = byRef.get(claim.ref);
      if (same === undefined) byRef.set(claim.ref, [claim]);
      else same.push(claim);
    }
    return [
      ...[...byRef.values()].flatMap((same) => sameBranch(repository, same)),
      ...[...byRef.values()].flatMap((same) => branchBelow(repository, same, byRef)),
    ];
  });
}

function sameBranch(repository: string, claims: readonly Claim[]): Problem[] {
  const rendered = claims.find(({ kind }) => kind === 'rendered');
  if (rendered === undefined) return [];
  const others = new Map(
    claims
      .filter((each) => each.owner !== rendered.owner || each.kind !== 'rendered')
      .map((each) => [each.owner, each]),
  );
  return [...others.values()].map((other) => ({
    severity: 'error',
    path: other.path,
    value: other.ref,
    message:
      other.kind === 'rendered'
        ? `branch '${other.ref}' of ${repository} is rendered for two Applications, ${rendered.owner} (${rendered.path}) and ${other.owner}`
        : `branch '${other.ref}' of ${repository} is the source of ${other.owner} and rendered for ${rendered.owner} (${rendered.path})`,
    fix: 'give each Application its own `branch`, apart from the source branch',
  }));
}

function branchBelow(repository: string, claims: readonly Claim[], byRef: ReadonlyMap<string, Claim[]>): Problem[] {
  const [claim] = claims;
  if (claim === undefined) return [];
  return refsAbove(claim.ref).flatMap((ref) => {
    const above = byRef.get(ref)?.[0];
    return above === undefined
      ? []
      : [
          {
            severity: 'error',
            path: claim.path,
            value: claim.ref,
            message: `${described(claim)} lies below ${described(above)} (${above.path}), and Git cannot hold both in ${repository}`,
            fix: `rename one of them with \`branch\``,
          },
        ];
  });
}

const described = ({ kind, ref, owner }: Claim): string =>
  kind === 'pull request' ? `'${ref}' for the pull requests of ${owner}` : `the ${kind} branch '${ref}' of ${owner}`;

function claimsByRepository(network: Network): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  const sources = new Set<string>();
  const claim = (repository: string, ref: string, kind: Claim['kind'], owner: string, path: string) => {
    if (kind === 'source' && sources.size === sources.add(`${repository} ${ref}`).size) return;
    const list = claims.get(repository);
    if (list === undefined) claims.set(repository, [{ ref, kind, owner, path }]);
    else list.push({ ref, kind, owner, path });
  };
  for (const [repository, overlays] of overlaysByRepository(network)) {
    for (const { branch, application, station, reference } of overlays) {
      claim(repository, branch, 'rendered', application, station.path);
      claim(repository, reference.sourceBranch, 'source', application, station.path);
      if (station.spec.via === 'PullRequest') {
        claim(
          repository,
          `${pullRequestRef(station, reference.name)}/<ticket>`,
          'pull request',
          application,
          station.path,
        );
      }
    }
  }
  for (const track of network.tracks.values()) {
    for (const { name, source } of track.spec.subscriptions) {
      if (source === undefined) continue;
      claim(repositoryIdentity(source.repoURL), source.branch, 'source', `subscription ${name}`, track.path);
    }
  }
  return claims;
}

/** Branches and folders that cannot be called that. */
export function impossibleRefs(network: Network): Problem[] {
  const fix = {
    branch: 'set another `branch`',
    folder: 'write a folder inside the repository',
  };
  return [
    ...[...network.stations.values()].flatMap(({ path, namespace, name, spec }) =>
      spec.applications.flatMap((reference) => {
        return [
          ...wrong(path, 'branch', reference.branch, branchProblem(reference.branch), fix.branch),
          ...wrong(path, 'source branch', reference.sourceBranch, branchProblem(reference.sourceBranch), fix.branch),
          ...wrong(path, 'folder', reference.folder, folderProblem(reference.folder), fix.folder),
          ...wrong(path, 'overlay', reference.overlay, overlayProblem(reference.overlay), fix.folder),
          ...(spec.via === 'PullRequest'
            ? wrongRequest(path, pullRequestRef({ namespace, name }, reference.name))
            : []),
        ];
      }),
    ),
    ...[...network.tracks.values()].flatMap(({ path, spec }) =>
      spec.subscriptions.flatMap(({ source }) =>
        source === undefined
          ? []
          : [
              ...wrong(path, 'source branch', source.branch, branchProblem(source.branch), fix.branch),
              ...wrong(path, 'folder', source.folder, folderProblem(source.folder), fix.folder),
            ],
      ),
    ),
  ];
}

function wrongRequest(path: string, ref: string): Problem[] {
  return wrong(path, 'ref', ref, branchProblem(`${ref}/uid`), 'rename the Application, or use `via: Push`');
}

const overlayProblem = (overlay: string) => (overlay === '' ? 'is empty' : folderProblem(overlay));

function wrong(path: string, what: string, value: string, problem: string | undefined, fix: string): Problem[] {
  return problem === undefined
    ? []
    : [{ severity: 'error', path, value, message: `the ${what} '${value}' ${problem}`, fix }];
}
