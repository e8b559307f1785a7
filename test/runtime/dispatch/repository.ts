/** A repository of the railyard as people have it: stock Git, and commits made behind the runtime's back. */

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commands } from '../../../runtime/git/command';
import type { Railyard } from '../../../runtime/railyard';

const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

const DEADLINE_MS = 60_000;

/** One commit as `git log` shows it. */
export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly date: string;
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
}

export class Repository {
  private static clock = 1_700_000_000;

  private constructor(
    readonly url: string,
    /** Name with `.git`, as faults go by. */
    readonly name: string,
    private readonly bare: string,
    private readonly person: Commands,
  ) {}

  /** @param person runs the commands */
  static async create(railyard: Railyard, person: Commands, name: string): Promise<Repository> {
    const url = await railyard.git.createRepository(name);
    return new Repository(url, `${name}.git`, join(railyard.folder, 'git', `${name}.git`), person);
  }

  /** Stock Git on the server's own repository. */
  async git(args: readonly string[], input?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.person.run({
      arguments: ['--git-dir', this.bare, ...args],
      environment: ENVIRONMENT,
      wholeMs: DEADLINE_MS,
      ...(input === undefined ? {} : { input }),
    });
    if (exitCode !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
    return stdout;
  }

  async head(branch: string): Promise<string | undefined> {
    // The server keeps each ref in a file of its own: nothing here ever packs them.
    const ref = await readFile(join(this.bare, 'refs/heads', branch), 'utf8').catch(() => undefined);
    return ref?.trim();
  }

  /** A person's commit. Files are put in place, `null` removes one, the rest stays. `from` rewrites history. */
  async commit(
    branch: string,
    files: Readonly<Record<string, string | null>>,
    { from, message = 'by hand' }: { from?: string | null; message?: string } = {},
  ): Promise<string> {
    const parent = from === undefined ? await this.head(branch) : from;
    const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
    Repository.clock += 1;
    const stream = [
      parent === null ? `reset refs/heads/${branch}\n\n` : '',
      `commit refs/heads/${branch}\n`,
      `committer Ada <ada@example.com> ${Repository.clock} +0000\n`,
      data(message),
      parent === undefined || parent === null ? '' : `from ${parent}\n`,
      ...Object.entries(files).map(([path, text]) =>
        text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
      ),
    ];
    await this.git(['fast-import', '--quiet', '--force'], stream.join(''));
    return (await this.head(branch)) ?? '';
  }

  async deleteBranch(branch: string): Promise<void> {
    await this.git(['update-ref', '-d', `refs/heads/${branch}`]);
  }

  /** Commits of a branch, newest first. */
  async log(branch: string): Promise<Commit[]> {
    if ((await this.head(branch)) === undefined) return [];
    const format = '--format=%H%x1f%P%x1f%an%x1f%cI%x1f%s%x1f%(trailers:only,unfold)%x1e';
    const text = await this.git(['log', format, `refs/heads/${branch}`]);
    return text.split('\x1e').flatMap((record) => {
      const [sha = '', parents = '', author = '', date = '', subject = '', trailers = ''] = record.trim().split('\x1f');
      if (sha === '') return [];
      const pairs = trailers
        .split('\n')
        .filter((line) => line.includes(': '))
        .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
      return [
        {
          sha,
          parents: parents.split(' ').filter((one) => one !== ''),
          author,
          date,
          subject,
          trailers: Object.fromEntries(pairs) as Record<string, string>,
        },
      ];
    });
  }

  async files(revision: string): Promise<string[]> {
    return (await this.git(['ls-tree', '-r', '--name-only', revision])).split('\n').filter((line) => line !== '');
  }

  read(revision: string, path: string): Promise<string> {
    return this.git(['cat-file', 'blob', `${revision}:${path}`]);
  }

  /** Every manifest of a branch, as one text. */
  async manifests(branch: string): Promise<string> {
    const paths = (await this.files(branch)).filter((path) => path.endsWith('.yaml') && !path.startsWith('.'));
    return (await Promise.all(paths.map((path) => this.read(branch, path)))).join('---\n');
  }

  /** A hook of the server that refuses every push with these words. */
  async refuse(words: string): Promise<void> {
    const hooks = join(this.bare, 'hooks');
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, 'pre-receive'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
    await chmod(join(hooks, 'pre-receive'), 0o755);
  }

  /** Takes the hook away. */
  async accept(): Promise<void> {
    await writeFile(join(this.bare, 'hooks', 'pre-receive'), '#!/bin/sh\nexit 0\n');
  }
}
