import { dropUnnamed, namedRepositories, type Naming } from '../../../../runtime/dispatch/caches/disuse';
import { silentLog } from '../../../../runtime/log';
import { FakeClock } from '../../kube/fake-clock';

const HOUR_MS = 60 * 60_000;
const at = (repoURL: string) => ({ repoURL });
const list = <T>(...items: T[]) => ({ list: () => items });

const world: Naming = {
  stations: list(
    { resource: { spec: { applications: [at('one'), at('two')] } } },
    { resource: { spec: {} } },
    { resource: undefined },
  ),
  tracks: list({ resource: { spec: { subscriptions: [{ source: at('source') }, {}] } } }, { resource: undefined }),
  applications: list({ sources: [at('two'), at('argo')] }, { sources: [] }),
};

describe('repositories that are named', () => {
  test('are those of Stations, of source subscriptions, and of Applications', () => {
    expect([...namedRepositories(world)].sort()).toEqual(['argo', 'one', 'source', 'two']);
  });

  test('keep their mirrors: once an hour all others may go, though one time it fails, until it is ended', async () => {
    const clock = new FakeClock();
    const kept: string[][] = [];
    const retain = async (urls: Iterable<string>): Promise<number> => {
      kept.push([...urls].sort());
      if (kept.length === 1) throw new Error('the disk is away');
      return 0;
    };
    const end = dropUnnamed(world, { retain }, { clock, log: silentLog });
    await clock.pass(HOUR_MS - 1);
    expect(kept).toEqual([]);
    await clock.pass(HOUR_MS + 1);
    expect(kept).toEqual([1, 2].map(() => ['argo', 'one', 'source', 'two']));
    end();
    await clock.pass(2 * HOUR_MS);
    expect(kept).toHaveLength(2);
  });
});
