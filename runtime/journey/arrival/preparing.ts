/** The first stage of an arrival: its commits are made, shown to nobody, and recorded (rules A2-A8, D2, F4). */

import type { Arrival, ArrivalApplication, Entry, WaitingReason } from '../../../lib/api';
import { foundOtherwise } from '../visits/approval';
import { statesFit } from '../facts/bounds';
import { failClosed, standAgainClosed } from './closing';
import type { JobFact, Prepared, PreparedApplication } from '../facts/job';
import { shorten } from '../plan/obstacle';
import { approvalsAt, listedFor, prepareJob, prepareKey, takesPart } from '../visits/prepare-job';
import { arrivalAt } from '../facts/ride';
import { isSame, StateList } from '../facts/state';
import { suspension } from '../plan/suspension';
import { emptyArrival, shutAgain, stopOf, waitInStation, type Visit } from './visit';

/** How long a render may take before its ticket says that it is being rendered: most take less than a write. */
const SAY_RENDERING_AFTER_MS = 2_000;
/** The same with other renders before it, the wait for them included: each that said so would only make it longer. */
const SAY_IN_TURN_AFTER_MS = 30_000;

/** Waits that a new try does not end; only its success does. */
const UNAVAILABLE: readonly WaitingReason[] = ['GitUnavailable', 'RendererUnavailable'];

/** Says that it renders, once that has taken longer than a write would; another try of what failed says nothing new. */
function sayRendering(
  visit: Visit,
  arrival: Arrival | undefined,
  fact?: Extract<JobFact<Prepared>, { state: 'Running' }>,
): void {
  const { draft, ticket, station } = visit;
  const { since = draft.now, inTurn = false } = fact ?? {};
  const sayAt = new Date(since.getTime() + (inTurn ? SAY_IN_TURN_AFTER_MS : SAY_RENDERING_AFTER_MS));
  if (!draft.hasCome(sayAt)) return;
  if (UNAVAILABLE.some((reason) => reason === ticket.status?.waiting?.reason)) return;
  // One wording for the line and the render behind it: the end of the wait alone is not worth a write.
  const turn = inTurn ? ', in turn with those of other tickets' : '';
  const message = `renders the applications of ${station.metadata.name}${turn}`;
  waitInStation(visit, arrival, { reason: 'Rendering', message });
}

/** Makes the commits and records them, or says what keeps them from being made. */
export function prepare(visit: Visit, arrival: Arrival | undefined): void {
  const { draft, ticket, station } = visit;
  const somethingShown = arrival?.applications.some((one) => one.shown) ?? false;
  if (!somethingShown && shutAgain(visit) !== undefined) return standAgainClosed(visit, arrival);
  const stop = stopOf(visit);
  const key = prepareKey(stop, visit.start);
  const fact = draft.askFor('prepare', key, () => prepareJob(stop, visit.start, key));
  if (fact === undefined || fact.state === 'Running') {
    return sayRendering(visit, arrival, fact);
  }
  if (fact.state === 'Failed') return waitInStation(visit, arrival, fact);
  const failed = fact.result.find((one) => one.outcome === 'Failed');
  if (failed) return failClosed(visit, failed, arrival ?? emptyArrival(visit));
  const suspended = fact.result.find((one) => one.outcome === 'Suspended');
  if (suspended) {
    draft.askAgain(prepareJob(stop, visit.start));
    return waitInStation(visit, arrival, suspension(suspended.reference, suspended.ownership, ticket), true);
  }
  const asked = somethingShown || ticket.spec.rollback !== undefined;
  const otherwise = asked ? undefined : foundOtherwise(ticket, station, fact.result);
  if (otherwise !== undefined) return standForOtherTrees(visit, arrival, otherwise);
  record(visit, fact.result);
}

/** Rule F4: what would be recorded is not what was approved. The ticket says so first, and shuts its own gate by it. */
function standForOtherTrees(visit: Visit, arrival: Arrival | undefined, entry: Entry): void {
  visit.draft.writeTicket(visit.ticket, { ...visit.ticket.status, entry });
  standAgainClosed(visit, arrival);
}

/** Whether the commit waits on a branch of its own: only into a branch that exists can a pull request be opened (rule D9). */
const isByRequest = (
  { station }: Visit,
  one: Extract<PreparedApplication, { outcome: 'Commit' | 'NoChange' }>,
): boolean => station.spec.via === 'PullRequest' && one.outcome === 'Commit' && one.parent !== undefined;

/** Rule D2: nothing is pushed that is not recorded. */
function record(visit: Visit, prepared: Prepared): void {
  const states = new StateList();
  const stop = stopOf(visit);
  const applications = visit.station.spec.applications.map((reference): ArrivalApplication => {
    const { name, namespace, repoURL, branch } = reference;
    if (!takesPart(stop, visit.start, reference))
      return { name, namespace, result: 'Skipped', message: 'The application is disabled.' };
    const one = prepared.find((candidate) => isSame(candidate.reference, reference));
    if (one === undefined || one.outcome === 'Failed' || one.outcome === 'Suspended')
      return { name, namespace, result: 'Skipped', message: 'It has no good state to put back.' };
    const withdrawn = listedFor(stop, reference).filter((commit) => commit !== one.commit);
    const { recovered } = one;
    return {
      name,
      namespace,
      repoURL,
      branch,
      parent: one.parent,
      tree: one.tree,
      commit: one.commit,
      withdrawn: withdrawn.length === 0 ? undefined : withdrawn,
      state: states.place(one.state),
      renderer: one.renderer,
      recovered: recovered && { commit: recovered.commit, state: states.place(recovered.state) },
      result: one.outcome,
      via: isByRequest(visit, one) ? 'PullRequest' : undefined,
      message: shorten(isByRequest(visit, one) ? `${one.message}: ${one.trees.summary}` : one.message),
    };
  });
  const approvals = approvalsAt(stop, visit.start);
  const arrival = {
    ...emptyArrival(visit),
    states: states.states.length === 0 ? undefined : states.states,
    approvals: approvals.length === 0 ? undefined : [...approvals],
    applications,
  };
  if (!statesFit(visit.station, visit.ticket, arrival)) return failForSize(visit, arrival);
  const branches = applications.flatMap((one) => one.branch ?? []).join(', ');
  waitInStation(visit, arrival, { reason: 'Pushing', message: `pushes to ${branches}` });
}

/** Rule H1: what cannot be kept on record is not put on any branch. */
function failForSize(visit: Visit, arrival: Arrival): void {
  const { station } = visit;
  const { states = [] } = arrival;
  const { name } = station.metadata;
  const images = new Set(states.flatMap((state) => state.images ?? []).map((image) => image.repoURL)).size;
  const charts = new Set(states.flatMap((state) => state.charts ?? []).map((chart) => chart.name)).size;
  const message =
    `the ${station.spec.applications.length} applications of station ${name} would show ${images} images and ` +
    `${charts} charts in ${states.length} combinations, more than one Station can keep on record: split the station`;
  failClosed(visit, { reason: 'TooLarge', message }, arrivalAt(station, visit.ticket) ?? emptyArrival(visit));
}
