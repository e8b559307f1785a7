/** What decisions are told of the world beyond what they decide on, out of a world in memory. */

import { overlayPath, type AnalysisView, type Facts, type JobFact, type JobResults } from '../runtime/journey';
import type { Jobs } from './jobs';
import type { Model } from './model';
import type { Resources } from './resources';
import { aloneAt, childrenOf, onTrack, rollbacksOf } from './shelf';

const NO_FAULTS: readonly string[] = [];
const NO_RUNS: readonly AnalysisView[] = [];

/** @param jobs what is known of jobs */
export function factsOf(resources: Resources, model: Model, jobs: Jobs): Facts {
  return {
    // What is wrong with a network keeps it from being simulated.
    faults: () => NO_FAULTS,
    precondition: () => ({ ok: true }),
    judge: (reference, expectation) => model.judge(reference, expectation),
    health: () => 'Healthy',
    live: (reference) => model.head(reference),
    ticket: (uid) => resources.tickets.byUid(uid),
    ticketsOn: (track) => resources.tickets.of(onTrack(track.metadata)),
    children: (parentUid) => resources.tickets.of(childrenOf(parentUid)),
    reported: (reference) => model.head(reference) ?? '',
    named: (uid) => resources.isNamed(uid),
    singlesAt: (place) => resources.tickets.of(aloneAt(place)),
    rollbackOf: (failedUid) => resources.tickets.of(rollbacksOf(failedUid))[0],
    track: ({ namespace, name }) => resources.tracks.get(`${namespace}/${name}`),
    trackOf: (uid) => resources.tracks.byUid(uid),
    overlays: (repoURL) => [
      ...new Set(
        [...resources.stations.values()]
          .flatMap(({ spec }) => spec.applications)
          .filter((reference) => reference.repoURL === repoURL)
          .map(overlayPath),
      ),
    ],
    isRendered: (branch) => resources.stations.isRendered(branch),
    station: ({ namespace, name }) => resources.stations.get(`${namespace}/${name}`),
    seat: (uid) => resources.stations.seat(uid),
    visitors: (station) =>
      [...resources.tickets.values()].filter((ticket) => ticket.status?.arrival?.station === station.metadata.name),
    analysis: (place) => model.runs.get(`${place.namespace}/${place.name}`),
    analysesAt: ({ namespace, name }) =>
      model.runs.size === 0
        ? NO_RUNS
        : [...model.runs.values()].filter((run) => run.namespace === namespace && run.station === name),
    // A fact under this key was put there by a job of this kind, so its result is of that kind.
    job: <K extends keyof JobResults>(kind: K, key: string) =>
      jobs.get(kind, key) as JobFact<JobResults[K]> | undefined,
  };
}
