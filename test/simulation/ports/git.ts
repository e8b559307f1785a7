/** What the machine relies on of Git servers and of its mirrors. */

import { TerminalError } from '../../../runtime/errors';
import type { CommitOrder } from '../../../runtime/git';
import type { Files, Place } from './place';

const order = (files: Files, more: Partial<CommitOrder> = {}): CommitOrder => ({
  remove: [],
  write: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
  author: { name: 'K8sTA', email: 'k8sta@example.com' },
  date: new Date('2030-01-01T10:00:00Z'),
  message: 'arrive\n\nK8sTA-Ticket: shop/main-1\n',
  ...more,
});

export function gitPort(place: () => Place): void {
  const head = async (branch: string): Promise<string | undefined> =>
    (await place().git.heads(place().repoURL, [branch])).get(branch);

  /** The texts of a commit, read through the port. */
  const texts = async (commit: string): Promise<Files> => {
    const { git, repoURL } = place();
    const files = await git.files(repoURL, commit);
    const blobs = await git.blobs(
      repoURL,
      [...files.values()].map(({ oid }) => oid),
    );
    return Object.fromEntries(
      [...files].map(([path, { oid }]) => [path, Buffer.from(blobs.get(oid) ?? []).toString()]),
    );
  };

  test('the same order is the same commit, wherever it is made', async () => {
    const { git, repoURL } = place();
    await place().commit('first', { 'README.md': 'the shop' });
    const made = await git.commit(repoURL, order({ 'app.yaml': 'one', '.k8sta/state.yaml': 'state' }));
    expect(made).toEqual({
      tree: 'b869f14acc0d2d4e18b688ef382226f71232f31e',
      commit: '865dc06ec031842e0e3977e175554d7859881122',
    });
  });

  test('a push makes a branch, moves it on, and done twice has one effect', async () => {
    const { git, repoURL, soon } = place();
    const one = await git.commit(repoURL, order({ 'app.yaml': 'one' }));
    const making = [{ branch: 'env/a', expected: undefined, commit: one.commit }];
    expect(await git.push(repoURL, making, soon())).toEqual({ outcome: 'Accepted' });
    const two = await git.commit(repoURL, order({ 'app.yaml': 'two', 'b.yaml': 'b' }, { parent: one.commit }));
    const moving = [{ branch: 'env/a', expected: one.commit, commit: two.commit }];
    expect(await git.push(repoURL, moving, soon())).toEqual({ outcome: 'Accepted' });
    expect(await git.push(repoURL, moving, soon())).toEqual({ outcome: 'Accepted' });
    expect(await head('env/a')).toBe(two.commit);
    expect(await texts(two.commit)).toEqual({ 'app.yaml': 'two', 'b.yaml': 'b' });
  });

  test('who expects another head moves nothing, of any branch', async () => {
    const { git, repoURL, soon } = place();
    const base = await place().commit('env/b', { 'a.yaml': '1' });
    const ours = await git.commit(repoURL, order({ 'app.yaml': 'ours' }, { parent: base }));
    const other = await git.commit(repoURL, order({ 'app.yaml': 'other' }));
    const theirs = await place().commit('env/b', { 'a.yaml': '2' });
    const updates = [
      { branch: 'env/c', expected: undefined, commit: other.commit },
      { branch: 'env/b', expected: base, commit: ours.commit },
    ];
    expect(await git.push(repoURL, updates, soon())).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect([await head('env/b'), await head('env/c')]).toEqual([theirs, undefined]);
  });

  test('a branch that somebody made meanwhile is not overwritten', async () => {
    const { git, repoURL, soon } = place();
    const ours = await git.commit(repoURL, order({ 'app.yaml': 'ours' }));
    const theirs = await place().commit('env/d', { 'a.yaml': '1' });
    const updates = [{ branch: 'env/d', expected: undefined, commit: ours.commit }];
    expect(await git.push(repoURL, updates, soon())).toMatchObject({ outcome: 'Refused', kind: 'Moved' });
    expect(await head('env/d')).toBe(theirs);
  });

  test('a commit that is not built on the head expected is never sent', async () => {
    const { git, repoURL, soon } = place();
    const base = await place().commit('env/e', { 'a.yaml': '1' });
    await git.has(repoURL, base);
    const stray = await git.commit(repoURL, order({ 'app.yaml': 'stray' }));
    const updates = [{ branch: 'env/e', expected: base, commit: stray.commit }];
    await expect(git.push(repoURL, updates, soon())).rejects.toThrow(TerminalError);
    expect(await head('env/e')).toBe(base);
  });

  test('a foreign head is read with its files, its words and its history', async () => {
    const { git, repoURL } = place();
    const one = await place().commit('env/f', { 'a.yaml': '1', 'folder/b.yaml': 'b' });
    const two = await place().commit('env/f', { 'a.yaml': '2', 'folder/b.yaml': 'b' });
    expect(await git.has(repoURL, two)).toBe(true);
    expect(await git.has(repoURL, '1'.repeat(40))).toBe(false);
    expect(await texts(two)).toEqual({ 'a.yaml': '2', 'folder/b.yaml': 'b' });
    expect([...(await git.files(repoURL, two, 'folder')).keys()]).toEqual(['folder/b.yaml']);
    expect(await git.describe(repoURL, two)).toMatchObject({ commit: two, parents: [one] });
    expect([await git.contains(repoURL, one, two), await git.contains(repoURL, two, one)]).toEqual([true, false]);
    const history = await git.history(repoURL, { upTo: two, without: [one] });
    expect(history).toEqual([{ commit: two, paths: ['a.yaml'] }]);
  });

  test('what was removed is gone, and the rest stays byte for byte', async () => {
    const { git, repoURL } = place();
    const base = await place().commit('env/g', { 'a.yaml': '1', 'NOTES.md': 'by hand' });
    await git.has(repoURL, base);
    const ours = await git.commit(repoURL, order({ 'b.yaml': '2' }, { parent: base, remove: ['a.yaml'] }));
    expect(await texts(ours.commit)).toEqual({ 'NOTES.md': 'by hand', 'b.yaml': '2' });
    const { trailers, parents } = await git.describe(repoURL, ours.commit);
    expect([parents, trailers]).toEqual([[base], [{ key: 'K8sTA-Ticket', value: 'shop/main-1' }]]);
  });
}
