/**
 * A command that the operator of the runtime declared, by name: teams choose among names, never a program.
 * Lives here: what the command is given. May not: take a program or an option from a resource.
 */

import { TerminalError } from '../../errors';
import { BASE, isWithin } from '../detection';
import { type ProgramCall } from '../program';

/** Name -> absolute path of its program. */
export type Commands = ReadonlyMap<string, string>;

/** Names by which an operator chooses the program of a renderer; none of them is a command. */
const RENDERERS = ['helm', 'kustomize', 'ytt'];

/** Files of the private folder: `base/` and the overlay, where the repository has them. */
export const commandFiles = (
  files: ReadonlyMap<string, Uint8Array>,
  overlay: string,
): (readonly [path: string, content: Uint8Array])[] =>
  [...files].filter(([path]) => isWithin(path, overlay) || isWithin(path, BASE));

/**
 * Its arguments are the overlay (`./env/prod`), the Application's name and the namespace of its objects; it prints
 * manifests.
 *
 * @throws TerminalError (`RenderFailed`) naming what is declared, when the name is not among them
 */
export function commandCall(
  name: string,
  commands: Commands,
  overlay: string,
  application: { readonly name: string; readonly namespace: string },
): ProgramCall {
  const program = RENDERERS.includes(name) ? undefined : commands.get(name);
  if (program === undefined) {
    const declared = [...commands.keys()].filter((one) => !RENDERERS.includes(one)).sort();
    const known = declared.length === 0 ? 'none is declared' : `declared are ${declared.join(', ')}`;
    throw new TerminalError(
      `the command ${JSON.stringify(name)} is not declared: ${known}. The operator of the runtime declares one with --render-command ${name}=<file>.`,
      'RenderFailed',
    );
  }
  return {
    name,
    program,
    args: [`./${overlay}`, application.name, application.namespace],
    remedy: `Put the program of the command there, or declare another one with --render-command ${name}=<file>`,
  };
}
