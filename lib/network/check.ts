/** All checks of a network (rule L11), one list for construct, command and runtime. */

import { idleApplications, namespacesApart, sharedApplications, sharedDestinations } from './checks/applications';
import { collidingBranches, impossibleRefs } from './checks/branches';
import { unusedImages } from './checks/images';
import { duplicateObjects, impossibleNames } from './checks/objects';
import { cycles, danglingReferences, deadEnds, idlePlaces, impossibleLines } from './checks/tracks';
import type { Network } from './network';
import { sortProblems, type Problem } from './problem';

const CHECKS: readonly ((network: Network) => Problem[])[] = [
  duplicateObjects,
  impossibleNames,
  impossibleLines,
  danglingReferences,
  cycles,
  namespacesApart,
  sharedApplications,
  sharedDestinations,
  collidingBranches,
  impossibleRefs,
  idlePlaces,
  idleApplications,
  deadEnds,
  unusedImages,
];

/** Everything that is wrong, at once: errors first, in an order that does not depend on the machine. Linear in size. */
export function checkNetwork(network: Network): Problem[] {
  return sortProblems(CHECKS.flatMap((check) => check(network)));
}
