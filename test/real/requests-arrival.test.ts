/** A recorded commit on its way into a branch of the real forge by pull request: the jobs of an arrival, and people (rule D9). */

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { close } from '../../runtime/dispatch/arrivals/close';
import { land } from '../../runtime/dispatch/arrivals/land';
import { writeStateRecord } from '../../runtime/dispatch/jobs/state-record';
import { createForges } from '../../runtime/forge';
import { blobId, openGit, type OpenGit } from '../../runtime/git';
import type { LandJob, RequestOrder } from '../../runtime/journey';
import { recordedArrival } from '../runtime/journey/recorded-arrival';
import { eventually } from '../waiting';
import { ask, Repository } from './people';
import { realStack } from './stack';

const stack = realStack();
const { forge, folder: place } = stack;
const { username, password } = forge;
const forges = createForges({
  credentials: async () => ({ kind: 'gitea', username, password, secretName: 'k8sta-system/forge' }),
});
const now = (): Date => new Date();
const signal = new AbortController().signal;
const DO = { Merge: 'merge', Squash: 'squash', Rebase: 'rebase' } as const;

let git: OpenGit;
let folder: string;
let repository: Repository;
let arrivals = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(place, 'tmp', 'mirrors-'));
  git = openGit({ folder, credentials: async () => ({ username, password }) });
  repository = await Repository.create('arrivals', { 'README.md': 'arrivals\n' });
});
afterAll(async () => {
  await git.close();
  await rm(folder, { recursive: true });
});

const say = (method: string, resource: string, body: object): Promise<string> =>
  ask(stack, method, `/api/v1/repos/${repository.path}/${resource}`, body);

/** A commit of ours, with the record of its files. */
function written(text: string, parent?: string): Promise<{ tree: string; commit: string }> {
  const file = Buffer.from(text);
  const record = writeStateRecord({
    station: 'shop/test',
    application: 'argocd/web',
    ticket: 'shop/main-1',
    state: {},
    renderer: { name: 'yaml', version: '1' },
    files: { 'app.yaml': blobId(file) },
  });
  return git.commit(repository.url, {
    ...(parent === undefined ? {} : { parent }),
    remove: [],
    write: new Map<string, Uint8Array>([
      ['app.yaml', file],
      ['.k8sta/state.yaml', record],
    ]),
    author: { name: 'K8sTA', email: 'transit@k8sta.io' },
    date: new Date('2030-01-01T00:00:00Z'),
    message: 'test: web 2.0.0 (main-1)',
  });
}

/** A branch that shows an earlier commit, and an arrival whose commit is on record. */
async function recorded(merge: RequestOrder['merge'] = 'People') {
  arrivals += 1;
  const branch = `env/test-${arrivals}`;
  const waiting = `k8sta/shop/test/web/uid-${arrivals}`;
  const { commit: parent } = await written('kind: Old\n');
  const { commit, tree } = await written('kind: New\n', parent);
  await git.push(repository.url, [{ branch, expected: undefined, commit: parent }], {
    deadline: new Date(Date.now() + 60_000),
  });
  const { ticket, station, job } = recordedArrival(repository.url, commit);
  const [first] = job.commits;
  if (first === undefined) throw new Error('the arrival has one commit');
  const words = { application: 'argocd/web', change: 'web 2.0.0', summary: '1 file', lineage: [], approvedBy: [] };
  const one = { ...first, branch, parent, reference: { ...first.reference, branch }, push: false };
  const request: RequestOrder = { branch: waiting, tree, merge, method: 'Squash', words };
  let url: string | undefined;
  const asked = (): RequestOrder => ({ ...request, ...(url !== undefined && { url }) });
  const whole = (): LandJob => ({ ...job, commits: [{ ...one, request: asked() }] });
  const records = { ticket: async () => ticket, station: async () => station };
  const look = async () => (await land({ git, forges, records, now }, whole(), signal))[0];
  const end = async () =>
    (
      await close(
        { git, forges, records },
        {
          ...{ kind: 'close', key: 'end', namespace: 'shop', station: 'test', ticket: 'main-1', note: 'It ends.' },
          requests: [{ reference: one.reference, branch: waiting, commit: { ...one, request: asked() } }],
        },
        signal,
      )
    )[0];
  const opened = async (): Promise<string> => {
    // The forge takes a moment to know a branch that was pushed: until then the job is tried again.
    const seen = await eventually('it is asked for', look);
    if (seen.outcome !== 'Requested') throw new Error(`it came to ${JSON.stringify(seen)}`);
    ({ url } = seen);
    return url.slice(seen.url.lastIndexOf('/') + 1);
  };
  return { branch, waiting, parent, commit, look, opened, end };
}

describe.each(['Merge', 'Squash', 'Rebase'] as const)('merged by people by %s', (method) => {
  test('the head after it is what the branch is known to show, and the branch on which it waited is gone', async () => {
    const { branch, waiting, look, opened } = await recorded();
    const id = await opened();
    expect(await opened()).toBe(id);
    await eventually('it can be merged', async () => {
      await say('POST', `pulls/${id}/merge`, { Do: DO[method] });
      return true;
    });
    const seen = await eventually('the merge is seen', async () => {
      const now = await look();
      return now?.outcome === 'Shown' && now;
    });
    expect(seen.commit).toBe(await repository.head(branch));
    expect(await repository.head(waiting)).toBeUndefined();
  });
});

test('the runtime merges at once what nothing forbids', async () => {
  const { branch, look, opened } = await recorded('Automatic');
  await opened();
  const seen = await eventually('it is merged', async () => {
    const now = await look();
    return now?.outcome === 'Shown' && now;
  });
  expect(seen.commit).toBe(await repository.head(branch));
});

test('closed by people is the end of it, and the branch on which it waited is gone', async () => {
  const { branch, waiting, parent, look, opened } = await recorded();
  await say('PATCH', `pulls/${await opened()}`, { state: 'closed' });
  expect(await look()).toMatchObject({ outcome: 'Closed', message: expect.stringContaining('/pulls/') as string });
  expect(await repository.head(waiting)).toBeUndefined();
  expect(await repository.head(branch)).toBe(parent);
});

test('an arrival that ends closes it with a note, and nothing can be merged any more', async () => {
  const { branch, waiting, parent, opened, end } = await recorded();
  const id = await opened();
  expect(await end()).toMatchObject({ outcome: 'NotShown' });
  expect(await repository.head(waiting)).toBeUndefined();
  await expect(say('POST', `pulls/${id}/merge`, { Do: 'merge' })).rejects.toThrow();
  expect(await repository.head(branch)).toBe(parent);
});

test('one that is merged before it could be closed is seen at the end of the arrival', async () => {
  const { branch, opened, end } = await recorded();
  const id = await opened();
  await eventually('it can be merged', async () => {
    await say('POST', `pulls/${id}/merge`, { Do: 'squash' });
    return true;
  });
  const seen = await end();
  expect(seen).toEqual(expect.objectContaining({ outcome: 'Shown', commit: await repository.head(branch) }));
});

test('D8: what somebody else brings to the branch meanwhile is foreign', async () => {
  const { branch, look, opened } = await recorded();
  await opened();
  await repository.commit(branch, { 'app.yaml': 'kind: ByHand\n' });
  expect(await look()).toMatchObject({
    outcome: 'Suspended',
    ownership: { whose: 'ForeignCommit', paths: ['app.yaml'] },
  });
});

test('I3: a branch to which somebody has added commits stays where its pull request is closed', async () => {
  const { waiting, look, opened } = await recorded();
  const id = await opened();
  const added = await repository.commit(waiting, { 'NOTES.md': 'mine\n' });
  await say('PATCH', `pulls/${id}`, { state: 'closed' });
  await eventually('the closing is seen', async () => (await look())?.outcome !== 'Requested');
  expect(await repository.head(waiting)).toBe(added);
});
