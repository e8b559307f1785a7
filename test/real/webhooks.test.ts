/** Webhooks as the real forge and the real registry send them: their signatures, and what they say. */

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subscription } from '../../lib/api';
import { openGit } from '../../runtime/git';
import { publishImage } from '../../runtime/railyard';
import { type Parcel, serveWebhooks } from '../../runtime/server';
import {
  addressOf,
  isAbout,
  LONGEST_BODY,
  Receivers,
  type Reception,
  type StoredReceiver,
} from '../../runtime/webhooks';
import { eventually } from '../waiting';
import { ask } from './people';
import { realStack } from './stack';

const stack = realStack();
const { forge, registryURL, notified, folder: place } = stack;
const repository = `${forge.username}/hooked`;
const url = `${forge.url}/${repository}.git`;
const secret = 'a secret that nobody guesses';

const receiver = (sender: string, values: Record<string, string>): StoredReceiver => ({
  namespace: 'k8sta-system',
  name: sender,
  values: { sender, ...values },
});
const gitea = receiver('gitea', { secret });
const distribution = receiver('distribution', { secret: notified.secret });
const receivers = new Receivers([gitea, distribution]);

const heard: Reception[] = [];
/** Of those, what came from the forge: the registry tells late of whatever was pushed while nobody listened. */
const ofForge: Reception[] = [];
function take({ path, ...delivery }: Parcel): boolean {
  const reception = receivers.receive(path === notified.path ? addressOf(distribution) : path, delivery, Date.now());
  heard.push(reception);
  if (path !== notified.path) ofForge.push(reception);
  return reception.outcome === 'Taken';
}
const isHeard = (subscription: Subscription): boolean =>
  heard.some((one) => one.outcome === 'Taken' && one.hints.some((hint) => isAbout(hint, subscription)));

let served: Awaited<ReturnType<typeof serveWebhooks>>;
beforeAll(async () => {
  served = await serveWebhooks({ address: '127.0.0.1', port: notified.port, longestBody: LONGEST_BODY, take });
});
const forget = (): void => [heard, ofForge].forEach((list) => void list.splice(0));
beforeEach(forget);
afterAll(() => served.close());

test('a push to the forge is signed as it is expected, and about the branch and the folder that it touches', async () => {
  const folder = await mkdtemp(join(place, 'tmp', 'mirrors-'));
  const git = openGit({ folder, credentials: async () => ({ username: forge.username, password: forge.password }) });
  try {
    await ask(stack, 'POST', '/api/v1/user/repos', { name: 'hooked', private: true, default_branch: 'main' });
    const config = { url: `http://127.0.0.1:${served.port}${addressOf(gitea)}`, content_type: 'json', secret };
    await ask(stack, 'POST', `/api/v1/repos/${repository}/hooks`, {
      type: 'gitea',
      active: true,
      events: ['push'],
      config,
    });
    const author = { name: 'Ada', email: 'ada@example.com' };
    const push = async (path: string, parent?: string): Promise<string> => {
      const write = new Map([[path, Buffer.from('a: 1\n')]]);
      const order = {
        ...(parent === undefined ? {} : { parent }),
        remove: [],
        write,
        author,
        date: new Date(),
        message: path,
      };
      const { commit } = await git.commit(url, order);
      const moves = [{ branch: 'main', expected: parent, commit }];
      const deadline = new Date(Date.now() + 60_000);
      expect(await git.push(url, moves, { deadline })).toEqual({ outcome: 'Accepted' });
      return commit;
    };
    const first = await push('base/a.yaml');
    await eventually('the first push is heard', () => ofForge.length > 0, 30_000);
    forget();
    await push('env/prod/b.yaml', first);

    const source = (branch: string, below: string): Subscription => ({
      name: 'source',
      source: { repoURL: url, branch, folder: below, interval: '1m' },
    });
    await eventually('the second push is heard', () => isHeard(source('main', 'env/prod')), 30_000);
    expect(ofForge.map(({ outcome }) => outcome)).toEqual(['Taken']);
    expect(isHeard(source('main', 'base'))).toBe(false);
    expect(isHeard(source('release', ''))).toBe(false);
  } finally {
    await git.close();
    await rm(folder, { recursive: true });
  }
});

test('a push to the registry is told with its token, and about the image', async () => {
  const image = `${new URL(registryURL).host}/acme/hooked`;
  await publishImage(registryURL, `${image}:1.0.0`);
  const images = (name: string): Subscription => ({
    name: 'web',
    images: { repositories: [name], select: { newest: {} }, interval: '5m' },
  });
  await eventually('the push is heard', () => isHeard(images(image)), 30_000);
  expect(heard.every(({ outcome }) => outcome === 'Taken')).toBe(true);
  expect(isHeard(images(`${image}-other`))).toBe(false);
});
