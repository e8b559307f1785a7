/** Speaks with one repository. Where it cannot, it says so, and nothing has happened. */

import { countdown, type ContactOptions, type ContactResult, type Surroundings } from '../contact';
import type { HeadUpdate, WireCredential } from '../contract';
import { authorizationOf } from '../credential';
import { isUnauthorised } from '../failure';
import { messageOf } from '../../errors';
import type { RepositoryURL } from '../url';
import { Avoidance, type Reason } from './avoidance';
import type { Ending } from './connections';
import {
  blobsRequest,
  headsRequest,
  readAbilities,
  readHeads,
  readPack,
  readReport,
  readTags,
  tagsRequest,
  updateRequest,
  type UpdateReport,
} from './messages';

/** What became of a conversation. */
export type Spoken<T> =
  | { readonly spoken: 'Answered'; readonly answer: T; readonly secrets: readonly string[] }
  /** It ended as a command of Git's that fails would. */
  | { readonly spoken: 'Failed'; readonly result: ContactResult }
  /** The server saw nothing, or did not understand: Git's own commands may fare better. */
  | NotSpoken;

interface NotSpoken {
  readonly spoken: 'NotSpoken';
  readonly reason: Reason;
}

export type SpeakOptions = Pick<ContactOptions, 'wholeMs' | 'silenceMs' | 'permit' | 'signal'>;

interface Asking {
  readonly path: string;
  readonly accept: string;
  readonly body?: { readonly type: string; readonly bytes: Buffer };
  readonly headers?: Readonly<Record<string, string>>;
  /** A longer answer is not for this process. */
  readonly mostBytes?: number;
}

/** Whether asking in vain changes nothing in any case. */
type Kind = 'Safe' | 'Effect';

/** What a server answers to whoever may not come in, and for which no other way of asking helps. */
const SHUT = [401, 403, 407, 429];
/** What says that the server does not do such things at all, though it sounds like an error of its own. */
const NEVER_DONE = [501, 505];
/** The server gave up waiting, or wants to be asked later. */
const NOT_NOW = [408, 425];
const MAX_WORDS = 1000;
/** More contents of files than these are fetched by Git, which puts them on disk as they come. */
const LARGEST_PACK = 4 * 1024 * 1024;

export class Speaker {
  private abilities: ReadonlySet<string> | undefined;
  private readonly avoidance: Avoidance;

  constructor(
    private readonly repository: RepositoryURL,
    private readonly around: Surroundings,
  ) {
    this.avoidance = new Avoidance(around.now);
  }

  /** Whether it is worth a try. */
  get willing(): boolean {
    return this.around.connections.reaches(this.repository.url) && this.avoidance.isOver;
  }

  /** Git's commands were understood where this was not, for this reason. */
  outdone({ reason }: NotSpoken): void {
    this.avoidance.outdone(reason);
  }

  /** The heads of these branches as they are now; more may be named. */
  heads(branches: readonly string[], options: SpeakOptions): Promise<Spoken<ReadonlyMap<string, string>>> {
    return this.ask(readingOf(headsRequest(branches)), options, readHeads, 'Safe');
  }

  /** All tags as they are now, and what each of them names. */
  tags(options: SpeakOptions): Promise<Spoken<ReadonlyMap<string, string>>> {
    return this.ask(readingOf(tagsRequest()), options, readTags, 'Safe');
  }

  /** A pack with the contents of these files; `undefined` where the server refuses. */
  blobs(oids: readonly string[], options: SpeakOptions): Promise<Spoken<Buffer | undefined>> {
    return this.ask({ ...readingOf(blobsRequest(oids)), mostBytes: LARGEST_PACK }, options, readPack, 'Safe');
  }

  /**
   * Moves all heads or none.
   *
   * @param pack with all that the commits need beyond the heads expected
   */
  async update(updates: readonly HeadUpdate[], pack: Buffer, options: SpeakOptions): Promise<Spoken<UpdateReport>> {
    const hindrance = updates.length > 1 ? await this.withoutAtomic(options) : undefined;
    if (hindrance !== undefined) return hindrance;
    const service = 'application/x-git-receive-pack';
    const asking: Asking = {
      path: 'git-receive-pack',
      accept: `${service}-result`,
      body: { type: `${service}-request`, bytes: updateRequest(updates, pack) },
    };
    return this.ask(asking, options, readReport, 'Effect');
  }

  /** A server that cannot move heads together would not say so, and move some. */
  private async withoutAtomic(options: SpeakOptions): Promise<NotSpoken | undefined> {
    if (this.abilities === undefined) {
      const accept = 'application/x-git-receive-pack-advertisement';
      const asking: Asking = { path: 'info/refs?service=git-receive-pack', accept };
      const greeting = await this.ask(asking, options, readAbilities, 'Safe');
      if (greeting.spoken === 'NotSpoken') return greeting;
      // Git's command meets what stood in the way as well, and has the words for it.
      if (greeting.spoken === 'Failed') return { spoken: 'NotSpoken', reason: 'Unable' };
      this.abilities = greeting.answer;
    }
    return this.abilities.has('atomic') ? undefined : { spoken: 'NotSpoken', reason: 'Unable' };
  }

  private ask<T>(asking: Asking, options: SpeakOptions, read: (body: Buffer) => T, kind: Kind): Promise<Spoken<T>> {
    const { credentials, wholeMs } = this.around;
    const left = countdown(options.wholeMs ?? wholeMs);
    const isRefused = (spoken: Spoken<T>): boolean => spoken.spoken === 'Failed' && isUnauthorised(spoken.result);
    return credentials.using(
      this.repository.url,
      (credential) => this.askWith(credential, { asking, options: { ...options, wholeMs: left() }, kind }, read),
      isRefused,
    );
  }

  private async askWith<T>(
    credential: WireCredential | undefined,
    { asking, options, kind }: { asking: Asking; options: SpeakOptions & { wholeMs: number }; kind: Kind },
    read: (body: Buffer) => T,
  ): Promise<Spoken<T>> {
    const { around, repository } = this;
    const { header, secrets } = authorizationOf(credential);
    const ending = await around.connections.request({
      url: `${repository.url}/${asking.path}`,
      method: asking.body === undefined ? 'GET' : 'POST',
      headers: {
        Accept: asking.accept,
        'User-Agent': 'git/k8sta',
        ...(asking.body === undefined ? {} : { 'Content-Type': asking.body.type }),
        ...asking.headers,
        ...(header === undefined ? {} : { Authorization: header }),
      },
      wholeMs: options.wholeMs,
      ...(asking.body === undefined ? {} : { body: asking.body.bytes }),
      ...(asking.mostBytes === undefined ? {} : { mostBytes: asking.mostBytes }),
      ...(kind === 'Effect' ? {} : { silenceMs: options.silenceMs ?? around.silenceMs }),
      ...(options.permit === undefined ? {} : { permit: options.permit }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return this.judge(ending, { asking, kind, secrets }, read);
  }

  private judge<T>(
    ending: Ending,
    how: { readonly asking: Asking; readonly kind: Kind; readonly secrets: readonly string[] },
    read: (body: Buffer) => T,
  ): Spoken<T> {
    const { secrets } = how;
    const failed = (words: string): Spoken<T> => ({ spoken: 'Failed', result: failure(words, secrets) });
    if (ending.ending === 'Stopped') {
      return { spoken: 'Failed', result: { ...failure('', secrets), stopped: ending.stopped } };
    }
    if (ending.ending === 'Broken') {
      if (how.kind === 'Effect' && ending.sent) return failed(`fatal: ${ending.words}`);
      return { spoken: 'NotSpoken', reason: 'Hiccup' };
    }
    if (ending.status !== 200) {
      const words = this.refusal(ending, how.kind);
      return words === undefined ? { spoken: 'NotSpoken', reason: reasonOf(ending.status) } : failed(words);
    }
    try {
      if (!ending.type.startsWith(how.asking.accept)) throw new Error(`The server answered with ${ending.type}.`);
      const answer = read(ending.body);
      this.avoidance.understood();
      return { spoken: 'Answered', answer, secrets };
    } catch (error) {
      if (how.kind === 'Safe') return { spoken: 'NotSpoken', reason: 'Foreign' };
      // Whatever it did, the next try is one that it may know better.
      this.avoidance.outdone('Foreign');
      return failed(`fatal: ${messageOf(error)}`);
    }
  }

  /** Words for an answer after which asking otherwise is of no use, or no longer safe. */
  private refusal({ status, type, body }: Extract<Ending, { ending: 'Answer' }>, kind: Kind): string | undefined {
    const isFinal = SHUT.includes(status) || (status >= 300 && status < 400);
    const mayHaveActed = kind === 'Effect' && (status < 400 || status >= 500);
    if (!isFinal && !mayHaveActed) return undefined;
    const said = type.startsWith('text/plain') ? body.toString('utf8', 0, MAX_WORDS) : '';
    return `${said}\nfatal: ${this.repository.url}: The requested URL returned error: ${status}`;
  }
}

function readingOf(bytes: Buffer): Asking {
  const service = 'application/x-git-upload-pack';
  return {
    path: 'git-upload-pack',
    accept: `${service}-result`,
    body: { type: `${service}-request`, bytes },
    headers: { 'Git-Protocol': 'version=2' },
  };
}

const reasonOf = (status: number): Reason =>
  NOT_NOW.includes(status) || (status >= 500 && !NEVER_DONE.includes(status)) ? 'Hiccup' : 'Foreign';

const failure = (stderr: string, secrets: readonly string[]): ContactResult => ({
  exitCode: -1,
  stdout: '',
  stderr,
  secrets,
});
