/** What every family of commands is described with. A family's modules are loaded when one of its commands runs. */

import { type Command, Option } from 'commander';
import type { ExitCode, Terminal } from './terminal';

export interface Describing {
  readonly program: Command;
  readonly terminal: Terminal;
  /** A command with its examples. @param name the word, and what follows it: `diff <name>` */
  readonly command: (parent: Command, name: string, description: string) => Command;
  /** Takes the exit code of the command that runs. */
  readonly ends: (result: Promise<ExitCode>) => Promise<void>;
}

export function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, ~/.kube/config, the service account)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)');
}

/** A cluster, and one namespace of it. */
export const withNamespace = (command: Command): Command =>
  withCluster(command.option('-n, --namespace <name>', "namespace (default: the context's)"));

/** A cluster, and one or all of its namespaces. */
export const withNamespaces = (command: Command): Command =>
  withNamespace(command.option('-A, --all-namespaces', 'look at all namespaces'));

/** What is printed, of these formats. */
export const withOutput = (command: Command, formats: readonly string[]): Command =>
  command.addOption(new Option('-o, --output <format>', 'what to print (default: text)').choices([...formats]));
