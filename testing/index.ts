/**
 * `k8sta/testing`: a team's own network in a unit test, with no cluster, no Git and no clock. Importing it registers the
 * jest matchers. Lives here: a model of the world in memory. May not: a rule of the journey (those are the runtime's
 * own, run as they are), or anything that touches a network, a disk or the wall clock.
 */

export { simulate, type Simulation } from './simulate';
export type { Journey } from './journey';
export type { HealthScript } from './model';
export { registerMatchers } from './matchers';

import { registerMatchers } from './matchers';

registerMatchers();
