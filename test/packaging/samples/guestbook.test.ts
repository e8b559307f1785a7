import { Testing } from 'cdk8s';
import { simulate } from 'k8sta/testing';
import { Guestbook } from './guestbook';

test('a new image waits for approval before prod', async () => {
  const network = new Guestbook(Testing.app(), 'guestbook');
  const journey = await simulate(network).image('ghcr.io/acme/guestbook:1.2.3').run();
  expect(journey).toVisit('test', 'stage');
  expect(journey).toWaitAt('prod', 'Approval');
});
