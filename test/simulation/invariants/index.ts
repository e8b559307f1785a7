/**
 * The invariants as judges of what was seen of a history: versions of objects, heads that moved, what Argo CD said. Lives
 * here: checkers by name. May not live here: an import of a decision, or anything that the code under test says of
 * itself without the world to prove it.
 */

import type { Scene } from '../scene';
import { oneEnding } from './one-ending';
import { oneEffect } from './one-effect';
import { nothingForeignIsLost } from './nothing-foreign-is-lost';
import { noGateIsJumped } from './no-gate-is-jumped';
import { theRecordIsComplete } from './the-record-is-complete';
import { noOvertaking } from './no-overtaking';
import { onlyItsOwnChange } from './only-its-own-change';
import { quietAtRest } from './quiet-at-rest';
import { Evidence } from './evidence';

/** One breach, in words. */
export interface Breach {
  readonly invariant: Invariant;
  readonly message: string;
}

/** Judges one history. @returns what is wrong, one sentence each */
export type Judge = (evidence: Evidence) => readonly string[];

const JUDGES = {
  I1: oneEnding,
  I2: oneEffect,
  I3: nothingForeignIsLost,
  I4: noGateIsJumped,
  I5: theRecordIsComplete,
  I6: noOvertaking,
  I7: onlyItsOwnChange,
  I8: quietAtRest,
} satisfies Record<string, Judge>;

export type Invariant = keyof typeof JUDGES;

/** Their names, in order. */
export const INVARIANTS = Object.keys(JUDGES) as readonly Invariant[];

export function judge(scene: Scene): Breach[] {
  const evidence = new Evidence(scene);
  return Object.entries(JUDGES).flatMap(([invariant, check]) =>
    check(evidence).map((message) => ({ invariant: invariant as Invariant, message })),
  );
}
