/** What Git's words mean. The only place where they are read. */

import { TerminalError, TransientError } from '../errors';
import type { CommandResult } from './command';
import { DiskFull } from './disk';
import type { Stop } from './limits';
import { redact } from './secret';

/** The mirror on our disk cannot be read. It is made anew, and nobody outside this room hears of it. */
export class MirrorDamaged extends Error {
  override readonly name = 'MirrorDamaged';
}

const MAX_WORDS = 1000;
const RATE_LIMIT_PAUSE_MS = 60_000;

const NOISE =
  /^(remote: (Enumerating|Counting|Compressing|Total)|Receiving objects|Resolving deltas|Writing objects|Counting objects|Compressing objects|Enumerating objects|Delta compression|Total |From |To |hint: )/;

const DAMAGE = [
  /not a git repository/i,
  /bad config|bad numeric config|unknown repository extension|expected git repo version/i,
  /(loose object|object file|packfile|pack index|index file).*(corrupt|empty|mapped|bad|mismatch|truncated|too small|does not match|invalid)/i,
  /bad (object|tree|signature)|inflate: |garbage at end of loose object|unable to unpack|object corrupt/i,
  /unable to (read|find|parse) (tree|commit|blob|object|[0-9a-f]{40})|missing (tree|blob|commit|necessary objects)|did not send all necessary objects/i,
  /does not point to a valid object|bad ref|invalid sha1 pointer|broken ref/i,
];

const GIT_MISSING = /spawn git ENOENT/;

interface Meaning {
  readonly words: RegExp;
  readonly say: (repository: string) => string;
  readonly retryAfterMs?: number;
}

/** What a person can mend, in the order in which it is recognised. The first one that fits speaks. */
const MEANINGS: readonly Meaning[] = [
  {
    words: GIT_MISSING,
    say: () => NO_GIT,
  },
  {
    words: /returned error: 429|too many requests|rate limit/i,
    say: (repository) => `${repository} asks for a pause: too many requests.`,
    retryAfterMs: RATE_LIMIT_PAUSE_MS,
  },
  {
    words:
      /Authentication failed|could not read (Username|Password)|returned error: 40[17]|Invalid (username|credentials)|terminal prompts disabled/i,
    say: (repository) =>
      `${repository} did not accept the credentials, or got none. Check the Git credential Secret for this URL.`,
  },
  {
    words: /returned error: 403|access denied|insufficient (scope|permission)/i,
    say: (repository) =>
      `${repository} knows the credentials, and they may not do this. Grant them read and write access.`,
  },
  {
    words: /Permission denied \(|Load key .*(invalid|error)|no such identity/i,
    say: (repository) =>
      `${repository} did not accept the SSH key, or got none. Check the Git credential Secret for this URL.`,
  },
  {
    words: /Host key verification failed|No .*host key is known/i,
    say: (repository) =>
      `The SSH host key of ${repository} is not among the known hosts of its credential Secret. Add it.`,
  },
  {
    words: /returned error: 30\d|redirect/i,
    say: (repository) =>
      `${repository} answers with a redirect, which is not followed, so that no credential leaves the host it is for. Write the URL that it redirects to.`,
  },
  {
    words:
      /returned error: 404|repository '.*' not found|Repository not found|does not appear to be a git repository|repository not exported/i,
    say: (repository) => `${repository} was not found. Check the URL, and whether the credentials may see it.`,
  },
  {
    words: /SSL|certificate/i,
    say: (repository) => `The TLS connection to ${repository} failed.`,
  },
  {
    words: /mismatched algorithms|unsupported object format/i,
    say: (repository) =>
      `${repository} uses SHA-256 object ids, which are not supported. Use a repository with SHA-1 object ids.`,
  },
];

const NO_GIT = 'The command "git" was not found on PATH. Install Git.';

const STOPS: Readonly<Record<Stop, string>> = {
  Deadline: 'took longer than its deadline and was ended',
  Silence: 'fell silent and was ended',
  Abort: 'was ended before it had finished',
};

/** The error for a Git process that did not even start. */
export const gitMissing = (cause: Error): TransientError => new TransientError(NO_GIT, undefined, { cause });

/** Whether these words say that there is no Git. */
export const isGitMissing = (words: string): boolean => GIT_MISSING.test(words);

const UNAUTHORISED = /Authentication failed|could not read (Username|Password)|returned error: 401/i;

/** Whether a server refused the credential, before it did anything. */
export const isUnauthorised = ({ exitCode, stopped, stderr }: CommandResult): boolean =>
  exitCode !== 0 && stopped === undefined && UNAUTHORISED.test(stderr);

/** Git's own words, short, without progress lines and secrets. */
export function wordsOf(result: Pick<CommandResult, 'stderr'>, secrets: readonly string[]): string {
  const lines = redact(result.stderr, secrets)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NOISE.test(line));
  const text = lines.join('\n');
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}…` : text;
}

/** What Git said of this side. A server may have troubles of the same name. */
const ownLines = ({ stderr }: CommandResult): string[] =>
  stderr
    .split('\n')
    .filter(
      (line) =>
        !line.startsWith('remote:') &&
        !/^(fatal|error): remote (error|unpack)/.test(line) &&
        !/repository '.*' not found|appear to be/.test(line),
    );

const DISK_FULL = /No space left on device|Disk quota exceeded/i;

/** Whether a command failed because this side has no room for what it wanted to write. */
const isDiskFull = (result: CommandResult): boolean =>
  result.exitCode !== 0 && ownLines(result).some((line) => DISK_FULL.test(line));

/** Whether a command failed because the mirror is unreadable, rather than the other side. */
export function isDamage(result: CommandResult): boolean {
  if (result.stopped !== undefined || result.exitCode === 0 || isDiskFull(result)) return false;
  return ownLines(result).some((line) => DAMAGE.some((sign) => sign.test(line)));
}

/** A sentence about why a contact with a repository failed. */
export function explain(
  repository: string,
  result: CommandResult,
  secrets: readonly string[],
): { text: string; meaning?: Meaning } {
  const words = wordsOf(result, secrets);
  const said = words === '' ? '' : ` Git said: ${words}`;
  if (result.stopped !== undefined)
    return { text: `The conversation with ${repository} ${STOPS[result.stopped]}.${said}` };
  const meaning = MEANINGS.find((one) => one.words.test(result.stderr));
  const fallback = `The conversation with ${repository} failed.`;
  return { text: `${meaning?.say(repository) ?? fallback}${said}`, ...(meaning === undefined ? {} : { meaning }) };
}

/** The error for a contact that failed. All of these are mended by time or by a person, and nothing was changed. */
export function contactError(repository: string, result: CommandResult, secrets: readonly string[]): TransientError {
  if (isDiskFull(result)) return new DiskFull(` Git said: ${wordsOf(result, secrets)}`);
  const { text, meaning } = explain(repository, result, secrets);
  return new TransientError(text, meaning?.retryAfterMs);
}

export const commitMissing = (repository: string, commit: string): TerminalError =>
  new TerminalError(
    `${repository} does not have the commit ${commit} (any more): it was rewritten, or belongs to another repository.`,
    'CommitMissing',
  );

/** Whether an error says that a commit is not to be had. */
export const isCommitMissing = (error: unknown): boolean =>
  error instanceof TerminalError && error.reason === 'CommitMissing';
