/**
 * A world in memory around the machine that a cluster runs: time, the Kubernetes API, Git servers, Argo CD, registries,
 * and the wires to them, on which everything may go wrong. Lives here: what the real ones do, behind the ports of the
 * adapters. May not: a rule of the journey, the wall clock, a disk, or randomness that does not come from the seed.
 */

export { SimulatedApi } from './api';
export { ArgoCd, type Health } from './argocd';
export { Chance } from './chance';
export { Faults, type Fault } from './faults';
export { ForgeServers } from './forges';
export { GitServers } from './git-server';
export { Process } from './process';
export { Registries } from './registry';
export { Rollouts, type Outcome } from './rollouts';
export { Timeline } from './timeline';
