import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startRegistry, type Registry } from '../../../runtime/railyard/registry';
import { runProgram } from '../../../runtime/cli/program';
import { testTerminal, type Ended } from './terminal';

const IMAGE = 'ghcr.io/acme/web';
const CREDENTIALS = { username: 'ada', password: 'lovelace' };

let folder: string;
let registry: Registry;
let digest: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'k8sta-why-'));
  registry = await startRegistry({ folder: join(folder, 'registry'), credentials: CREDENTIALS });
  for (const tag of ['1.3.0', '2.0.0', 'latest', '1.5.0-rc.1']) await registry.publish(`${IMAGE}:${tag}`);
  digest = await registry.publish(`${IMAGE}:1.4.0`);
  await registry.publish(`${IMAGE}:1.4.1`, { platforms: ['linux/arm64'] });
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true });
});

/** Asks with a docker config of one's own. */
async function why(config: object | string, ...args: string[]): Promise<Ended> {
  const home = mkdtempSync(join(folder, 'home-'));
  mkdirSync(join(home, '.docker'));
  writeFileSync(join(home, '.docker', 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  const helper = join(home, 'docker-credential-test');
  const answer = JSON.stringify({ ServerURL: 'ghcr.io', Username: 'ada', Secret: 'lovelace' });
  writeFileSync(helper, `#!/bin/sh\nread host\n[ "$host" = ghcr.io ] && echo '${answer}'\n`);
  chmodSync(helper, 0o755);
  const PATH = `${home}${delimiter}${process.env['PATH']}`;
  const terminal = testTerminal({ env: { HOME: home, PATH } });
  const code = await runProgram(['why-image', ...args, '--registry-mirror', `ghcr.io=${registry.url}`], terminal);
  return { code, ...terminal.written };
}

const auths = { 'ghcr.io': { auth: Buffer.from('ada:lovelace').toString('base64') } };
const chosen = ['--semver', '^1', '--platform', 'linux/amd64', '--ignore-tags', '^latest$'];

test('tells tag by tag what a live registry has, with the credential of docker', async () => {
  const { code, out, err } = await why({ auths }, IMAGE, ...chosen);
  expect([code, err]).toEqual([0, '']);
  expect(out)
    .toBe(`1.4.0 of 6 tags: highest that satisfies ^1; 1 ignored by ignoreTags; ${IMAGE}:1.4.1 is not for linux/amd64
${IMAGE}:1.4.0@${digest}

  1.4.0       is chosen
  1.4.1       was passed over: ${IMAGE}:1.4.1 is not for linux/amd64
  1.3.0       is lower than 1.4.0
  2.0.0       is outside ^1
  1.5.0-rc.1  is a pre-release
  latest      is ignored by ignoreTags '^latest$'
`);
});

test('tells of one tag alone, and as JSON', async () => {
  const one = await why({ auths }, `${IMAGE}:1.5.0-rc.1`, ...chosen);
  expect(one.out.split('\n').slice(3)).toEqual(['  1.5.0-rc.1  is a pre-release', '']);
  const json = JSON.parse((await why({ auths }, IMAGE, '--newest', '-o', 'json')).out) as { tags: unknown[] };
  expect(json).toMatchObject({
    images: [{ repoURL: IMAGE }],
    explanation: expect.stringContaining('newest build') as string,
  });
  expect(json.tags).toHaveLength(6);
  const gone = await why({ auths }, `${IMAGE}:9.0.0`);
  expect([gone.code, gone.err]).toEqual([1, `k8sta: ${IMAGE} has no tag 9.0.0 among the 6 that it lists.\n`]);
});

test('asks the helper that docker’s config names', async () => {
  for (const config of [{ credsStore: 'test', auths: { 'ghcr.io': {} } }, { credHelpers: { 'ghcr.io': 'test' } }]) {
    expect((await why(config, IMAGE, '--by-name')).out).toContain('latest of 6 tags: last in byte order');
  }
  const missing = await why({ credsStore: 'nowhere' }, IMAGE);
  expect([missing.code, missing.err]).toEqual([
    1,
    "k8sta: docker-credential-nowhere is not on PATH, and docker's config names it for ghcr.io\n",
  ]);
});

test.each([
  ['without a credential', {}, [IMAGE], 1, 'asks for a credential and none is known'],
  ['with a config that is none', '{', [IMAGE], 1, 'config.json is not JSON'],
  ['without an image', {}, [], 2, 'Name an image repository, or a Track with --track.'],
  ['with two ways to choose', {}, [IMAGE, '--newest', '--by-name'], 2, 'Say one of --semver, --newest'],
  ['with a reference that is none', {}, ['ghcr.io/Acme/web'], 1, 'is not a repository'],
])('%s it says so, without a secret', async (_, config, args, code, words) => {
  const ended = await why(config, ...args);
  expect(ended.code).toBe(code);
  expect(ended.err).toContain(words);
  expect(ended.out + ended.err).not.toContain('lovelace');
});
