/** What a station has on record of its applications once an arrival is over (rules D7, H1). */

import type { ApplicationStatus, Arrival, ArrivalApplication, ListedState, StationStatus } from '../../../lib/api';
import { isSame, keyOf, stateAt, StateList } from '../facts/state';

/** The applications, and the list of states that they refer to. */
export type Recorded = Required<Pick<StationStatus, 'applications' | 'states'>>;

const shownBy = (arrival: Arrival, one: ArrivalApplication): boolean =>
  arrival.pushed !== undefined || one.shown === true;

/** Looks a state up in the list that it is in and puts it into the new one. */
function moveState(
  list: StateList,
  states: readonly ListedState[] | undefined,
  index: number | undefined,
): number | undefined {
  const state = stateAt(states, index);
  return state === undefined ? undefined : list.place(state);
}

/** An entry that the arrival leaves as it is, its states moved to the new list. */
function kept(list: StateList, status: StationStatus, entry: ApplicationStatus): ApplicationStatus {
  const { name, namespace, head, good } = entry;
  const goodState = moveState(list, status.states, good?.state);
  const headState = moveState(list, status.states, head?.state);
  return {
    name,
    namespace,
    ...(head && { head: { commit: head.commit, ...(headState !== undefined && { state: headState }) } }),
    ...(good && goodState !== undefined && { good: { ...good, state: goodState } }),
  };
}

/** The good commit that the arrival read back from a branch, where the station had no record of one (rule A7). */
function recoveredGood(list: StateList, arrival: Arrival, one: ArrivalApplication): ApplicationStatus['good'] {
  const state = moveState(list, arrival.states, one.recovered?.state);
  if (one.recovered === undefined || state === undefined) return undefined;
  return { commit: one.recovered.commit, state, recovered: true };
}

/** An entry after its branch was seen to show our commit. */
function advanced(
  { name, namespace }: ArrivalApplication,
  commit: string,
  state: number | undefined,
  good: ApplicationStatus['good'],
  completed: boolean,
): ApplicationStatus {
  if (completed && state !== undefined) return { name, namespace, head: { commit }, good: { commit, state } };
  const differs = state !== undefined && state !== good?.state;
  return { name, namespace, head: { commit, ...(differs && { state }) }, ...(good && { good }) };
}

/** The applications after the arrival, and the list of states that they refer to, each once. */
export function recordAfter(status: StationStatus, arrival: Arrival, completed: boolean): Recorded {
  const list = new StateList();
  const applications: ApplicationStatus[] = [];
  for (const { entry, one } of entriesOf(status, arrival)) {
    const commit = one !== undefined && one.result !== 'Skipped' && shownBy(arrival, one) ? one.commit : undefined;
    if (one === undefined || commit === undefined) {
      if (entry !== undefined) applications.push(kept(list, status, entry));
      continue;
    }
    // What a completed arrival replaces leaves no state behind.
    const present = entry === undefined || completed ? undefined : kept(list, status, entry);
    const good = completed ? undefined : (present?.good ?? recoveredGood(list, arrival, one));
    applications.push(advanced(one, commit, moveState(list, arrival.states, one.state), good, completed));
  }
  return { applications, states: list.states };
}

/** An application with what the station has on record of it, and what the arrival has. */
interface Entries {
  readonly key: string;
  readonly entry?: ApplicationStatus;
  readonly one?: ArrivalApplication;
}

/** Every application of the station's record or the arrival's, in the order of their names. */
function entriesOf({ applications: recorded = [] }: StationStatus, { applications: arrived }: Arrival): Entries[] {
  const entries: Entries[] = [];
  for (const entry of recorded)
    entries.push({ key: keyOf(entry), entry, one: arrived.find((one) => isSame(one, entry)) });
  for (const one of arrived)
    if (!recorded.some((entry) => isSame(entry, one))) entries.push({ key: keyOf(one), entry: undefined, one });
  return entries.sort((one, other) => (one.key < other.key ? -1 : 1));
}
