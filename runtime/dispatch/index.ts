/**
 * The machine around the decisions: caches feed a queue of keys, a key is decided on from what the caches show, and the
 * plan is carried out. Lives here: wiring, jobs, and how effects are made from adapters. May not live here: a rule of
 * the journey, or an import of a client library.
 */

export type { ElectionChoice } from './elected';
export { labelledCredentials } from './credentials';
export { explainImages, type ImageExplanation } from './look-images';
export { pullSecretIn } from './pull-secret';
export { startRuntime, type Runtime, type RuntimeOptions } from './runtime';
export type { DashboardSecret, Shown, Sight } from './sight';
export type { Scope } from './world';
export { futureDifferenceOf, type FutureDifference } from './future-difference';
export { differenceOf, type ApplicationDifference, type TicketDifference } from './ticket-difference';
