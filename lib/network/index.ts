/**
 * The graph of tracks, stations and applications, and what must be true of it, shared by constructs, command and
 * runtime. Lives here: pure functions over plain resources, and the rules for names, refs, URLs and image references.
 * May not: import constructs, or touch anything outside its arguments.
 */

export * from './check';
export * from './consent';
export * from './git-ref';
export * from './image-reference';
export * from './layout';
export * from './name';
export * from './network';
export * from './object';
export * from './overlays';
export * from './problem';
export * from './repository-url';
