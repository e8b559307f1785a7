import { readFileSync } from 'node:fs';
import { Commands } from '../../../runtime/git/command';
import type { Farewell } from '../../../runtime/git/conversation';
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

  describe('a conversation', () => {
    /** One with a mirror's reader; it answers what it does not know with `<question> missing`. */
    const begin = (environment: Record<string, string> = {}) => {
      const heard = { text: '', farewell: undefined as Farewell | undefined };
      const listener = {
        said: (chunk: Buffer) => void (heard.text += chunk.toString()),
        ended: (farewell: Farewell) => void (heard.farewell = farewell),
      };
      const command = {
        arguments: ['cat-file', '--batch'],
        environment: { ...ENVIRONMENT, GIT_DIR: repository, ...environment },
      };
      return Object.assign(heard, { conversation: commands.converse(command, listener) });
    };
    const readers = async (): Promise<number[]> =>
      (await treeOf(process.pid)).filter((pid) => commandOf(pid).includes('cat-file --batch'));
    let repository: string;
    beforeEach(async () => (repository = world.bare(await world.repository('read'))));

    test('goes on without the small process that began it, however much is said', async () => {
      const heard = begin();
      heard.conversation.say('first\n');
      await eventually('it answers', () => heard.text === 'first missing\n');
      const pid = await launcher();
      expect(await treeOf(pid)).toEqual([pid, ...(await readers())]);
      process.kill(pid, 'SIGSTOP');
      heard.text = '';
      const many = 'more than any pipe takes at once\n'.repeat(20_000);
      heard.conversation.say(many);
      await eventually('all are answered', () => heard.text === many.replaceAll('\n', ' missing\n'));
      process.kill(pid, 'SIGCONT');
      heard.conversation.end();
      await eventually('nobody reads', async () => (await readers()).length === 0);
      expect(heard.farewell).toBeUndefined();
    });

    test('ends with the small process when that is killed, and says so; another can begin', async () => {
      const heard = begin();
      heard.conversation.say('first\n');
      await eventually('it answers', () => heard.text !== '');
      process.kill(await launcher(), 'SIGKILL');
      await eventually('it ended', () => heard.farewell !== undefined);
      expect(heard.farewell).toMatchObject({ exitCode: -1, stderr: expect.stringContaining('is gone') as string });
      expect(await readers()).toEqual([]);
      const again = begin();
      again.conversation.say('again\n');
      await eventually('another answers', () => again.text === 'again missing\n');
    });

    test('ends when somebody kills the command, when it fails and when it cannot start: with the signal or its words', async () => {
      const [killed, failed, absent] = [begin(), begin({ GIT_DIR: '/nonexistent' }), begin({ PATH: '/nonexistent' })];
      killed.conversation.say('first\n');
      await eventually('it answers', () => killed.text !== '');
      const [reader = 0] = await readers();
      process.kill(reader, 'SIGKILL');
      await eventually('all ended', () => [killed, failed, absent].every(({ farewell }) => farewell !== undefined));
      expect(killed.farewell).toMatchObject({ exitCode: -1, signal: 'SIGKILL' });
      expect(failed.farewell).toMatchObject({
        exitCode: 128,
        stderr: expect.stringContaining('not a git repository') as string,
      });
      expect(absent.farewell).toMatchObject({ exitCode: -1, stderr: expect.stringContaining('ENOENT') as string });
    });

    test('leaves nothing behind when all is closed, and none begins any more', async () => {
      const heard = begin();
      heard.conversation.say('first\n');
      await eventually('it answers', () => heard.text !== '');
      await commands.close();
      expect(await readers()).toEqual([]);
      expect(() => begin()).toThrow('closed');
    });
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
