import { eventually } from '../../../waiting';
import { DEFINITIONS, Yard } from './client';
import { applications } from './definitions';

const PATH = '/apis/argoproj.io/v1alpha1/namespaces/default/applications';
const COUNT = 400;

/** An object of 20 KB. */
const application = (number: number): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: `app-${number}` },
  spec: { project: 'default' },
  status: {
    resources: Array.from({ length: 160 }, (_, at) => ({
      kind: 'Deployment',
      namespace: 'n',
      name: `resource-${at}`,
      status: 'Synced',
      health: { status: 'Healthy' },
    })),
  },
});

describe('many large objects', () => {
  let yard: Yard;
  beforeAll(async () => {
    yard = await Yard.open();
    await yard.create(DEFINITIONS, applications());
  });
  afterAll(() => yard.close());

  it('are written, listed, watched and read back after a restart without getting slow', async () => {
    const watches = await Promise.all([yard.watch(PATH), yard.watch(PATH), yard.watch(`${PATH}?labelSelector=none`)]);
    const start = performance.now();
    for (let batch = 0; batch < COUNT; batch += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => yard.create(PATH, application(batch + at))));
    }
    const written = performance.now();
    await eventually('both watches have every object', () =>
      watches.slice(0, 2).every(({ events }) => events.length === COUNT),
    );
    const heard = performance.now();
    expect(watches[2]?.events).toEqual([]);
    for (const watch of watches) await watch.stop();
    const { body } = await yard.get(PATH);
    const listed = performance.now();
    expect(body.items).toHaveLength(COUNT);
    expect(JSON.stringify(body.items[0]).length).toBeGreaterThan(15_000);
    await yard.restart();
    const restarted = performance.now();
    expect((await yard.get(PATH)).body.items).toHaveLength(COUNT);
    const seconds = {
      writes: written - start,
      lag: heard - written,
      list: listed - heard,
      restart: restarted - listed,
    };
    // Generous by a factor of ten: what they catch is work that grows with the number of objects.
    expect(seconds.writes).toBeLessThan(20_000);
    expect(seconds.lag).toBeLessThan(2_000);
    expect(seconds.list).toBeLessThan(3_000);
    expect(seconds.restart).toBeLessThan(3_000);
  });
});
