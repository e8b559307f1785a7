/** The server of one repository: where its heads are, and moving them. Asked in one request where that is understood. */

import type { Contact, ContactResult } from './contact';
import type { HeadUpdate } from './contract';
import { contactError, isDamage, MirrorDamaged } from './failure';
import { outgoing, type ReadWhole } from './outgoing';
import { readVerdicts, sendPush, type PushAnswer } from './push';
import { packEntry, packOf, type PackEntry } from './pack';
import type { Speaker, UpdateReport } from './wire';

const HEAD_LINE = /^([0-9a-f]{40})\trefs\/heads\/(.+)$/;
/** An annotated tag has a second line, which says what it is about. */
const TAG_LINE = /^([0-9a-f]{40})\trefs\/tags\/(.+?)(?:\^\{\})?$/;
/** The server lacks what it was said to have; Git's commands ask first what it has. */
const INCOMPLETE = /missing necessary objects|unpacker error/i;
/** More contents of files than these are unpacked better by Git. */
const MOST_BLOBS = 1000;

export interface PushOptions {
  readonly wholeMs: () => number;
  readonly permit?: () => number;
  readonly signal?: AbortSignal;
}

/** The mirror that commits are pushed from. */
export interface PushedFrom {
  /** It lacks contents of files. */
  readonly partial: boolean;
  readonly read: ReadWhole;
  /** Whether the server has a commit, with all that it needs. */
  readonly isAtServer: (commit: string) => boolean;
  /** An object that was packed before. */
  readonly packed: (oid: string) => PackEntry | undefined;
}

export class Server {
  private givesBlobs = true;

  constructor(
    private readonly contact: Contact,
    private readonly speaker: Speaker,
  ) {}

  /**
   * @param partial whether the mirror lacks contents of files
   * @throws TransientError
   */
  async heads(branches: readonly string[], partial: boolean): Promise<ReadonlyMap<string, string>> {
    const spoken = this.speaker.willing ? await this.speaker.heads(branches, {}) : undefined;
    if (spoken?.spoken === 'Answered') return spoken.answer;
    if (spoken?.spoken === 'Failed') throw this.failed(spoken.result);
    const result = await this.contact.run(['ls-remote', '--heads', '--', 'origin'], { partial });
    if (result.exitCode !== 0 || result.stopped !== undefined) {
      if (isDamage(result)) throw new MirrorDamaged(result.stderr.trim());
      throw this.failed(result);
    }
    if (spoken !== undefined) this.speaker.outdone(spoken);
    return readLines(result.stdout, HEAD_LINE);
  }

  /**
   * All tags, and what each of them names.
   *
   * @param partial whether the mirror lacks contents of files
   * @throws TransientError
   */
  async tags(partial: boolean): Promise<ReadonlyMap<string, string>> {
    const spoken = this.speaker.willing ? await this.speaker.tags({}) : undefined;
    if (spoken?.spoken === 'Answered') return spoken.answer;
    if (spoken?.spoken === 'Failed') throw this.failed(spoken.result);
    const result = await this.contact.run(['ls-remote', '--tags', '--', 'origin'], { partial });
    if (result.exitCode !== 0 || result.stopped !== undefined) {
      if (isDamage(result)) throw new MirrorDamaged(result.stderr.trim());
      throw this.failed(result);
    }
    if (spoken !== undefined) this.speaker.outdone(spoken);
    return readLines(result.stdout, TAG_LINE);
  }

  /**
   * A pack with the contents of these files, or `undefined` where Git's own commands have to fetch them. None of that
   * says anything about the server that they would not find out as well.
   */
  async blobs(oids: readonly string[]): Promise<Buffer | undefined> {
    if (!this.givesBlobs || oids.length > MOST_BLOBS || !this.speaker.willing) return undefined;
    const spoken = await this.speaker.blobs(oids, {});
    if (spoken.spoken === 'Answered') return spoken.answer;
    // Then there is one request for nothing each time, as long as it might help.
    if (spoken.spoken === 'NotSpoken' && spoken.reason !== 'Hiccup') this.givesBlobs = false;
    return undefined;
  }

  async push(updates: readonly HeadUpdate[], mirror: PushedFrom, options: PushOptions): Promise<PushAnswer> {
    const { wholeMs, ...limits } = options;
    const spoken = this.speaker.willing ? await this.update(updates, mirror, options) : undefined;
    if (spoken?.spoken === 'Failed') return { verdicts: new Map(), result: spoken.result };
    if (spoken?.spoken === 'Answered' && isComplete(spoken.answer)) return answerOf(spoken.answer, spoken.secrets);
    const result = await sendPush(this.contact, updates, { ...limits, partial: mirror.partial, wholeMs: wholeMs() });
    const verdicts = readVerdicts(result.stdout);
    if (spoken?.spoken === 'NotSpoken' && verdicts.size > 0) this.speaker.outdone(spoken);
    return { verdicts, result };
  }

  private async update(
    updates: readonly HeadUpdate[],
    { read, isAtServer, packed }: PushedFrom,
    { wholeMs, ...limits }: PushOptions,
  ) {
    const commits = updates.map(({ commit }) => commit);
    const objects = await outgoing(read, commits, isAtServer);
    if (objects === undefined) return undefined;
    const entries: PackEntry[] = [];
    for (const [oid, { type, content }] of objects) entries.push(packed(oid) ?? (await packEntry(oid, type, content)));
    const pack = packOf(entries);
    return this.speaker.update(updates, pack, { ...limits, wholeMs: wholeMs() });
  }

  private failed(result: ContactResult) {
    return contactError(this.contact.repository.url, result, result.secrets);
  }
}

/** Of lines with the same name the last one counts. */
function readLines(stdout: string, form: RegExp): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, commit, name] = form.exec(line) ?? [];
    if (commit !== undefined && name !== undefined) refs.set(name, commit);
  }
  return refs;
}

const isComplete = ({ unpacked, heads }: UpdateReport): boolean =>
  unpacked && [...heads.values()].every(({ reason }) => !INCOMPLETE.test(reason));

function answerOf({ heads, words }: UpdateReport, secrets: readonly string[]): PushAnswer {
  const verdicts = [...heads].map(
    ([branch, { landed, reason }]) => [branch, { landed, summary: reason, silent: false }] as const,
  );
  const landed = verdicts.every(([, verdict]) => verdict.landed);
  return { verdicts: new Map(verdicts), result: { exitCode: landed ? 0 : 1, stdout: '', stderr: words, secrets } };
}
