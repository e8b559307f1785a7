/**
 * Git's smart protocol over HTTP, spoken in this process: which commits branches show, moving them, and the contents of
 * a few files. Each takes one request and no process. All other fetching is left to Git. Lives here: packets, connections and what their answers say.
 * May not: read or write a mirror, know a credential longer than one request, or decide what an answer means.
 *
 * Whatever a server does not understand of it is asked again by Git's own commands, which greet first and know all
 * dialects.
 */

export { HttpConnections } from './connections';
export { Speaker, type Spoken } from './speaker';
export type { UpdateReport } from './messages';
