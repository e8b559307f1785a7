import type { ApplicationSource, ApplicationView, Precondition } from '../journey/facts/application';
import { AUTHORIZED_STATION } from './annotations';
import { branchKey, branchKeysOf, isOnBranch, type Branch } from './branch';

/** A Station that names an Application. */
export interface Claimant {
  readonly namespace: string;
  /** Its name. */
  readonly station: string;
}

/** A station's claim on an Application. */
export interface Claim extends Branch, Claimant {}

/**
 * Whether a station may write to the branch that it believes an Application syncs. Whatever a Station says, the live
 * Application decides: it must exist, consent, sync exactly that branch at its root, and be alone on it. Where another
 * station could drive it as well, neither does (rule C3).
 *
 * @param view `undefined` where the Application does not exist
 * @param others further Applications that may sync the same branch, for instance an index's entry for `branchKey(claim)`;
 *   the Application itself may be among them
 * @param claimants the Stations that name the Application; this one may be among them
 */
export function preconditions(
  view: ApplicationView | undefined,
  claim: Claim,
  others: Iterable<ApplicationView> = [],
  claimants: readonly Claimant[] = [],
): Precondition {
  if (view === undefined) {
    return refused(
      'ApplicationMissing',
      'the Application does not exist: create it, or correct its name and namespace in the Station',
    );
  }
  const application = `Application ${view.namespace}/${view.name}`;
  if (view.deletionTimestamp !== undefined) {
    return refused(
      'ApplicationMissing',
      `${application} is being deleted: create it again, or take it out of the Station`,
    );
  }
  return (
    consent(view, claim, application) ??
    onlyOne(view, claim, claimants, application) ??
    ownBranch(view, claim, application) ??
    alone(view, claim, others) ?? { ok: true }
  );
}

/** What is said of an Application in a namespace that the runtime does not look at, whether it exists or not. */
export function outOfSight({ namespace, name }: { readonly namespace: string; readonly name: string }): Precondition {
  return refused(
    'ApplicationMissing',
    `Application ${namespace}/${name} is not looked at: name its namespace to the runtime (--argocd-namespace ${namespace}; ` +
      'argocdNamespaces of TransitAuthority), or correct it in the Station',
  );
}

const mayDrive = (view: ApplicationView, { namespace, station }: Claimant): boolean =>
  view.namespace === namespace || view.authorizedStation === `${namespace}/${station}`;

function onlyOne(
  view: ApplicationView,
  { namespace, station }: Claim,
  claimants: readonly Claimant[],
  application: string,
): Precondition | undefined {
  // Whoever names it and may not drive it keeps nobody from it.
  const rival = claimants.find(
    (one) => (one.namespace !== namespace || one.station !== station) && mayDrive(view, one),
  );
  if (rival === undefined) return undefined;
  return refused(
    'SharedBranch',
    `${application} is driven by Station ${rival.namespace}/${rival.station} too: let one of them drive it`,
  );
}

function consent(view: ApplicationView, claim: Claim, application: string): Precondition | undefined {
  const station = `${claim.namespace}/${claim.station}`;
  if (mayDrive(view, claim)) return undefined;
  const present =
    view.authorizedStation === undefined
      ? `has not consented to be driven by Station ${station}`
      : `consents to Station ${view.authorizedStation}, not to ${station}`;
  return refused(
    'NotConsented',
    `${application} ${present}: kubectl annotate --overwrite -n ${view.namespace} applications.argoproj.io ${view.name} ` +
      `${AUTHORIZED_STATION}=${station}`,
  );
}

function ownBranch(view: ApplicationView, claim: Claim, application: string): Precondition | undefined {
  const ours = view.sources.find((source) => isOnBranch(source, claim));
  if (ours === undefined) {
    return refused(
      'WrongBranch',
      `${application} syncs ${view.sources.map(describe).join(' and ') || 'nothing'}, the Station says branch ` +
        `${claim.branch} of ${claim.repoURL}: correct the one that is wrong`,
    );
  }
  if (view.sources.length > 1) {
    return refused(
      'SharedBranch',
      `${application} has ${view.sources.length} sources: give it the rendered branch as its only one`,
    );
  }
  if (view.hydrated) {
    return refused(
      'SharedBranch',
      `${application} uses Argo CD's source hydrator, which writes branch ${claim.branch} itself: remove spec.sourceHydrator`,
    );
  }
  if (ours.path === '.') return undefined;
  return refused(
    'SharedBranch',
    `${application} syncs folder ${ours.path} of branch ${claim.branch}: a rendered branch belongs to one Application, ` +
      'so set its path to "."',
  );
}

function alone(view: ApplicationView, claim: Claim, others: Iterable<ApplicationView>): Precondition | undefined {
  const key = branchKey(claim);
  for (const other of others) {
    const itself = other.namespace === view.namespace && other.name === view.name;
    if (itself || !branchKeysOf(other).includes(key)) continue;
    return refused(
      'SharedBranch',
      `Application ${other.namespace}/${other.name} syncs branch ${claim.branch} of ${claim.repoURL} too: ` +
        'give each Application a branch of its own',
    );
  }
  return undefined;
}

function describe(source: ApplicationSource): string {
  if (source.chart !== undefined) return `chart ${source.chart} of ${source.repoURL}`;
  return `branch ${source.targetRevision || '(default)'} of ${source.repoURL}`;
}

function refused(reason: (Precondition & { ok: false })['reason'], message: string): Precondition {
  return { ok: false, reason, message };
}
