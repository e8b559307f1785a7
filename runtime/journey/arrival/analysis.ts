/**
 * The exit gate `analysis`: runs of Argo Rollouts, one for each analysis of the station (rules F5, L10). A run is named
 * in the ticket before it is made, and known again by its name.
 */

import type { Analysis, AnalysisArgument, Arrival, RenderedState, Station } from '../../../lib/api';
import type { AnalysisView } from '../facts/analysis-view';
import { canonical } from '../facts/canonical';
import { wholeChange } from '../facts/cargo';
import type { Failure } from '../visits/ending';
import { fingerprint } from '../facts/fingerprint';
import type { AnalyseJob } from '../facts/job';
import type { Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { arrivalAt, arrivalIsStamped } from '../facts/ride';
import { keyOf, sameRepository, stateAt } from '../facts/state';
import type { Visit } from './visit';

const NAME_LENGTH = 40;

/** One analysis of one attempt. */
interface Run {
  readonly name: string;
  readonly analysis: Analysis;
}

/**
 * The runs of an arrival. Each name follows from ticket, station and attempt: what was pushed, under the gates as they
 * are now.
 */
export function runsOf(visit: Visit, arrival: Arrival): Run[] {
  const { ticket, station } = visit;
  // What was good has held its exit gates once (rule G3).
  const analyses = ticket.spec.rollback ? undefined : station.spec.exit?.analyses;
  if (analyses === undefined || analyses.length === 0) return [];
  const commits = arrival.applications.map((one) => `${keyOf(one)} ${one.commit ?? ''}`);
  const stem = ticket.metadata.name.slice(0, NAME_LENGTH).replace(/[^a-z0-9]+$/, '');
  return analyses.map((analysis, index) => {
    const identity = [ticket.metadata.uid, station.metadata.uid, arrival.start, commits, index, analysis];
    return { analysis, name: `${stem}-${fingerprint(canonical(identity)).slice('sha256:'.length).slice(0, 10)}` };
  });
}

const viewOf = ({ draft, station }: Visit, { name }: Run): AnalysisView | undefined =>
  draft.snapshot.facts.analysis({ namespace: station.metadata.namespace, name });

/** What the metrics of a run said, those that ended it first. */
function wordsOf({ phase, message, metrics }: AnalysisView): string {
  const guilty = metrics.filter((metric) => metric.phase === phase);
  const said = guilty.map((metric) => `metric ${metric.name}${metric.message === '' ? '' : `: ${metric.message}`}`);
  return [...said, ...(message === '' ? [] : [message])].join('; ') || `it ended ${phase}`;
}

/** The run that ends the ticket, if one does. */
export function failedAnalysis(visit: Visit, arrival: Arrival): Failure | undefined {
  for (const run of runsOf(visit, arrival)) {
    const view = viewOf(visit, run);
    if (view?.phase !== 'Failed' && view?.phase !== 'Error') continue;
    const message = `analysis ${run.analysis.template} (${run.name}) ended ${view.phase}: ${wordsOf(view)}`;
    return { reason: 'AnalysisFailed', message };
  }
  return undefined;
}

/** What the analyses say of the arrival. */
export interface AnalysisGate {
  /** The first that is shut, if any. */
  readonly obstacle?: Obstacle;
  /** Only a person's word opens it. */
  readonly suspended?: true;
  /** Who took what as passed. */
  readonly taken: readonly string[];
}

/** Whether the analyses let the ticket go; asks for the runs that are not there yet. */
export function analysisGate(visit: Visit, arrival: Arrival): AnalysisGate {
  const taken: string[] = [];
  const shut: Obstacle[] = [];
  for (const run of runsOf(visit, arrival)) {
    const view = viewOf(visit, run);
    const { template } = run.analysis;
    if (view === undefined) shut.push(start(visit, arrival, run));
    else if (view.phase === 'Inconclusive') {
      const by = visit.ticket.spec.resumes?.find((resume) => resume.uid === view.uid)?.by;
      if (by === undefined) return { obstacle: inconclusive(visit, run, view), suspended: true, taken };
      taken.push(`analysis ${template} was inconclusive, and ${by} took it as passed`);
    } else if (view.phase !== 'Successful') {
      shut.push({
        reason: 'Analysis',
        message: `waits for analysis ${template}: AnalysisRun ${run.name} is under way`,
      });
    }
  }
  const [obstacle] = shut;
  return obstacle === undefined ? { taken } : { obstacle, taken };
}

function inconclusive({ ticket }: Visit, { name, analysis }: Run, view: AnalysisView): Obstacle {
  return {
    reason: 'Analysis',
    message: `analysis ${analysis.template} is inconclusive: ${wordsOf(view)}. To take it as passed: k8sta resume ${ticket.metadata.name} --namespace ${ticket.metadata.namespace}, or add {uid: ${view.uid}, by: <you>} to spec.resumes of ${ticket.metadata.name}; AnalysisRun ${name} has the measurements. To end the ticket, set spec.abort`,
    resume: { uid: view.uid },
  };
}

/** A run that is not there: it is named in status first, then made. */
function start(visit: Visit, arrival: Arrival, run: Run): Obstacle {
  const { draft, ticket, station } = visit;
  const { template } = run.analysis;
  const starting: Obstacle = { reason: 'Analysis', message: `starts analysis ${template}` };
  if (!ticket.status?.arrival?.analyses?.includes(run.name)) return starting;
  const args = argumentsOf(visit, arrival, run.analysis);
  if ('problem' in args) return { reason: 'Analysis', message: `analysis ${template} cannot start: ${args.problem}` };
  const job: AnalyseJob = {
    kind: 'analyse',
    key: `${station.metadata.namespace}/${run.name}`,
    namespace: station.metadata.namespace,
    name: run.name,
    template,
    clusterScope: run.analysis.clusterScope,
    args: args.values,
    ticket: { name: ticket.metadata.name, uid: ticket.metadata.uid },
    station: station.metadata.name,
  };
  const fact = draft.ask(job);
  if (fact?.state !== 'Failed') return starting;
  return { reason: fact.reason, message: `analysis ${template} cannot start: ${fact.message}` };
}

type Values = { readonly values: AnalyseJob['args'] } | { readonly problem: string };

/** Rule L10: the values of the ticket; what its change lacks comes from the state that the station shows. */
function argumentsOf(visit: Visit, arrival: Arrival, { args }: Analysis): Values {
  const values: { name: string; value: string }[] = [];
  for (const argument of args) {
    const value = argument.value ?? (argument.valueFrom && valueOf(visit, arrival, argument.valueFrom));
    if (value === undefined) {
      const { imageTag, imageDigest, sourceCommit } = argument.valueFrom ?? {};
      const what = sourceCommit === undefined ? (imageTag === undefined ? 'the digest' : 'the tag') : 'the commit';
      const of = sourceCommit ?? imageTag ?? imageDigest ?? '';
      return {
        problem: `neither the change nor the station's state has ${what} of ${of}, for argument ${argument.name}`,
      };
    }
    values.push({ name: argument.name, value });
  }
  return { values };
}

function valueOf(
  { ticket, station }: Visit,
  arrival: Arrival,
  from: NonNullable<AnalysisArgument['valueFrom']>,
): string | undefined {
  const change = wholeChange(ticket);
  const states = statesOf(arrival);
  if (from.ticket !== undefined) return ticket.metadata.name;
  if (from.station !== undefined) return station.metadata.name;
  if (from.sourceCommit !== undefined) {
    const repository = from.sourceCommit;
    const carried = change.sources?.findLast((source) => sameRepository(source.repoURL, repository))?.commit;
    return carried ?? states.find(({ repoURL }) => sameRepository(repoURL, repository))?.state.base;
  }
  const images = [...(change.images ?? []), ...states.flatMap(({ state }) => state.images ?? [])];
  const { imageTag, imageDigest } = from;
  if (imageTag !== undefined) return images.find((one) => one.repoURL === imageTag && one.tag !== undefined)?.tag;
  return images.find((one) => one.repoURL === imageDigest && one.digest !== undefined)?.digest;
}

const statesOf = (arrival: Arrival): { repoURL: string; state: RenderedState }[] =>
  arrival.applications.flatMap(({ repoURL = '', state: index }) => {
    const state = stateAt(arrival.states, index);
    return state === undefined ? [] : [{ repoURL, state }];
  });

const OVER: readonly AnalysisView['phase'][] = ['Successful', 'Failed', 'Error', 'Inconclusive'];

/** Rule F5: a run outlives its arrival no longer than it takes to tell it so. */
export function endStrayRuns(draft: Draft, place: { namespace: string; name: string }, station?: Station): void {
  const { facts } = draft.snapshot;
  const occupant = station?.status?.occupant;
  const ticket = occupant === undefined ? undefined : facts.ticket(occupant.uid);
  const seated = station !== undefined && ticket !== undefined && !arrivalIsStamped(station, ticket);
  const wanted = seated ? (arrivalAt(station, ticket)?.analyses ?? []) : [];
  for (const run of facts.analysesAt(place)) {
    if (OVER.includes(run.phase) || run.terminated || wanted.includes(run.name)) continue;
    draft.endAnalysis(run);
  }
}
