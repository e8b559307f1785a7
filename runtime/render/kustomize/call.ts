/** A kustomize of the operator's choice, in place of the one that ships inside: one process for each render. */

import { type ProgramCall } from '../program';

/** @param program absolute path of a stock kustomize, 4 or newer */
export function kustomizeCall(program: string, overlay: string): ProgramCall {
  return {
    name: 'kustomize',
    program,
    version: { args: ['version'], pattern: /v\d+\.\d+\.\d+[^\s"}]*/ },
    args: ['build', `./${overlay}`],
    remedy:
      'Put kustomize there, or leave --render-command kustomize=<file> out to render with the one that ships inside',
  };
}
