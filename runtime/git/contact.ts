/** Speaking with one repository: credential, environment, limits, and one command at the end of the line. */

import type { CommandResult, Commands } from './command';
import type { WireCredential } from './contract';
import type { Credentials } from './credentials';
import { isUnauthorised } from './failure';
import { contactEnvironment, type Environment } from './environment';
import { TransientError } from '../errors';
import type { Sign } from './signature';
import type { RepositoryURL } from './url';
import type { HttpConnections } from './wire/connections';

/** What all repositories share. */
export interface Surroundings {
  readonly folder: string;
  readonly commands: Commands;
  readonly connections: HttpConnections;
  readonly credentials: Credentials;
  /** Who signs the commits of a repository, if anybody. @throws TransientError where the key cannot be used */
  readonly signer: (repoURL: string) => Promise<Sign | undefined>;
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

/** What is left of a time that runs from now on: a credential may take some of it, and a second try the rest. */
export function countdown(wholeMs: number): () => number {
  const end = performance.now() + wholeMs;
  return () => end - performance.now();
}

export class Contact {
  constructor(
    readonly repository: RepositoryURL,
    private readonly around: Surroundings,
    private readonly local: Environment,
  ) {}

  /** Runs a command against the repository. It may fail; what that means is for the caller to say. */
  run(args: readonly string[], options: ContactOptions): Promise<ContactResult> {
    const { around, repository } = this;
    const left = countdown(options.wholeMs ?? around.wholeMs);
    const work = (credential: WireCredential | undefined): Promise<ContactResult> =>
      this.runWith(credential, args, { ...options, wholeMs: left() });
    return around.credentials.using(repository.url, work, isUnauthorised);
  }

  private async runWith(
    credential: WireCredential | undefined,
    args: readonly string[],
    options: ContactOptions & { readonly wholeMs: number },
  ): Promise<ContactResult> {
    const { around, repository } = this;
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
        wholeMs: options.wholeMs,
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
  runLocally(args: readonly string[], input?: string): Promise<CommandResult> {
    return this.around.commands.run({
      arguments: args,
      environment: this.local,
      wholeMs: this.around.wholeMs,
      ...(input === undefined ? {} : { input }),
    });
  }
}
