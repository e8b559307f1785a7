/**
 * What the world of the simulation and the real adapters have in common: one suite, run on a place in memory and on a
 * railyard. Lives here: promises of the ports that the machine relies on. May not: what only one of the two does.
 */

export { kubernetesPort } from './kubernetes';
export { gitPort } from './git';
export { argocdPort } from './argocd';
export { openRailyard } from './railyard';
export { openMemory } from './memory';
