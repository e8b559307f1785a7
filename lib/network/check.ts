/** All checks of a network (rule L11), one list for construct, command and runtime. */

import { idleApplications, namespacesApart, sharedApplications, sharedDestinations } from './checks/applications';
import { collidingBranches, impossibleRefs } from './checks/branches';
import { unusedImages } from './checks/images';
import { duplicateObjects, impossibleNames } from './checks/objects';
import { cycles, danglingBoardings, danglingStops, deadEnds, idlePlaces, impossibleLines } from './checks/tracks';
import type { Network } from './network';
import { sortProblems, type Problem } from './problem';

type Check = (network: Network) => Problem[];

/** What a station says itself where it decides on its junctions. */
const JUNCTION_CHECKS: readonly Check[] = [danglingBoardings, cycles, namespacesApart];

const CHECKS: readonly Check[] = [
  ...JUNCTION_CHECKS,
  duplicateObjects,
  impossibleNames,
  impossibleLines,
  danglingStops,
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

/**
 * The errors that resources of a cluster have to be told of, less those of junctions, which a station says in its own
 * decision. Linear in size.
 */
export function checkApplied(network: Network): Problem[] {
  const checks = CHECKS.filter((check) => !JUNCTION_CHECKS.includes(check));
  return sortProblems(checks.flatMap((check) => check(network)).filter(({ severity }) => severity === 'error'));
}
