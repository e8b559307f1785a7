/**
 * What people do, at any time: the verbs of stories. Lives here: one entry for each verb of the product, and how often
 * it is drawn. May not: a rule of the journey; people look at what the API shows and say what they like.
 */

import type { Scene } from '../scene';
import type { Chance } from '../world';
import { CHANGES } from './changes';
import type { Choice, Verb } from './choice';
import { OUTSIDE } from './outside';
import { WORDS } from './words';

export { review } from './reviews';

const VERBS = { ...CHANGES, ...WORDS, ...OUTSIDE } satisfies Record<string, Verb>;

export type VerbName = keyof typeof VERBS;

/** One thing that somebody does. */
export interface Action extends Choice {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly verb: VerbName;
}

/** How often each is drawn. */
const WEIGHTS: Record<VerbName, number> = {
  image: 10,
  publish: 3,
  source: 6,
  overlay: 4,
  draft: 2,
  holdTicket: 1,
  holdStation: 1,
  holdAsTaken: 2,
  holdTrack: 1,
  enableStation: 1,
  enableTrack: 1,
  abort: 3,
  approve: 8,
  approveBehind: 4,
  retry: 2,
  resume: 4,
  takeAnalysis: 3,
  resumeStop: 2,
  rollBack: 3,
  meddle: 4,
  remakeStation: 1,
  enablePart: 1,
  redefineTrack: 1,
  crash: 2,
};
const DRAWN = Object.entries(WEIGHTS).flatMap(([verb, weight]) => Array<VerbName>(weight).fill(verb as VerbName));

export const act = (scene: Scene, action: Action): string | undefined => {
  const verb: Verb = VERBS[action.verb];
  return verb(scene, action);
};

/** A first ticket, and what else people come up with within some minutes. */
export function drawActions(chance: Chance): Action[] {
  const count = chance.whole('actions', 1, 7);
  const first: Action = { at: 1_000, verb: 'image', which: 0, how: chance.next('first') };
  const others = Array.from({ length: count }, (_, index): Action => {
    const about = `action ${index}`;
    return {
      at: 1_000 + Math.floor(chance.next(`${about} at`) * 240_000),
      verb: chance.one(`${about} verb`, DRAWN) ?? 'image',
      which: chance.next(`${about} which`),
      how: chance.next(`${about} how`),
    };
  });
  return [first, ...others].sort((one, other) => one.at - other.at);
}
