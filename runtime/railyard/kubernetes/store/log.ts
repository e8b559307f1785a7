import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RailyardError } from '../../errors';
import { lockFolder } from './lock';

/** Where a record belongs and when it was written. */
export interface LogHeader {
  /** The revision of the write. */
  readonly revision: number;
  /** Storage key of the kind, such as `apps/deployments`; absent in the record that only carries a revision. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Set when the object went away. */
  readonly deleted?: true;
}

/** A write: header and the object's JSON (empty for deletions and for the record that only carries a revision). */
export interface LogRecord {
  readonly header: LogHeader;
  readonly body: Buffer;
}

const TAB = 0x09;
const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);
/** A log shorter than this is never rewritten: below it, rewriting costs more than it saves. */
const COMPACT_FROM_BYTES = 64 * 1024 * 1024;

/**
 * The append-only record of all writes, one line for each: `<header JSON> TAB <object JSON>`.
 *
 * A write is in the file before it is acknowledged, so it survives a SIGKILL of the process (not a power failure: there
 * is no fsync). A last line that a crash tore is dropped at the next start. When dead lines outweigh the living by four
 * to one, the file is replaced, by an atomic rename, with one that holds only the living.
 */
export class Log {
  private readonly path: string;
  private descriptor = -1;
  private bytes = 0;

  private constructor(
    private readonly folder: string,
    private readonly lock: { release: () => void },
  ) {
    this.path = join(folder, 'objects.log');
  }

  /**
   * Opens the log in `folder`, which is made when missing, and gives back what it holds, oldest first.
   *
   * @throws RailyardError when a line other than the last is damaged, or another process has the folder
   */
  static open(folder: string): { log: Log; records: LogRecord[] } {
    mkdirSync(folder, { recursive: true });
    const lock = lockFolder(folder);
    try {
      const log = new Log(folder, lock);
      return { log, records: log.read() };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Writes one record; when this returns, the record survives the death of the process. */
  append(header: LogHeader, body: Buffer): void {
    const line = lineOf(header, body);
    try {
      let written = 0;
      while (written < line.length) written += writeSync(this.descriptor, line, written);
    } catch (error) {
      // A full disk may have taken half a line: what follows must not be glued to it.
      ftruncateSync(this.descriptor, this.bytes);
      throw error;
    }
    this.bytes += line.length;
  }

  /** Whether the log has grown so far beyond `livingBytes` that it should be rewritten. */
  shouldCompact(livingBytes: number): boolean {
    return this.bytes > COMPACT_FROM_BYTES && this.bytes > 4 * livingBytes;
  }

  /** Replaces the log by `records`. A crash at any moment leaves either the old file or the new one. */
  compact(records: Iterable<LogRecord>): void {
    const descriptor = openSync(this.rewritten, 'w');
    let bytes = 0;
    for (const { header, body } of records) {
      const line = lineOf(header, body);
      writeSync(descriptor, line);
      bytes += line.length;
    }
    renameSync(this.rewritten, this.path);
    closeSync(this.descriptor);
    closeSync(descriptor);
    this.descriptor = openSync(this.path, 'a');
    this.bytes = bytes;
  }

  close(): void {
    closeSync(this.descriptor);
    this.lock.release();
  }

  private read(): LogRecord[] {
    rmSync(this.rewritten, { force: true });
    const content = existsSync(this.path) ? readFileSync(this.path) : EMPTY;
    const { records, end } = this.parse(content);
    this.descriptor = openSync(this.path, 'a');
    if (end < content.length) ftruncateSync(this.descriptor, end);
    this.bytes = end;
    return records;
  }

  private get rewritten(): string {
    return join(this.folder, 'objects.log.new');
  }

  private parse(content: Buffer): { records: LogRecord[]; end: number } {
    const records: LogRecord[] = [];
    let start = 0;
    while (start < content.length) {
      const end = content.indexOf(NEWLINE, start);
      if (end < 0) break;
      const tab = content.indexOf(TAB, start);
      const last = end === content.length - 1;
      try {
        if (tab < 0 || tab > end) throw new Error('it has no TAB between header and object');
        const header = JSON.parse(content.toString('utf8', start, tab)) as LogHeader;
        records.push({ header, body: content.subarray(tab + 1, end) });
      } catch (error) {
        if (last) break;
        throw new RailyardError(
          `Line ${records.length + 1} of ${this.path} is damaged (${error instanceof Error ? error.message : String(error)}). ` +
            'Restore the file from a copy, or start on an empty folder.',
          { cause: error },
        );
      }
      start = end + 1;
    }
    return { records, end: start };
  }
}

function lineOf(header: LogHeader, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\t`), body, Buffer.from('\n')]);
}
