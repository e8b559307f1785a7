import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** An object as Git stores it. */
export interface GitObject {
  readonly type: string;
  readonly content: Buffer;
}

interface Question {
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads objects of one repository through one `git cat-file --batch`, started at the first question and kept: answers
 * come in the order of the questions.
 */
export class ObjectReader {
  private process: ChildProcessWithoutNullStreams | undefined;
  private readonly questions: Question[] = [];
  private received: Buffer = Buffer.alloc(0);

  constructor(
    private readonly gitDir: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /**
   * @param name a full SHA, or anything that resolves to one, such as `<commit>:<path>`; without line breaks
   * @returns `undefined` where there is no such object
   */
  read(name: string): Promise<GitObject | undefined> {
    return new Promise((resolve, reject) => {
      this.questions.push({ resolve, reject });
      this.running().stdin.write(`${name}\n`);
    });
  }

  stop(): void {
    this.process?.kill('SIGTERM');
  }

  private running(): ChildProcessWithoutNullStreams {
    if (this.process !== undefined) return this.process;
    const child = spawn('git', ['--git-dir', this.gitDir, 'cat-file', '--batch'], { env: this.environment });
    this.process = child;
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    // A broken pipe shows as the end of the process too.
    child.stdin.on('error', () => undefined);
    child.stderr.resume();
    const end = (): void => {
      if (this.process === child) this.process = undefined;
      this.received = Buffer.alloc(0);
      for (const question of this.questions.splice(0)) question.reject(new Error('git cat-file ended'));
    };
    child.on('error', end);
    child.on('close', end);
    return child;
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    for (;;) {
      const lineEnd = this.received.indexOf(10);
      if (lineEnd < 0) return;
      const [, type = '', size] = this.received.subarray(0, lineEnd).toString('utf8').split(' ');
      if (size === undefined || !/^\d+$/.test(size)) {
        this.answer(undefined, lineEnd + 1);
        continue;
      }
      const end = lineEnd + 1 + Number(size);
      if (this.received.length < end + 1) return;
      this.answer({ type, content: Buffer.from(this.received.subarray(lineEnd + 1, end)) }, end + 1);
    }
  }

  private answer(object: GitObject | undefined, consumed: number): void {
    this.received = this.received.subarray(consumed);
    this.questions.shift()?.resolve(object);
  }
}

/** One entry of a tree. */
export interface TreeEntry {
  readonly name: string;
  readonly sha: string;
  readonly kind: 'file' | 'tree' | 'other';
}

/** Reads the content of a tree object: `<mode> <name>\0<20 or 32 bytes>`, again and again. */
export function entriesOf(tree: Buffer, hashBytes: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let start = 0; start < tree.length;) {
    const space = tree.indexOf(32, start);
    const end = tree.indexOf(0, space);
    const mode = tree.toString('latin1', start, space);
    const kind = mode === '40000' ? 'tree' : mode.startsWith('100') ? 'file' : 'other';
    const name = tree.toString('utf8', space + 1, end);
    entries.push({ name, kind, sha: tree.toString('hex', end + 1, end + 1 + hashBytes) });
    start = end + 1 + hashBytes;
  }
  return entries;
}
