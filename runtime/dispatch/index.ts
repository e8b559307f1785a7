/**
 * The machine around the decisions: caches feed a queue of keys, a key is decided on from what the caches show, and the
 * plan is carried out. Lives here: wiring, jobs, and how effects are made from adapters. May not live here: a rule of
 * the journey, or an import of a client library.
 *
 * Its rooms: `caches`, what is kept of the cluster; `jobs`, the slow effects and what they share; `looks`, at registries,
 * charts and source branches, and the hints that hurry them; `arrivals`, commits from the render to the branch or the pull
 * request; `differences`, what would change. Beside them is what wires them together.
 */

export type { ElectionChoice } from './elected';
export { labelledCredentials } from './credentials';
export { explainImages, type ImageExplanation } from './looks/look-images';
export { pullSecretIn } from './looks/pull-secret';
export { startRuntime, type Runtime, type RuntimeOptions } from './runtime';
export type { DashboardSecret, Shown, Sight } from './sight';
export type { Scope } from './caches/world';
export { futureDifferenceOf, type FutureDifference } from './differences/future-difference';
export { differenceOf, type ApplicationDifference, type TicketDifference } from './differences/ticket-difference';
