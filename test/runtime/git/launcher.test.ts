import { readFileSync } from 'node:fs';
import { Commands } from '../../../runtime/git/command';
import { treeOf } from '../../../runtime/git/process-tree';
import { eventually } from '../../waiting';
import { commandOf, commandsWith } from './processes';
import { World } from './world';

const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
const LONG = 60_000;

/** The small process of this test. */
async function launcher(): Promise<number> {
  const found = (await treeOf(process.pid)).find((pid) => commandOf(pid).includes('launcher-process'));
  if (found === undefined) throw new Error('There is no small process.');
  return found;
}

describe('the small process', () => {
  let world: World;
  let commands: Commands;
  let silent: string;
  beforeEach(async () => {
    world = await World.start();
    const wire = await world.wire();
    wire.quality = 'silent';
    silent = wire.through(world.url);
    commands = new Commands(world.folder);
  });
  afterEach(async () => {
    await commands.close();
    await world.stop();
  });

  const version = () => commands.run({ arguments: ['--version'], environment: ENVIRONMENT, wholeMs: LONG });
  /** A command that runs until it is ended: the server that it asks says nothing. */
  const endless = (word: string, wholeMs = LONG) =>
    commands.run({ arguments: ['ls-remote', `${silent}/${word}`], environment: ENVIRONMENT, wholeMs });
  /** What runs of it. The port is in the mark: other programs of the machine may have the word in their arguments. */
  const running = (word: string) => commandsWith(`${silent}/${word}`);

  test("starts every command, and has nothing of the operator's environment, which could make libraries talk (S10)", async () => {
    expect(await version()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^git version/) as string });
    const pid = await launcher();
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toMatch(/^(NODE_CHANNEL_\w+=\w+\0)*$/);
    await version();
    expect(await launcher()).toBe(pid);
  });

  test('takes the commands that it started with it when it is killed, and another takes its place', async () => {
    const ended = endless('withit');
    await eventually('the command runs', () => running('withit').length > 0);
    process.kill(await launcher(), 'SIGKILL');
    expect(await ended).toMatchObject({ exitCode: -1, stderr: expect.stringContaining('is gone') as string });
    expect(running('withit')).toEqual([]);
    expect(await version()).toMatchObject({ exitCode: 0 });
  });

  test('starts nothing whose time has passed while it slept', async () => {
    await version();
    const pid = await launcher();
    process.kill(pid, 'SIGSTOP');
    const late = endless('toolate', 50);
    const asked = Date.now();
    await eventually('its time has passed', () => Date.now() > asked + 100);
    process.kill(pid, 'SIGCONT');
    expect(await late).toEqual({ exitCode: -1, stdout: '', stderr: '', stopped: 'Deadline' });
    expect(running('toolate')).toEqual([]);
  });

  test('ends what runs, and then itself, when it is closed; nothing starts any more', async () => {
    const ended = endless('closing');
    await eventually('the command runs', () => running('closing').length > 0);
    await commands.close();
    expect(await ended).toMatchObject({ stopped: 'Abort' });
    expect(running('closing')).toEqual([]);
    expect((await treeOf(process.pid)).map(commandOf).join('\n')).not.toContain('launcher-process');
    expect(await version()).toMatchObject({ exitCode: -1, stopped: 'Abort' });
  });

  test('that cannot start Git says so', async () => {
    const { exitCode, stderr } = await commands.run({
      arguments: ['--version'],
      environment: { PATH: '/nonexistent' },
      wholeMs: LONG,
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('ENOENT');
  });
});
