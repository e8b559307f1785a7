/** Every example, ridden in the simulation: what its description promises comes to pass. */

import { Testing } from 'cdk8s';
import { Fleet } from '../../examples/clusters/fleet';
import { ExistingShop } from '../../examples/existing-applications/shop';
import { Gates } from '../../examples/gates/gates';
import { Guestbook } from '../../examples/guestbook/guestbook';
import { Blog } from '../../examples/helm/blog';
import { Regions } from '../../examples/junctions/regions';
import { Services, SERVICES } from '../../examples/microservices/services';
import { Shop } from '../../examples/monorepo-helm/shop';
import { Ledger } from '../../examples/pull-requests/ledger';
import { Duration } from 'k8sta';
import { simulate } from 'k8sta/testing';
import { REPOSITORY } from './networks';

test('guestbook: an image rides to prod, and so does a commit', async () => {
  const network = new Guestbook(Testing.app(), 'guestbook', { repositoryURL: REPOSITORY });
  const journey = await simulate(network)
    .image('ghcr.io/acme/guestbook:1.2.0')
    .push(REPOSITORY, 'base/deployment.yaml')
    .run();
  expect(journey).toVisit('test', 'stage', 'prod');
  expect(journey).toComplete();
});

test('junctions: the handbook follows when all regions have arrived', async () => {
  const ride = simulate(new Regions(Testing.app(), 'junctions')).push('https://git.example.com/regions.git', 'base/a');
  expect(await ride.pass(Duration.minutes(20))).not.toVisit('docs');
  const journey = await ride.run();
  expect(journey).toVisit('test', 'release', 'docs');
  for (const region of ['us-east', 'eu-west', 'ap-south'])
    expect(journey).toVisit(`${region}-canary`, `${region}-full`);
  expect(journey).toComplete();
});

test('junctions: a region that fails does not keep the others, and keeps the handbook', async () => {
  const journey = await simulate(new Regions(Testing.app(), 'junctions'))
    .health('eu-west-canary', { degraded: 'crash loop' })
    .push('https://git.example.com/regions.git', 'base/a')
    .run();
  expect(journey).toVisit('us-east-full');
  expect(journey).not.toVisit('eu-west-full');
  expect(journey).not.toVisit('docs');
});

test('gates: a release is analysed, soaks, and waits for the office hours of prod and a yes', async () => {
  const ride = simulate(new Gates(Testing.app(), 'gates')).image('ghcr.io/acme/payments:3.1.0');
  expect(await ride.pass(Duration.minutes(30))).toWaitAt('stage', 'Soak');
  const journey = await ride.run();
  expect(journey).toVisit('test', 'stage');
  expect(journey.waits()).toMatchObject([{ station: 'prod' }]);
});

test('gates: an analysis that fails keeps a release out of stage', async () => {
  const journey = await simulate(new Gates(Testing.app(), 'gates'))
    .analysis('smoke', 'Failed', 'error rate 0.2')
    .image('ghcr.io/acme/payments:3.1.0')
    .run();
  expect(journey).not.toVisit('stage');
});

test('monorepo-helm: an image rides the line of its own service and no other', async () => {
  const journey = await simulate(new Shop(Testing.app(), 'monorepo-helm')).image('ghcr.io/acme/api:1.2.0').run();
  expect(journey).toVisit('api-test', 'api-prod');
  expect(journey).not.toVisit('web-test');
});

test('existing-applications: an image rides through Applications that others made', async () => {
  const journey = await simulate(new ExistingShop(Testing.app(), 'existing')).image('ghcr.io/acme/shop:build-7').run();
  expect(journey).toVisit('test', 'prod');
});

test('microservices: a release carries every service, and prod changes for all of them together', async () => {
  const images = SERVICES.map((service) => ({ repoURL: `ghcr.io/acme/${service}`, tag: '4.1.0' }));
  const journey = await simulate(new Services(Testing.app(), 'microservices')).ticket('main', { images }).run();
  for (const { repoURL, tag } of images) expect(journey).toHaveCommitted('prod', `${repoURL}:${tag}`);
  expect(journey).toComplete();
});

test('microservices: one service that crashes on stage keeps all of them out of prod', async () => {
  const images = SERVICES.map((service) => ({ repoURL: `ghcr.io/acme/${service}`, tag: '4.1.0' }));
  const journey = await simulate(new Services(Testing.app(), 'microservices'))
    .health('stage', { degraded: 'cart: crash loop' })
    .ticket('main', { images })
    .run();
  expect(journey).not.toVisit('prod');
});

test('helm: an image rides through both environments of the chart', async () => {
  const journey = await simulate(new Blog(Testing.app(), 'helm')).image('ghcr.io/acme/blog:5.1.0').run();
  expect(journey).toVisit('test', 'prod');
  expect(journey).toComplete();
});

test('pull-requests: prod is entered when its pull request is merged', async () => {
  const journey = await simulate(new Ledger(Testing.app(), 'pull-requests')).image('ghcr.io/acme/ledger:1.4.0').run();
  expect(journey).toVisit('test', 'prod');
  expect(journey).toHaveCommitted('prod', 'ghcr.io/acme/ledger:1.4.0');
  expect(journey).toComplete();
});

test('clusters: one cluster soaks alone, then the rest of the fleet changes together', async () => {
  const ride = simulate(new Fleet(Testing.app(), 'clusters')).image('ghcr.io/acme/edge:2.3.0');
  expect(await ride.pass(Duration.hours(1))).toWaitAt('canary', 'Soak');
  expect(await ride.run()).toVisit('staging', 'canary', 'fleet');
});

test('clusters: a fleet that fails is not visited again before a person says so', async () => {
  const ride = simulate(new Fleet(Testing.app(), 'clusters'))
    .health('fleet', { degraded: 'prod-sin: crash loop' })
    .image('ghcr.io/acme/edge:2.3.0');
  expect(await ride.run()).toVisit('staging', 'canary');
  const next = await ride.image('ghcr.io/acme/edge:2.3.1').run();
  expect(next).not.toHaveCommitted('fleet', 'ghcr.io/acme/edge:2.3.1');
});
