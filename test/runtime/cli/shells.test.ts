/** Completion in the shells of people, which press Tab on a terminal. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { onPath, unpacked } from '../../debian';
import { eventually } from '../../waiting';

const ROOT = resolve(__dirname, '../../..');
const LOADER = ['-r', join(ROOT, 'scripts/typescript.cjs'), join(ROOT, 'runtime/cli/main.ts')];
const folder = mkdtempSync(join(tmpdir(), 'shells-'));
const terminals: ChildProcess[] = [];

/** `k8sta` as it is, and a `fake` one that knows two tickets, so that no cluster is needed. */
beforeAll(() => {
  for (const name of ['real', 'fake', 'home', 'here']) mkdirSync(join(folder, name));
  const quoted = [process.execPath, ...LOADER].map((word) => `'${word}'`).join(' ');
  program('real', `exec ${quoted} "$@"`);
  program('fake', `printf 'main-7\\twaits: for you\\nmain-8\\n' | grep "^\${3-}" || true`);
  writeFileSync(join(folder, 'here', 'a-file'), '');
  for (const shell of ['zsh', 'fish', 'bash']) writeFileSync(join(folder, shell), completionFor(shell));
});

afterAll(async () => {
  for (const terminal of terminals) terminal.stdin?.end('\x15exit\n');
  await eventually('the terminals are closed', () =>
    terminals.every(({ signalCode, exitCode }) => signalCode !== null || exitCode !== null),
  );
  rmSync(folder, { recursive: true, force: true });
});

function program(place: string, line: string): void {
  writeFileSync(join(folder, place, 'k8sta'), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

const completionFor = (shell: string): string =>
  execFileSync(process.execPath, [...LOADER, 'completion', shell], { encoding: 'utf8' });

const environment = (place: 'real' | 'fake', more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: [join(folder, place), process.env.PATH].join(delimiter),
  HOME: join(folder, 'home'),
  LANG: 'C.UTF-8',
  ...more,
});

describe('fish', () => {
  const said = (place: 'real' | 'fake', line: string): string[] => {
    const { command, more } = fish();
    const script = 'source $argv[1]; complete -C $argv[2]';
    const options = { cwd: join(folder, 'here'), env: environment(place, more), encoding: 'utf8' } as const;
    return execFileSync(command, ['-c', script, join(folder, 'fish'), line], options)
      .trimEnd()
      .split('\n');
  };

  test('offers commands with their meaning, and what begins as it was begun', () => {
    expect(said('real', 'k8sta appr')).toEqual([expect.stringMatching(/^approve\t\w/)]);
    expect(said('real', 'k8sta rollback --kubec')).toEqual([expect.stringMatching(/^--kubeconfig\t\w/)]);
  });

  test('offers what the cluster has and no files beside it', () => {
    expect(said('fake', 'k8sta approve ')).toEqual(['main-7\twaits: for you', 'main-8']);
    expect(said('fake', 'k8sta approve main-8')).toEqual(['main-8']);
  });

  test('offers files where k8sta has nothing to say', () => {
    expect(said('fake', 'k8sta check a-')).toEqual([expect.stringMatching(/^a-file/)]);
  });
});

describe('zsh', () => {
  test('completes what is begun, offers what may follow, and files where there is nothing else', async () => {
    const terminal = await Terminal.open('fake', zsh());
    terminal.type(`source ${join(folder, 'zsh')}; cd ${join(folder, 'here')}; echo it is $((40+2))\n`);
    await terminal.shows(/it is 42/);
    terminal.type('k8sta approve main-\t');
    await terminal.shows(/main-7 +-- waits: for you[\s\S]*main-8/);
    terminal.type('8\t\x15k8sta check a-\t; echo so $((50+1))\n');
    await terminal.shows(/check a-file [\s\S]*so 51/);
  });

  test('asks the command itself', async () => {
    const terminal = await Terminal.open('real', zsh());
    terminal.type(`source ${join(folder, 'zsh')}; echo it is $((40+2))\n`);
    await terminal.shows(/it is 42/);
    terminal.type('k8sta appr\t');
    await terminal.shows(/k8sta approve/);
    terminal.type('\x15k8sta rollback --kubec\t');
    await terminal.shows(/k8sta rollback --kubeconfig/);
  });
});

/** What a shell is called with. */
interface Shell {
  readonly command: string;
  readonly more: NodeJS.ProcessEnv;
}

function fish(): Shell {
  const own = onPath('fish');
  if (own !== undefined) return { command: own, more: {} };
  const root = unpacked('fish', 'fish-common', 'libpcre2-32-0');
  // It looks for its functions beside itself.
  if (!existsSync(join(root, 'usr/etc'))) symlinkSync('../etc', join(root, 'usr/etc'));
  const libraries = readdirSync(join(root, 'usr/lib')).map((each) => join(root, 'usr/lib', each));
  return { command: join(root, 'usr/bin/fish'), more: { LD_LIBRARY_PATH: libraries.join(delimiter) } };
}

function zsh(): Shell {
  const start = join(folder, 'home', '.zshenv');
  const begin = 'autoload -Uz compinit && compinit -u -D; PS1="%% "; unsetopt zle_bracketed_paste';
  writeFileSync(join(folder, 'home', '.zshrc'), `${begin}\n`);
  const own = onPath('zsh');
  if (own !== undefined) return { command: own, more: {} };
  const root = unpacked('zsh', 'zsh-common');
  const functions = join(root, 'usr/share/zsh/functions');
  const modules = readdirSync(join(root, 'usr/lib')).map((each) => `${join(root, 'usr/lib', each)}/zsh/*(/N)`);
  writeFileSync(start, `module_path=(${modules.join(' ')})\nfpath=(${functions} ${functions}/**/*(/N))\n`);
  return { command: join(root, 'bin/zsh'), more: {} };
}

/** A shell on a terminal, as a person has it. */
class Terminal {
  private text = '';

  private constructor(private readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  static async open(place: 'real' | 'fake', { command, more }: Shell): Promise<Terminal> {
    // util-linux: a terminal of its own for the command, and what it shows on standard output.
    const shell = spawn('script', ['-qfec', `${command} -i -d`, '/dev/null'], {
      env: { ...environment(place, more), TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    terminals.push(shell);
    const terminal = new Terminal(shell);
    await terminal.shows(/% /);
    return terminal;
  }

  type(keys: string): void {
    this.process.stdin?.write(keys);
  }

  async shows(pattern: RegExp): Promise<void> {
    await eventually(`the terminal shows ${pattern.source}`, () => {
      if (!pattern.test(this.text)) throw new Error(`it shows ${this.text}`);
      return true;
    });
    this.text = '';
  }
}
