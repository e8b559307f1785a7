/** What the rest of the machine may ask of Git, and the answers it gets. */

import type { Log } from '../log';
import type { GitHubApp } from './github-app';

/** How a repository knows that it is us: a token or password over HTTP(S), a key over SSH, or an App of GitHub's. */
export type GitCredential = WireCredential | { readonly githubApp: GitHubApp };

/** A credential as a repository takes it. */
export type WireCredential =
  | {
      /** @default "x-access-token", which forges accept beside a token */
      readonly username?: string;
      readonly password: string;
    }
  | {
      /** A private key in OpenSSH or PEM form, without a passphrase. */
      readonly sshPrivateKey: string;
      /** Lines of a `known_hosts` file. A host that is not in it is refused. */
      readonly knownHosts: string;
    };

/** Bounds on one command, so that no server can hold us. */
export interface GitLimits {
  /** How long a server may say nothing, in milliseconds. @default 30000 */
  readonly silenceMs?: number;
  /** How long one command may take in all, in milliseconds; a push has its own deadline. @default 600000 */
  readonly wholeMs?: number;
  /** How large one file may be that is read into memory, in bytes. @default 67108864 (64 MiB) */
  readonly fileBytes?: number;
}

export interface GitOptions {
  /** Where the mirrors live, one bare repository below it for each remote one. Belongs to one process at a time. */
  readonly folder: string;
  /** Asked before each contact with a repository, so that a rotated credential is used at once. @default none */
  readonly credentials?: (repoURL: string) => Promise<GitCredential | undefined>;
  /**
   * Asked before each commit: the private key that signs it, an Ed25519 key in OpenSSH or PEM form without a passphrase.
   * With a key that cannot be used no commit is made.
   *
   * @default commits are not signed
   */
  readonly signingKey?: (repoURL: string) => Promise<string | undefined>;
  /** URL schemes that may be contacted, without colon. @default ['https', 'http', 'ssh'] */
  readonly allowedProtocols?: readonly string[];
  readonly limits?: GitLimits;
  readonly log?: Log;
  /** @default the wall clock */
  readonly now?: () => Date;
  /** Where `PATH`, proxies and certificate bundles are taken from; nothing else of it reaches Git. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** One file, symlink or submodule of a tree. */
export interface TreeEntry {
  /** `100644` file, `100755` executable, `120000` symlink, `160000` submodule. */
  readonly mode: string;
  /** Id of the blob, 40 hex; of the commit for a submodule. Equal ids mean equal bytes. */
  readonly oid: string;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A commit in words. Author, committer, message and trailers are claims of whoever made it. */
export interface CommitDescription {
  readonly commit: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person & { readonly date: Date };
  readonly committer: Person & { readonly date: Date };
  readonly subject: string;
  /** The message without subject and trailers. */
  readonly body: string;
  /** The last paragraph's `Key: value` lines in order; a key may come more than once. */
  readonly trailers: readonly { readonly key: string; readonly value: string }[];
}

/** A commit of a branch, and what it changed there. */
export interface CommitPaths {
  readonly commit: string;
  /** Every path that differs from the first parent; of a first commit, all. */
  readonly paths: readonly string[];
}

/** A commit to be made. The same order gives the same SHA, whoever makes it and when, with the same key to sign it or none. */
export interface CommitOrder {
  /** Absent: an orphan, with nothing but what is written. */
  readonly parent?: string;
  /** Files that shall go; one that is not there is gone already. */
  readonly remove: readonly string[];
  /** Files by path from the root. Everything that is neither written nor removed stays byte for byte. */
  readonly write: ReadonlyMap<string, Uint8Array>;
  /** Author and committer. */
  readonly author: Person;
  /** To the second, written in UTC. */
  readonly date: Date;
  readonly message: string;
}

/** One head to move, by compare-and-swap. */
export interface HeadUpdate {
  readonly branch: string;
  /** The head that the branch must have; `undefined`: the branch must not exist. */
  readonly expected: string | undefined;
  readonly commit: string;
}

/** What became of a push. Whoever gets anything but `Accepted` looks at the heads before deciding what it means. */
export type PushOutcome =
  /** All heads show the commits. */
  | { readonly outcome: 'Accepted' }
  /** The server answered and nothing moved. */
  | {
      readonly outcome: 'Refused';
      /** `Moved`: another writer was there, look again. `Rejected`: a rule, hook or quota of the server; its words say which. */
      readonly kind: 'Moved' | 'Rejected';
      readonly message: string;
    }
  /** No answer came: the push may have landed, or may still land until its deadline. */
  | { readonly outcome: 'Unanswered'; readonly message: string };

/**
 * All that is done with Git. Every method refuses a URL, branch, path or commit id that it could not safely use with
 * `TerminalError` (`InvalidRepositoryURL`, `InvalidBranch`, `InvalidPath`, `InvalidCommit`), and throws
 * `TransientError` where a repository cannot be reached, does not know our credential or is not there: a person
 * or time mends these, and the words say what to mend.
 */
export interface Git {
  /** The heads of these branches as the server has them after this call was made. A branch that does not exist is absent. */
  heads(repoURL: string, branches: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;

  /**
   * All tags as the server has them after this call was made, and what each of them names: an annotated one the commit
   * that it is about.
   */
  tags(repoURL: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;

  /** Whether the commit is here, or could be fetched. */
  has(repoURL: string, commit: string): Promise<boolean>;

  /**
   * All files of a commit by full path, submodules and symlinks included for the caller to judge.
   *
   * @param under only this folder, or this one file. @default everything
   * @throws TerminalError `CommitMissing` where the repository does not have the commit, `InvalidTree` where a name
   * in the tree could escape a folder
   */
  files(repoURL: string, commit: string, under?: string): Promise<ReadonlyMap<string, TreeEntry>>;

  /**
   * Contents by blob id; ids come from `files`.
   *
   * @throws TerminalError `FileTooLarge`, or `BlobMissing` where neither mirror nor server has one
   */
  blobs(repoURL: string, oids: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>>;

  /**
   * Whether `descendant` is `ancestor` or has it among its ancestors. `false` for an ancestor that nobody has any more.
   *
   * @throws TerminalError `CommitMissing` where the descendant is not to be had
   */
  contains(repoURL: string, ancestor: string, descendant: string): Promise<boolean>;

  /**
   * The first-parent commits up to one, the newest first, and what each of them touched.
   *
   * @param range `without`: what these contain is left out
   * @throws TerminalError `CommitMissing` where one of them is not to be had
   */
  history(
    repoURL: string,
    range: { readonly upTo: string; readonly without: readonly string[] },
  ): Promise<readonly CommitPaths[]>;

  /** @throws TerminalError `CommitMissing` */
  describe(repoURL: string, commit: string): Promise<CommitDescription>;

  /**
   * Makes a commit in the mirror, signed where there is a key for the repository; no server hears of it before `push`.
   * Doing it twice makes the same one, as long as the key is the same.
   *
   * @throws TerminalError `CommitMissing` where the parent is not to be had, `PathTaken` where a folder of the parent's
   * stands where a file shall be written, or the reverse
   */
  commit(repoURL: string, order: CommitOrder): Promise<{ readonly tree: string; readonly commit: string }>;

  /**
   * Moves all heads or none, each only from the head expected and only forward; never a force-push.
   *
   * @param until `deadline`: the push is ended then, and what was not answered is `Unanswered`; `permit`: asked right
   * before the push goes out, for how many milliseconds it may take from there; with 0 or less it does not go out
   * @throws TerminalError `CommitMissing` where a commit is not in the mirror, `NotDescendant` where a commit is not
   * built on the head expected
   */
  push(
    repoURL: string,
    updates: readonly HeadUpdate[],
    until: { readonly deadline: Date; readonly signal?: AbortSignal; readonly permit?: () => number },
  ): Promise<PushOutcome>;

  /** Ends every command under way. The mirrors stay for the next start. */
  close(): Promise<void>;
}
