/**
 * Rule G4: Kubernetes authorises what people say, in one place for every way in. Lives here: the admission policies that
 * tie their words to verbs, in CEL. May not: anything that only the runtime could enforce.
 */

import { stationPolicy, trackPolicy } from './place';
import type { Manifest } from './policy';
import { ticketPolicy } from './ticket';

export type { Manifest } from './policy';

/** ValidatingAdmissionPolicies and their bindings; a cluster has them once, however many runtimes it has. */
export const policies = (): Manifest[] => [...stationPolicy(), ...ticketPolicy(), ...trackPolicy()];
