import { Testing } from 'cdk8s';
import { Duration } from 'k8sta';
import { simulate } from 'k8sta/testing';
import { Checkout, IMAGE } from './shop';

const network = () => simulate(new Checkout(Testing.app(), 'checkout'));

describe('the delivery network of checkout', () => {
  test('a release waits for a yes before prod', async () => {
    const journey = await network().image(`${IMAGE}:2.1.0`).run();
    expect(journey).toVisit('test', 'stage');
    expect(journey).toWaitAt('prod', 'Approval');
    expect(journey).not.toHaveCommitted('prod', `${IMAGE}:2.1.0`);
  });

  test('with the yes it goes live', async () => {
    const journey = await network().image(`${IMAGE}:2.1.0`).approve('prod', 'ada').run();
    expect(journey).toHaveCommitted('prod', `${IMAGE}:2.1.0`);
    expect(journey).toComplete();
  });

  test('an hour after the release it still soaks on stage', async () => {
    const journey = await network().image(`${IMAGE}:2.1.0`).pass(Duration.hours(1));
    expect(journey).toWaitAt('stage', 'Soak');
  });

  test('a release that crashes on stage never reaches prod, and the next one does', async () => {
    const checkout = network().health('stage', { degraded: 'web: crash loop' }).image(`${IMAGE}:2.1.0`);
    const failed = await checkout.run();
    expect(failed).not.toHaveCommitted('prod', `${IMAGE}:2.1.0`);
    const mended = await checkout
      .health('stage', { healthyAfterMs: 500 })
      .image(`${IMAGE}:2.1.1`)
      .approve('prod')
      .run();
    expect(mended.toString()).toBe(
      [
        'main-1 checkout 2.1.0: test (Arrived) -> stage (Failed) -> Failed',
        'main-2 checkout 2.1.1: test (Arrived) -> stage (Arrived) -> prod (Arrived) -> Completed',
      ].join('\n'),
    );
  });
});
