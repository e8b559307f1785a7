/** Arrivals by pull request (rule D9), lived by the runtime itself; people and forges do what they do. */

import type { Ticket } from '../../lib/api';
import { TICKETS } from '../../runtime/resources';
import { NAMESPACE, repositoryOf } from './network';
import {
  api,
  begin,
  branch,
  everyHalfMinute,
  first,
  isTidy,
  madeAnew,
  mergesAll,
  MINUTE,
  network,
  oneOfTwo,
  second,
  shown,
  STATE_FILE,
  station,
  ticket,
  web,
} from './requests';
import type { Scene } from './scene';

describe.each(['Merge', 'Squash', 'Rebase'] as const)('merged by %s', (method) => {
  test('D9: one pull request for each arrival; its merge is recognised, recorded and waited for, its branch removed', async () => {
    const scene = begin(network([web]));
    mergesAll(scene, method);
    await scene.live();
    isTidy(scene);
    expect([ticket(scene, first), ticket(scene, second)].map((one) => one?.status?.phase)).toEqual([
      'Completed',
      'Completed',
    ]);
    expect(scene.forges.into(branch()).map(({ state }) => state)).toEqual(['Merged', 'Merged']);
    expect(shown(scene)).toContain('2.0.0');
    const head = scene.git.head(repositoryOf(web), branch());
    expect(station(scene)?.status?.applications?.[0]).toMatchObject({ head: { commit: head }, good: { commit: head } });
    expect(ticket(scene, second)?.status?.arrival?.applications[0]).toMatchObject({ commit: head, shown: true });
  });
});

test('D9: a branch that never existed gets one empty commit, and everything else by pull request', async () => {
  const scene = begin(network([web]));
  mergesAll(scene);
  await scene.live();
  const pushes = scene.git.history.filter(({ by, branch: at }) => at === branch() && by.startsWith('runtime'));
  expect(pushes).toHaveLength(1);
  expect(scene.git.objects.filesNow(pushes[0]?.after ?? '').size).toBe(0);
});

test('D9: the ticket says in plain words what it waits for, with the address; no time runs meanwhile (E1)', async () => {
  const scene = begin(network([web]));
  await scene.live();
  expect(ticket(scene, first)?.status).toMatchObject({ phase: 'Arriving', waiting: { reason: 'PullRequest' } });
  const message = ticket(scene, first)?.status?.waiting?.message ?? '';
  expect(message).toContain(`${repositoryOf(web)}/pulls/1 into ${branch()}`);
  expect(message).toContain('a person merges it');
  expect(scene.forges.requests).toHaveLength(1);
});

test('D9: closed means failed with the reason, and the next ticket opens its own', async () => {
  const scene = begin(network([web]));
  everyHalfMinute(scene, () => {
    const [one, ...others] = scene.forges.requests;
    if (one) scene.forges.close(one);
    for (const other of others) scene.forges.merge(other, 'Merge', 'Ada');
  });
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, first)?.status).toMatchObject({ phase: 'Failed', failure: { reason: 'PullRequestClosed' } });
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
});

test('D8: a merge that somebody undoes before it is seen suspends the arrival, and a resume has it merged once more', async () => {
  const scene = begin(network([web]));
  let undone: string | undefined;
  let seen: Ticket | undefined;
  everyHalfMinute(scene, () => {
    const [one, two, three] = scene.forges.requests;
    if (one) scene.forges.merge(one, 'Merge', 'Ada');
    if (two?.state === 'Open') {
      undone = scene.git.head(repositoryOf(web), branch());
      scene.forges.merge(two, 'Squash', 'Ada');
      scene.git.force(repositoryOf(web), branch(), undone, 'Grace');
    }
    const asking = ticket(scene, second);
    if (asking?.status?.phase === 'Suspended' && seen === undefined) {
      seen = asking;
      const { namespace, name, uid } = asking.metadata;
      const resumes = [{ uid, heads: [undone ?? ''], by: 'ada' }];
      scene.timeline.after(30 * MINUTE, () =>
        scene.api.merge(TICKETS, { namespace, name }, { spec: { resumes } }, { by: 'Ada' }),
      );
    }
    if (three) scene.forges.merge(three, 'Merge', 'Ada');
    scene.argocd.noticeHeads();
  });
  await scene.live();
  isTidy(scene);
  expect(seen?.status?.waiting?.reason).toBe('HistoryRewritten');
  expect(seen?.status?.waiting?.message).toContain('To put our files on top: k8sta resume');
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
  expect(shown(scene)).toContain('2.0.0');
});

test('D9: merged by the runtime once the checks pass, and not before', async () => {
  const scene = begin(network([web], { merge: 'Automatic', method: 'Squash' }));
  scene.forges.checks = 'Pending';
  let before: unknown;
  scene.timeline.after(2 * MINUTE, () => {
    before = scene.forges.requests.map(({ state }) => state);
    scene.forges.checks = 'Passed';
  });
  await scene.live();
  isTidy(scene);
  expect(before).toEqual(['Open']);
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
});

test.each([true, false])(
  'D9: a hint of the forge has a merge seen at once; without it minutes pass (%s)',
  async (isTold) => {
    const scene = begin(network([web]));
    const took: number[] = [];
    let after: string | undefined;
    scene.timeline.after(40 * MINUTE, () => {
      const uid = ticket(scene, first)?.metadata.uid ?? '';
      for (const one of scene.forges.requests) scene.forges.merge(one, 'Merge', 'Ada');
      // Said three times, once about a ticket that nobody knows.
      if (isTold) for (const ticketUid of [uid, 'nobody', uid]) took.push(scene.hear({ kind: 'Request', ticketUid }));
      scene.timeline.after(2_000, () => void (after = ticket(scene, first)?.status?.waiting?.reason));
    });
    scene.timeline.after(41 * MINUTE, () => void mergesAll(scene));
    await scene.live();
    isTidy(scene);
    expect(took).toEqual(isTold ? [1, 0, 1] : []);
    expect(after === 'PullRequest').toBe(!isTold);
  },
);

test('z: of two pull requests one is merged and one closed: failed, the merged head on record, nothing merges later', async () => {
  const scene = oneOfTwo();
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, second)?.status).toMatchObject({ phase: 'Failed', failure: { reason: 'PullRequestClosed' } });
  const head = scene.git.head(repositoryOf(web), branch(web));
  const entry = station(scene)?.status?.applications?.find(({ name }) => name === 'prod-web');
  expect(entry?.head?.commit).toBe(head);
  expect(entry?.good?.commit).not.toBe(head);
  expect(shown(scene, web)).toContain('2.0.0');
  expect(shown(scene, api)).not.toContain('2.0.0');
});

/** Does something once, at the moment at which a pull request is first open for the second ticket. */
function whenAsked(scene: Scene, act: (two: Ticket) => void): void {
  let done = false;
  everyHalfMinute(scene, () => {
    const [one, two] = scene.forges.requests;
    if (one) scene.forges.merge(one, 'Merge', 'Ada');
    const asking = ticket(scene, second);
    if (done || two === undefined || asking === undefined) return;
    done = true;
    act(asking);
  });
}

test('D7, G1: an abort closes the pull request with a note before the ticket has ended', async () => {
  const scene = begin(network([web]));
  whenAsked(scene, ({ metadata: { namespace, name } }) =>
    scene.api.merge(TICKETS, { namespace, name }, { spec: { abort: true } }, { by: 'Ada' }),
  );
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, second)?.status?.phase).toBe('Aborted');
  expect(scene.forges.requests[1]).toMatchObject({ state: 'Closed', notes: [expect.stringContaining('was aborted')] });
  expect(shown(scene)).toContain('1.0.0');
});

test('D7: one that is merged in the moment of the abort is on record as the head', async () => {
  const scene = begin(network([web]));
  whenAsked(scene, ({ metadata: { namespace, name } }) => {
    scene.api.merge(TICKETS, { namespace, name }, { spec: { abort: true } }, { by: 'Ada' });
    for (const one of scene.forges.requests) scene.forges.merge(one, 'Squash', 'Grace');
  });
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, second)?.status?.phase).toBe('Aborted');
  const head = scene.git.head(repositoryOf(web), branch());
  expect(station(scene)?.status?.applications?.[0]?.head?.commit).toBe(head);
});

test('C3: what a ticket has open that somebody deletes is closed, and the station is free', async () => {
  const scene = begin(network([web]));
  whenAsked(scene, ({ metadata: { namespace, name } }) => scene.api.delete(TICKETS, { namespace, name }, 'Ada'));
  await scene.live();
  isTidy(scene);
  expect(station(scene)?.status?.occupant).toBeUndefined();
  expect(scene.forges.requests[1]?.state).toBe('Closed');
});

test('C3, D9: what a station had open that is deleted is closed, and asked for anew once the station is there again', async () => {
  const scene = madeAnew();
  await scene.live();
  isTidy(scene);
  expect(scene.forges.requests.map(({ state }) => state)).toEqual(['Merged', 'Closed', 'Merged']);
  expect(scene.forges.requests[1]?.notes).toEqual([
    `Station prod was deleted: ticket ${second} stands before it again.`,
  ]);
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
  expect(shown(scene)).toContain('2.0.0');
});

test('C3, D9: commits of others on the branch of such a pull request stay, until somebody removes them', async () => {
  const scene = madeAnew();
  const fixed: { head?: string; branch?: string } = {};
  const { onOpen } = scene.forges;
  scene.forges.onOpen = (one) => {
    onOpen(one);
    if (one.number !== 2) return;
    fixed.branch = one.source;
    fixed.head = scene.git.commit(one.repoURL, one.source, { 'FIX.md': 'a fix\n' }, 'Grace');
  };
  scene.timeline.after(40 * MINUTE, () => {
    expect(scene.git.head(repositoryOf(web), fixed.branch ?? '')).toBe(fixed.head);
    const { reason, message } = ticket(scene, second)?.status?.waiting ?? {};
    expect(reason).toBe('PullRequest');
    expect(message).toContain(`branch ${fixed.branch} holds commits of others: remove it, or rename it`);
    scene.git.force(repositoryOf(web), fixed.branch ?? '', undefined, 'Grace');
  });
  await scene.live();
  isTidy(scene);
  expect(fixed.head).toBeDefined();
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
});

test('D8: what was merged is set back while another pull request is open: the arrival is suspended, and a resume asks anew', async () => {
  const scene = begin(network([web, api]));
  let head = '';
  let seen: Ticket | undefined;
  everyHalfMinute(scene, () => {
    const { requests } = scene.forges;
    const [one] = requests;
    const asking = ticket(scene, first);
    if (head === '' && one) {
      head = scene.git.head(one.repoURL, one.target) ?? '';
      scene.forges.merge(one, 'Merge', 'Ada');
      scene.timeline.after(10 * MINUTE, () => {
        scene.git.force(one.repoURL, one.target, head, 'Grace');
        scene.argocd.noticeHeads();
      });
    }
    if (asking?.status?.phase === 'Suspended' && seen === undefined) {
      seen = asking;
      const { namespace, name, uid } = asking.metadata;
      const resumes = [{ uid, heads: [head], by: 'ada' }];
      scene.api.merge(TICKETS, { namespace, name }, { spec: { resumes } }, { by: 'Ada' });
    }
    if (requests.length > 2) for (const asked of requests) scene.forges.merge(asked, 'Merge', 'Ada');
    scene.argocd.noticeHeads();
  });
  await scene.live();
  isTidy(scene);
  expect(seen?.status?.waiting?.reason).toBe('HistoryRewritten');
  expect([first, second].map((name) => ticket(scene, name)?.status?.phase)).toEqual(['Completed', 'Completed']);
});

test('G3: a rollback closes what its occupant has open, and then reads heads', async () => {
  const scene = begin(network([web]));
  whenAsked(scene, () => {
    scene.api.create(
      TICKETS,
      {
        metadata: { name: 'back', namespace: NAMESPACE },
        ...{
          spec: {
            rollback: { station: 'prod', to: { previous: true } },
            origin: { person: 'ada' },
            hold: false,
            abort: false,
          },
        },
      },
      'Ada',
    );
    for (const one of scene.forges.requests) scene.forges.merge(one, 'Squash', 'Grace');
  });
  mergesAll(scene);
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, second)?.status?.phase).toBe('Aborted');
  expect(ticket(scene, 'back')?.status?.phase).toBe('Completed');
  expect(shown(scene)).toContain('1.0.0');
});

test('D8, D9: a foreign commit on the branch suspends while its pull request is open; a resume asks anew on top of it', async () => {
  const scene = begin(network([web]));
  let foreign = '';
  whenAsked(scene, () => {
    const path = [...scene.git.objects.filesNow(scene.git.head(repositoryOf(web), branch()) ?? '').keys()].find(
      (one) => one !== STATE_FILE,
    );
    foreign = scene.git.commit(repositoryOf(web), branch(), { [path ?? '']: 'by hand\n' }, 'Ada');
    scene.argocd.noticeHeads();
    scene.timeline.after(10 * MINUTE, () => {
      const { uid = '', namespace = '', name = '' } = ticket(scene, second)?.metadata ?? {};
      expect(ticket(scene, second)?.status).toMatchObject({ phase: 'Suspended', waiting: { reason: 'ForeignCommit' } });
      const resumes = [{ uid, heads: [foreign], by: 'ada' }];
      scene.api.merge(TICKETS, { namespace, name }, { spec: { resumes } }, { by: 'Ada' });
      mergesAll(scene);
    });
  });
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
  expect(scene.forges.requests.map(({ state }) => state)).toEqual(['Merged', 'Closed', 'Merged']);
  expect(shown(scene)).toContain('2.0.0');
});

test('a forge that is away is waited for by name, and every ticket arrives once it is back', async () => {
  const scene = begin(network([web]));
  scene.forges.away = true;
  scene.timeline.after(4 * MINUTE, () => {
    expect(ticket(scene, first)?.status?.waiting).toMatchObject({ reason: 'PullRequest' });
    expect(ticket(scene, first)?.status?.waiting?.message).toContain('the forge is away');
    scene.forges.away = false;
  });
  mergesAll(scene);
  await scene.live();
  isTidy(scene);
  expect(ticket(scene, second)?.status?.phase).toBe('Completed');
});
