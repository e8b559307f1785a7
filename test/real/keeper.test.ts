import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../waiting';
import { Servers } from './stack/servers';

/** An owner of a stack, in a process of its own: forks the keeper and stays. */
const OWNER = `
const { fork } = require('node:child_process');
const keeper = fork(process.argv[1], [process.argv[2]], { detached: true, execArgv: [] });
keeper.once('message', () => console.log('ready'));
`;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'a stack whose owner ends by %s leaves no process and no file, whatever its servers do about it',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'k8sta-keeper-'));
    const owner = spawn(process.execPath, ['-e', OWNER, join(__dirname, 'stack', 'keeper.cjs'), folder]);
    await eventually('the keeper is there', () => existsSync(join(folder, 'keeper.sock')));
    const servers = new Servers(folder);
    const stubborn = 'trap "" TERM INT HUP; sleep 600 & echo child $!; wait; wait';
    await servers.start('stubborn', { file: 'bash', args: ['-c', stubborn], env: { PATH: process.env['PATH'] ?? '' } });
    const { pid } = await servers.look('stubborn');
    const child = await eventually(
      'it has a child',
      async () => /child (\d+)/.exec(await servers.log('stubborn'))?.[1],
    );
    owner.kill(signal);
    await eventually('nothing is left', () => !alive(pid) && !alive(Number(child)) && !existsSync(folder));
  },
);

test('a server that is stopped takes its children with it, and starts again as it was started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-keeper-'));
  const owner = spawn(process.execPath, ['-e', OWNER, join(__dirname, 'stack', 'keeper.cjs'), folder]);
  await eventually('the keeper is there', () => existsSync(join(folder, 'keeper.sock')));
  const servers = new Servers(folder);
  await servers.start('parent', {
    file: 'bash',
    args: ['-c', 'sleep 600 & echo child $!; wait'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const child = await eventually('it has a child', async () => /child (\d+)/.exec(await servers.log('parent'))?.[1]);
  expect(await servers.stop('parent')).toMatchObject({ running: false, signal: 'SIGKILL' });
  await eventually('the child is gone', () => !alive(Number(child)));
  await servers.start('parent');
  expect(await servers.look('parent')).toMatchObject({ running: true });
  await expect(servers.start('parent')).rejects.toThrow('parent runs already');
  owner.kill('SIGKILL');
  await eventually('nothing is left', () => !existsSync(folder));
}, 30_000);
