/**
 * Helm, by the program of that name: `helm template` on a chart of the source, or on a published one.
 * Lives here: which charts are needed, what the private folder holds, and the arguments. May not: fetch anything, or let
 * a word of a team become an option. There is no way to name a post-renderer, a plugin or a cluster.
 */

export { chartsToPull, type ChartVersion } from './dependencies';
export { helmCall, helmFiles } from './call';
export { helmPlaces } from './chart';
