/** Speaks with one repository. Where it cannot, it says so, and nothing has happened. */

import { countdown, type ContactOptions, type ContactResult, type Surroundings } from '../contact';
import type { HeadUpdate, WireCredential } from '../contract';
import { authorizationOf } from '../credential';
import { isUnauthorised } from '../failure';
import { messageOf } from '../../errors';
import type { RepositoryURL } from '../url';
import type { Ending } from './connections';
import { headsRequest, readAbilities, readHeads, readReport, updateRequest, type UpdateReport } from './messages';

/** What became of a conversation. */
export type Spoken<T> =
  | { readonly spoken: 'Answered'; readonly answer: T; readonly secrets: readonly string[] }
  /** It ended as a command of Git's that fails would. */
  | { readonly spoken: 'Failed'; readonly result: ContactResult }
  /** The server saw nothing, or did not understand: Git's own commands may fare better. */
  | { readonly spoken: 'NotSpoken' };

export type SpeakOptions = Pick<ContactOptions, 'wholeMs' | 'silenceMs' | 'permit' | 'signal'>;

interface Asking {
  readonly path: string;
  readonly accept: string;
  readonly body?: { readonly type: string; readonly bytes: Buffer };
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether asking in vain changes nothing in any case. */
type Kind = 'Safe' | 'Effect';

/** How long a server that did not understand is spoken to by Git's commands alone. */
const AVOID_MS = 10 * 60_000;
/** What a server answers to whoever may not come in, and for which no other way of asking helps. */
const SHUT = [401, 403, 407, 429];
const MAX_WORDS = 1000;

export class Speaker {
  private abilities: ReadonlySet<string> | undefined;
  private avoidedUntil = 0;

  constructor(
    private readonly repository: RepositoryURL,
    private readonly around: Surroundings,
  ) {}

  /** Whether it is worth a try. */
  get willing(): boolean {
    const { connections, now } = this.around;
    return connections.reaches(this.repository.url) && now().getTime() >= this.avoidedUntil;
  }

  /** Git's commands were understood where this was not. */
  avoid(): void {
    this.avoidedUntil = this.around.now().getTime() + AVOID_MS;
  }

  /** The heads of these branches as they are now; more may be named. */
  heads(branches: readonly string[], options: SpeakOptions): Promise<Spoken<ReadonlyMap<string, string>>> {
    const service = 'application/x-git-upload-pack';
    const asking: Asking = {
      path: 'git-upload-pack',
      accept: `${service}-result`,
      body: { type: `${service}-request`, bytes: headsRequest(branches) },
      headers: { 'Git-Protocol': 'version=2' },
    };
    return this.ask(asking, options, readHeads, 'Safe');
  }

  /**
   * Moves all heads or none.
   *
   * @param pack with all that the commits need beyond the heads expected
   */
  async update(updates: readonly HeadUpdate[], pack: Buffer, options: SpeakOptions): Promise<Spoken<UpdateReport>> {
    if (updates.length > 1 && !(await this.isAtomic(options))) return { spoken: 'NotSpoken' };
    const service = 'application/x-git-receive-pack';
    const asking: Asking = {
      path: 'git-receive-pack',
      accept: `${service}-result`,
      body: { type: `${service}-request`, bytes: updateRequest(updates, pack) },
    };
    return this.ask(asking, options, readReport, 'Effect');
  }

  /** A server that cannot move heads together would not say so, and move some. */
  private async isAtomic(options: SpeakOptions): Promise<boolean> {
    if (this.abilities === undefined) {
      const accept = 'application/x-git-receive-pack-advertisement';
      const asking: Asking = { path: 'info/refs?service=git-receive-pack', accept };
      const greeting = await this.ask(asking, options, readAbilities, 'Safe');
      if (greeting.spoken !== 'Answered') return false;
      this.abilities = greeting.answer;
    }
    return this.abilities.has('atomic');
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
      return how.kind === 'Effect' && ending.sent ? failed(`fatal: ${ending.words}`) : { spoken: 'NotSpoken' };
    }
    if (ending.status !== 200) {
      const words = this.refusal(ending, how.kind);
      return words === undefined ? { spoken: 'NotSpoken' } : failed(words);
    }
    try {
      if (!ending.type.startsWith(how.asking.accept)) throw new Error(`The server answered with ${ending.type}.`);
      return { spoken: 'Answered', answer: read(ending.body), secrets };
    } catch (error) {
      if (how.kind === 'Safe') return { spoken: 'NotSpoken' };
      // Whatever it did, the next try is one that it may know better.
      this.avoid();
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

const failure = (stderr: string, secrets: readonly string[]): ContactResult => ({
  exitCode: -1,
  stdout: '',
  stderr,
  secrets,
});
