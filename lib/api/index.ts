/**
 * The resource model: one source for TypeScript types, CRD schemas, validation and reference pages.
 * Lives here: schemas and vocabularies. May not: import anything of ours, or anything that runs.
 */

export * from './names';
export * from './duration';
export * from './reasons';
export * from './change';
export * from './track';
export * from './station';
export * from './ticket';
export * from './resource';
export type { Condition } from './schema';
