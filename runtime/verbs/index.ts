/**
 * What people can do to a network: a resource and what somebody asks for go in, the write that says it comes out, or why
 * it makes no sense, in plain words.
 * Lives here: one function for each verb, used alike by command, dashboard and simulation. May not: read or write a
 * cluster, know a clock, draw a random number, or judge whether somebody has the right: Kubernetes does (rule G4).
 */

export { abort } from './abort';
export { approve, type Approving } from './approve';
export { board, type Boarding } from './board';
export { hold } from './hold';
export { resume, type Resuming, type Stops } from './resume';
export { retry, type Retrying } from './retry';
export { rollback, type RollingBack } from './rollback';
export { type Creation, type Patch, type Refused, type TicketDraft, type Word, type Write } from './word';
