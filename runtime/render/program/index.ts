/**
 * Renderers that are programs of others: found, asked for their version, and run with nothing but files and arguments.
 * Lives here: one process from start to end, its private folder and its limits. May not: know what any program is for,
 * or give it a credential, a variable beside PATH and HOME, or a word of a team as an option.
 */

export { Programs, type Program, type ProgramCall } from './programs';
