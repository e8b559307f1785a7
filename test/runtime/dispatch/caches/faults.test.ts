import type { Condition } from '../../../../lib/api';
import { eventually } from '../../../waiting';
import type { Scene } from '../scene';
import { Yard } from '../yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

const readyOf = (conditions: readonly Condition[] | undefined): Condition | undefined =>
  conditions?.find(({ type }) => type === 'Ready');

/** The Ready condition of a station, or of a track, once its reason is this one. */
const ready = (scene: Scene, kind: 'station' | 'track', name: string, reason: string): Promise<Condition | undefined> =>
  eventually(`${kind} ${name} says ${reason}`, () => {
    const seen = kind === 'station' ? scene.stationNow(name) : scene.trackNow(name);
    const condition = readyOf(seen?.status?.conditions);
    return condition?.reason === reason ? condition : undefined;
  });

test('L11: a branch that lies below another is said by its station until it is renamed, and what was well goes on', async () => {
  const scene = await yard.scene('below', {
    stations: ['test', { name: 'prod', applications: [{ branch: 'env/test/prod', overlay: 'env/prod' }] }],
    tracks: { main: ['test'], late: ['prod'] },
  });
  const condition = await ready(scene, 'station', 'prod', 'NetworkProblem');
  expect(condition).toMatchObject({ status: 'False' });
  expect(condition?.message).toContain("the rendered branch 'env/test' of");
  expect(condition?.message).toContain('rename one of them with `branch`.');
  expect(condition?.message).toContain('(station below/test)');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  await scene.station('prod');
  await ready(scene, 'station', 'prod', 'InService');
});

test('L11: two stations of a track that deploy to one place are said by the later one, unless both may', async () => {
  const scene = await yard.scene('crowded', {
    stations: [{ name: 'test' }, { name: 'prod', applications: [{ name: 'crowded-prod' }] }],
  });
  await ready(scene, 'station', 'prod', 'InService');
  await scene.deploysTo('crowded-prod', 'crowded-test');
  const condition = await ready(scene, 'station', 'prod', 'NetworkProblem');
  expect(condition?.message).toContain("deploy to the same place, namespace 'crowded-test' of cluster 'in-cluster'");
  await scene.annotate('crowded-prod', { 'k8sta.io/shared-destination': 'true' });
  await ready(scene, 'station', 'prod', 'InService');
});

test('L11: a track that stops at a station that does not exist says so until it is applied', async () => {
  const scene = await yard.scene('stopless', { stations: [] });
  await scene.track('main', ['test']);
  const condition = await ready(scene, 'track', 'main', 'NetworkProblem');
  expect(condition?.message).toContain("Refers to station 'stopless/test', which is not described here");
  await scene.station('test');
  await ready(scene, 'track', 'main', 'InService');
});

test('L11: an Application of two stations is said by the second of them', async () => {
  const app = { name: 'shared-web', branch: 'env/web' };
  const scene = await yard.scene('shared', {
    stations: [
      { name: 'test', applications: [app] },
      { name: 'prod', applications: [app] },
    ],
  });
  const condition = await ready(scene, 'station', 'test', 'NetworkProblem');
  expect(condition?.message).toContain(
    "Application 'argocd/shared-web' is driven by station 'shared/test' and by station 'shared/prod'",
  );
});
