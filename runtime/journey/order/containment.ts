/** Whether a station has all of a ticket's change already, with its gates held for it (rules A4, A6, C5). */

import type { ApplicationReference, RenderedState, Station, Ticket } from '../../../lib/api';
import { cargoOf, type Piece } from '../facts/cargo';
import { descentJob, historyOf } from '../visits/descent';
import type { DescentQuestion } from '../facts/job';
import type { Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import {
  commitsFor,
  comparisons,
  isContained,
  keyOf,
  recordOf,
  sourceBranchOf,
  type SourceHistory,
} from '../facts/state';

/** Nothing that has to be compared is contained. */
const NOTHING: SourceHistory = { contains: () => false, onBranch: () => true };

/** A visit that needs no arrival. */
export interface Contained {
  /** Why, in a sentence. */
  readonly contained: string;
  /** Applications that the change concerns and that are disabled (rule C7). */
  readonly skipped: string[];
}

/** An application that the change concerns, with its good state. */
interface Concerned {
  readonly reference: ApplicationReference;
  readonly state: RenderedState;
}

/** Whether any part of the change is for the application. */
const concerns = (cargo: readonly Piece[], reference: ApplicationReference): boolean =>
  cargo.some(
    ({ change }) =>
      (change.images?.length ?? 0) + (change.charts?.length ?? 0) > 0 || commitsFor(change, reference).length > 0,
  );

/**
 * The enabled applications that the change concerns with their good states, and the keys of those that are disabled.
 *
 * @returns `undefined` where none is enabled, or one of them has no good state that has held gates
 */
function concernedAt(
  station: Station,
  cargo: readonly Piece[],
): { readonly states: readonly Concerned[]; readonly skipped: string[] } | undefined {
  const states: Concerned[] = [];
  const skipped: string[] = [];
  let isEnabled = false;
  for (const reference of station.spec.applications) {
    isEnabled ||= reference.enabled;
    if (!concerns(cargo, reference)) continue;
    if (reference.enabled) {
      const { good } = recordOf(station, reference);
      if (good === undefined || good.recovered) return undefined;
      states.push({ reference, state: good.state });
    } else skipped.push(keyOf(reference));
  }
  return isEnabled ? { states, skipped } : undefined;
}

/**
 * Judged over the enabled applications that the change concerns; a recovered good state has held no gates.
 *
 * @returns why the ticket need not arrive; `Unknown` while somebody looks into Git; an obstacle where nobody can
 */
export function containment(
  draft: Draft,
  ticket: Ticket,
  station: Station,
): Contained | 'Unknown' | Obstacle | undefined {
  const cargo = cargoOf(ticket);
  const concerned = concernedAt(station, cargo);
  if (concerned === undefined) return undefined;
  const { states, skipped } = concerned;
  if (states.length === 0) return { contained: 'The change concerns no application that is enabled here.', skipped };

  const holds = (history: SourceHistory): boolean =>
    states.every(({ reference, state }) => isContained(state, cargo, reference, history));
  const words = 'The good state of the station has all of the change, and has held its gates for it.';
  if (holds(NOTHING)) return { contained: words, skipped };
  if (!holds({ contains: () => true, onBranch: () => true })) return undefined;

  const questions = states.flatMap(({ reference, state }): DescentQuestion[] => {
    const pairs = cargo.flatMap(({ change }) => comparisons(state, change, reference));
    if (pairs.length === 0) return [];
    return [
      {
        repoURL: reference.repoURL,
        branch: sourceBranchOf(reference),
        incoming: [...new Set(pairs.map((pair) => pair.incoming))].sort(),
        recorded: [...new Set(pairs.map((pair) => pair.recorded))].sort(),
      },
    ];
  });
  const fact = draft.ask(descentJob(questions));
  if (fact === undefined || fact.state === 'Running') return 'Unknown';
  if (fact.state === 'Failed') return { reason: fact.reason, message: fact.message };
  return holds(historyOf(fact.result)) ? { contained: words, skipped } : undefined;
}
