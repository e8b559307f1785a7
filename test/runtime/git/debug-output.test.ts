import './debug-everything';
import { World } from './world';

const TOKEN = 'canary-51a0c77e';
const BASIC = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');

test('S10: a credential stays out of what the Git library prints when an operator debugs everything', async () => {
  const printed: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string | Uint8Array): boolean => printed.push(chunk.toString()) > 0;
  const world = await World.start({ credentials: { username: 'x-access-token', password: TOKEN } });
  try {
    const repo = await world.repository('acme/deploy');
    const git = world.git({ credentials: async () => ({ password: TOKEN }) });
    expect(await git.heads(repo, ['main'])).toEqual(new Map());
  } finally {
    process.stderr.write = write;
    await world.stop();
  }
  const all = printed.join('');
  expect(all).toMatch(/ls-remote/);
  expect(all).toMatch(/GIT_CONFIG_VALUE/);
  expect(all).not.toContain(TOKEN);
  expect(all).not.toContain(BASIC);
});
