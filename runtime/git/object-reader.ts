/** Reads objects of one mirror through one long-lived `git cat-file --batch`: no process for each question. */

import { messageOf, TransientError } from '../errors';
import type { Commands } from './command';
import { KILLED, type Conversation, type Farewell } from './conversation';
import type { Environment } from './environment';
import { isGitMissing, gitMissing, MirrorDamaged } from './failure';
import type { GitObject, ObjectType } from './objects';
import { RecentObjects, upTo } from './recent';

interface Question {
  readonly oid: string;
  readonly maxBytes: number;
  readonly answer: (object: GitObject | undefined) => void;
  readonly fail: (error: Error) => void;
}

interface Session {
  readonly conversation: Conversation;
  readonly questions: Question[];
}

const HEADER = /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/;
const NEWLINE = 0x0a;
const IDLE_MS = 60_000;
/** How a process ends that somebody ended, which says nothing about what it read. */
const BY_HAND = [undefined, 'SIGKILL', 'SIGTERM'];

export class ObjectReader {
  private session: Session | undefined;
  private idle: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly recent = new RecentObjects();

  /** @param commands start the process */
  constructor(
    private readonly commands: Pick<Commands, 'converse'>,
    private readonly environment: Environment,
  ) {}

  /**
   * One object, or `undefined` where the mirror does not have it. Questions asked together are answered together.
   *
   * @param maxBytes larger objects come without their content
   * @throws MirrorDamaged where Git cannot read the mirror, TransientError where it cannot be asked
   */
  async read(oid: string, maxBytes = Number.MAX_SAFE_INTEGER): Promise<GitObject | undefined> {
    const recent = this.closed ? undefined : this.recent.get(oid);
    if (recent !== undefined) return upTo(recent, maxBytes);
    const object = await this.askTwice(oid, maxBytes);
    if (object !== undefined && !this.closed) this.recent.keep(oid, object);
    return object;
  }

  /** Some objects may not be there any more. */
  forget(): void {
    this.recent.forget();
  }

  private async askTwice(oid: string, maxBytes: number): Promise<GitObject | undefined> {
    try {
      return await this.ask(oid, maxBytes);
    } catch (error) {
      // A process that somebody ended says nothing about the mirror; one that cannot read it will say so again.
      if (this.closed || !(error instanceof Interrupted || error instanceof MirrorDamaged)) throw error;
      return this.ask(oid, maxBytes);
    }
  }

  /** Ends the process for good. */
  close(): void {
    this.closed = true;
    this.end();
  }

  private end(): void {
    clearTimeout(this.idle);
    this.recent.forget();
    const session = this.session;
    this.session = undefined;
    if (!session) return;
    session.conversation.end();
    this.failAll(session, new MirrorDamaged('The mirror was closed.'));
  }

  private ask(oid: string, maxBytes: number): Promise<GitObject | undefined> {
    return new Promise((answer, fail) => {
      if (this.closed) throw new MirrorDamaged('The mirror was closed.');
      const session = (this.session ??= this.open());
      clearTimeout(this.idle);
      session.questions.push({ oid, maxBytes, answer, fail });
      session.conversation.say(`${oid}\n`);
    });
  }

  private open(): Session {
    const questions: Question[] = [];
    const parser = new AnswerParser(questions);
    const said = (chunk: Buffer): void => {
      try {
        parser.take(chunk);
      } catch (error) {
        session.conversation.end();
        this.fail(session, new MirrorDamaged(messageOf(error)));
      }
      if (questions.length === 0) this.rest(session);
    };
    const ended = (farewell: Farewell): void => this.fail(session, meaningOf(farewell));
    const command = { arguments: ['cat-file', '--batch'], environment: this.environment };
    const session: Session = { questions, conversation: this.commands.converse(command, { said, ended }) };
    return session;
  }

  private fail(session: Session, error: Error): void {
    if (this.session === session) this.session = undefined;
    this.recent.forget();
    this.failAll(session, error);
  }

  private failAll(session: Session, error: Error): void {
    for (const question of session.questions.splice(0)) question.fail(error);
  }

  /** At rest no process is kept for long. */
  private rest(session: Session): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      if (this.session === session && session.questions.length === 0) this.end();
    }, IDLE_MS);
    this.idle.unref();
  }
}

/** It was ended while it read: that says nothing about the mirror. */
class Interrupted extends TransientError {}

function meaningOf({ exitCode, signal, stderr }: Farewell): Error {
  if (isGitMissing(stderr)) return gitMissing(new Error(stderr));
  if (exitCode === KILLED && BY_HAND.includes(signal)) {
    return new Interrupted(`The process that reads a Git mirror was ended. ${stderr}`.trim());
  }
  return new MirrorDamaged(`git cat-file ended with ${signal ?? exitCode}. ${stderr}`.trim());
}

/** Takes apart what `cat-file --batch` says: a header line, the content, a newline; or `<id> missing`. */
class AnswerParser {
  private header: Buffer[] = [];
  private object: { readonly type: ObjectType; readonly size: number } | undefined;
  private content: Buffer[] = [];
  private left = 0;

  constructor(private readonly questions: Question[]) {}

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.object === undefined ? this.takeHeader(chunk, at) : this.takeContent(chunk, at);
  }

  private takeHeader(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(NEWLINE, at);
    if (end < 0) {
      this.header.push(chunk.subarray(at));
      return chunk.length;
    }
    const line = Buffer.concat([...this.header, chunk.subarray(at, end)]).toString('latin1');
    this.header = [];
    const match = HEADER.exec(line);
    if (match) {
      this.object = { type: match[2] as ObjectType, size: Number(match[3]) };
      this.left = this.object.size + 1;
    } else if (line.endsWith(' missing')) {
      this.questions.shift()?.answer(undefined);
    } else {
      throw new Error(`git cat-file answered "${line.slice(0, 200)}"`);
    }
    return end + 1;
  }

  private takeContent(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.left);
    const keep = (this.object?.size ?? 0) <= (this.questions[0]?.maxBytes ?? 0);
    if (keep) this.content.push(chunk.subarray(at, end));
    this.left -= end - at;
    if (this.left === 0) this.finish(keep);
    return end;
  }

  private finish(keep: boolean): void {
    const { object, content } = this;
    this.object = undefined;
    this.content = [];
    if (object === undefined) return;
    // The copy lets go of the pipe's large chunks; the last byte is the newline after the content.
    const bytes = keep ? Buffer.concat(content).subarray(0, object.size) : undefined;
    this.questions.shift()?.answer({ ...object, ...(bytes === undefined ? {} : { content: bytes }) });
  }
}
