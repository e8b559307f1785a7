/** What the server says of a station beside the resource: its windows, and who made what it shows. */

import { systemClock } from '../../../../runtime/kube';
import { STATIONS } from '../../../../runtime/resources';
import { applicationNamed, station } from './objects';
import type { Page, Scene } from './scene';

interface Around {
  readonly scene: () => Scene;
  readonly signedIn: (token: string, at?: Page) => Promise<Page>;
}

export function testStations({ scene, signedIn }: Around): void {
  test('say of a station when its windows open and shut, by the clock of the server', async () => {
    const clock = { ...systemClock, now: () => Date.parse('2026-01-05T12:30:00Z') };
    const page = await signedIn('viewer-token', await scene().serve({ clock }));
    const windows = [
      { allow: '0 9 * * 1-5', duration: '8h', timeZone: 'UTC' },
      { allow: '0 0 * * 0', duration: '1h', timeZone: 'UTC' },
      { deny: '0 12 5 1 *', duration: '1h', timeZone: 'UTC' },
      { allow: 'at noon', duration: '1h', timeZone: 'UTC' },
      { deny: 'at noon', duration: '1h', timeZone: 'UTC' },
    ];
    await scene().apply(station('shop', 'timed', { entry: { windows } }));
    const { body } = await page.get('/api/stations/shop/timed');
    expect(body.windows).toEqual([
      { open: true, until: '2026-01-05T17:00:00.000Z' },
      { open: false, until: '2026-01-11T00:00:00.000Z' },
      { open: true, until: '2026-01-05T13:00:00.000Z' },
      { open: false },
      { open: true },
    ]);
  });

  test('say of a station who made what it shows, once asked of Git for all who look', async () => {
    const page = await signedIn('viewer-token');
    const [base, overlay, gone] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];
    const of = (application: string) => ({ name: application, namespace: 'argocd' });
    await scene().apply(
      station('shop', 'authored', {
        applications: [applicationNamed('web'), applicationNamed('api')],
      }),
    );
    await scene()
      .cluster.objects(STATIONS)
      .merge(
        { namespace: 'shop', name: 'authored' },
        {
          status: {
            applications: [
              { ...of('web'), good: { commit: 'a'.repeat(40), state: 0 } },
              { ...of('api'), good: { commit: 'b'.repeat(40), state: 1 } },
              { ...of('forgotten'), good: { commit: 'c'.repeat(40), state: 1 } },
            ],
            states: [
              { base, overlay },
              { base, overlay: gone },
            ],
          },
        },
        { subresource: 'status' },
      );
    const asked: string[] = [];
    scene().commit = async (repoURL, commit) => {
      asked.push(`${repoURL} ${commit}`);
      if (commit === gone) throw new Error('the repository has it no longer');
      const person = { name: 'Ada <b>', email: 'ada@example.com', date: new Date(commit === base ? 0 : Number.NaN) };
      return { commit, tree: '', parents: [], author: person, committer: person, subject: 's'.repeat(999), body: '', trailers: [] }; // prettier-ignore
    };
    const look = () => page.get('/api/stations/shop/authored/authors');
    const { body } = await look();
    const author = { name: 'Ada <b>', subject: 's'.repeat(200) };
    expect(body.commits).toEqual({ [base]: { ...author, time: '1970-01-01T00:00:00.000Z' }, [overlay]: author });
    await look();
    expect(asked.map((each) => each.split(' ')[1]).sort()).toEqual([base, overlay, gone]);
    expect((await (await signedIn('stranger-token')).get('/api/stations/shop/authored/authors')).code).toBe(403);
  });
}
