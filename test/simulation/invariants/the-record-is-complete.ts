/** I5: from Git history and the ticket alone one can tell what was deployed where, when and why. */

import { TRAILERS } from '../../../lib/api';
import { isRuntime, keyOf, type Evidence, type Landing } from './evidence';

export function theRecordIsComplete(evidence: Evidence): string[] {
  return [
    ...evidence.landings.flatMap((landing) => told(evidence, landing)),
    ...stamped(evidence),
    ...readable(evidence),
  ];
}

function told(evidence: Evidence, landing: Landing): string[] {
  const { commit, time, ticket: name, station: place, application } = landing;
  const short = `${commit.commit.slice(0, 7)} on ${landing.branch}`;
  const ticket = evidence.ticketAt(name, time)?.object;
  if (ticket === undefined) return [`${short} names no ticket that there was`];
  const found: string[] = [];
  const starts = [...evidence.stations.values()].flat().flatMap(({ object }) => {
    const { occupant } = object.status ?? {};
    return keyOf(object.metadata) === place && occupant?.uid === ticket.metadata.uid
      ? [Date.parse(occupant.start)]
      : [];
  });
  if (!starts.includes(commit.committer.date.getTime())) {
    found.push(`${short} is dated ${commit.committer.date.toISOString()}, when ${name} did not take ${place}`);
  }
  if (!commit.trailers.some(({ key, value }) => key === TRAILERS.change && value !== ''))
    found.push(`${short} does not say its change`);
  const { objects } = evidence.scene.git;
  const oid = objects.filesNow(commit.commit).get('.k8sta/state.yaml');
  const bytes = oid === undefined ? undefined : objects.blob(oid);
  const record = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
  const own = [`station: ${place}`, `application: ${application}`];
  // A branch begins with nothing, where everything enters it by pull request.
  const begins = landing.before === undefined && objects.filesNow(commit.commit).size === 0;
  if (!begins && !own.every((line) => record.includes(line))) found.push(`${short} has no state.yaml of its own`);
  return found;
}

/** What a stamp says was deployed is in the history of a branch. */
function stamped(evidence: Evidence): string[] {
  const { git } = evidence.scene;
  const shown = new Set(git.history.flatMap(({ after }) => after ?? []));
  return [...evidence.tickets.values()].flatMap((versions) => {
    const ticket = versions.at(-1)?.object;
    return (ticket?.status?.stamps ?? []).flatMap((stamp) =>
      stamp.result !== 'Arrived' && stamp.result !== 'NoChange'
        ? []
        : (stamp.commits ?? [])
            .filter(({ commit }) => !shown.has(commit))
            .map(
              ({ commit }) =>
                `${ticket?.metadata.name} says that it left ${commit.slice(0, 7)} at ${stamp.station}, which no branch ever showed`,
            ),
    );
  });
}

/** What the runtime writes can be read by the runtime. */
const readable = (evidence: Evidence): string[] =>
  evidence.scene.errors
    .filter((one) => one.includes('cannot be read'))
    .concat(
      evidence.scene.api.history
        .filter(({ by, type }) => isRuntime(by) && type === 'DELETED')
        .map(({ object }) => `the runtime deleted ${object.kind} ${object.metadata.name}`),
    );
