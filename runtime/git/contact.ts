/** Speaking with one repository: credential, environment, limits, and one command at the end of the line. */

import type { CommandResult, Commands } from './command';
import type { GitCredential } from './contract';
import { contactEnvironment, type Environment } from './environment';
import { TransientError } from '../errors';
import type { RepositoryURL } from './url';
import type { HttpConnections } from './wire/connections';

/** What all repositories share. */
export interface Surroundings {
  readonly folder: string;
  readonly commands: Commands;
  readonly connections: HttpConnections;
  readonly credentials: (repoURL: string) => Promise<GitCredential | undefined>;
  readonly protocols: readonly string[];
  readonly silenceMs: number;
  readonly wholeMs: number;
  readonly fileBytes: number;
  readonly now: () => Date;
}

export interface ContactResult extends CommandResult {
  /** What must not be repeated of the words. */
  readonly secrets: readonly string[];
}

export interface ContactOptions {
  readonly partial: boolean;
  readonly input?: string;
  /** @default the limit of all commands */
  readonly wholeMs?: number;
  /** @default the limit of all commands */
  readonly silenceMs?: number;
  /** @default no further limit */
  readonly permit?: () => number;
  readonly signal?: AbortSignal;
}

export class Contact {
  constructor(
    readonly repository: RepositoryURL,
    private readonly around: Surroundings,
    private readonly local: Environment,
  ) {}

  /** Runs a command against the repository. It may fail; what that means is for the caller to say. */
  async run(args: readonly string[], options: ContactOptions): Promise<ContactResult> {
    const { around, repository } = this;
    const credential = await around.credentials(repository.url);
    if (repository.protocol === 'ssh' && (credential === undefined || !('sshPrivateKey' in credential))) {
      throw new TransientError(
        `There is no SSH key for ${repository.url}. Give its credential Secret an sshPrivateKey and knownHosts.`,
      );
    }
    const environment = await contactEnvironment(this.local, repository, credential, {
      protocols: around.protocols,
      partial: options.partial,
      silenceMs: around.silenceMs,
      folder: around.folder,
    });
    try {
      const result = await around.commands.run({
        arguments: args,
        environment: environment.variables,
        wholeMs: options.wholeMs ?? around.wholeMs,
        silenceMs: options.silenceMs ?? around.silenceMs,
        ...(options.input === undefined ? {} : { input: options.input }),
        ...(options.permit === undefined ? {} : { permit: options.permit }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      return { ...result, secrets: environment.secrets };
    } finally {
      await environment.dispose();
    }
  }

  /** Runs a command that asks nobody but the mirror. */
  runLocally(args: readonly string[]): Promise<CommandResult> {
    return this.around.commands.run({ arguments: args, environment: this.local, wholeMs: this.around.wholeMs });
  }
}
