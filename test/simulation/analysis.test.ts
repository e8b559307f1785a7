import { Duration } from 'cdk8s';
import { Gate, Value } from '../../lib';
import type { AnalysisView } from '../../runtime/journey';
import { Yard } from './exit';

const runsOf = (yard: Yard): AnalysisView[] => [...yard.simulation.model.runs.values()];

const only = (yard: Yard): AnalysisView => {
  const [run, ...more] = runsOf(yard);
  if (run === undefined || more.length > 0) throw new Error(`there are ${more.length + 1} runs`);
  return run;
};

/** Argo Rollouts says how the one run ended. */
const ends = (yard: Yard, phase: AnalysisView['phase'], message = ''): void => {
  const run = only(yard);
  const metrics = [{ name: 'success-rate', phase, message }];
  yard.simulation.model.runs.set(`shop/${run.name}`, { ...run, phase, metrics });
};

const running = (): Yard => {
  const yard = new Yard(Gate.analysis('smoke'));
  yard.simulation.model.outcomes.set('smoke', { phase: 'Running', message: '' });
  return yard.board().settle();
};

describe('F5: an analysis behind a station', () => {
  test('holds the ticket until it succeeds, named in status before it is made', () => {
    const yard = running();
    const { status } = yard.ticket();
    expect(status).toMatchObject({ phase: 'Arriving', waiting: { reason: 'Analysis' } });
    expect(status?.arrival?.analyses).toEqual([only(yard).name]);
    ends(yard, 'Successful');
    yard.settle();
    expect(yard.ticket().status?.phase).toBe('Completed');
  });

  test.each(['Failed', 'Error'] as const)('that ends %s fails the ticket in the words of its metric', (phase) => {
    const yard = running();
    ends(yard, phase, 'assessed Failed due to failed (1) > failureLimit (0)');
    yard.settle();
    expect(yard.ticket().status?.failure).toMatchObject({ reason: 'AnalysisFailed', station: 'prod' });
    expect(yard.ticket().status?.failure?.message).toContain(
      `ended ${phase}: metric success-rate: assessed Failed due to failed (1) > failureLimit (0)`,
    );
    expect(yard.station().status?.applications?.[0]?.good).toBeUndefined();
  });

  test('that is inconclusive suspends, until a person takes this very run as passed; who it was is recorded', () => {
    const yard = running();
    ends(yard, 'Inconclusive', 'between the limits');
    yard.settle(50_000);
    const { uid } = only(yard);
    expect(yard.ticket().status).toMatchObject({
      phase: 'Suspended',
      waiting: { reason: 'Analysis', resume: { uid } },
    });
    expect(yard.ticket().status?.waiting?.message).toContain(`add {uid: ${uid}, by: <you>} to spec.resumes of main-1`);
    yard.say({ resumes: [{ uid: 'another-run', by: 'ada' }] }).settle();
    expect(yard.ticket().status?.phase).toBe('Suspended');
    yard.say({ resumes: [{ uid, by: 'ada' }] }).settle();
    expect(yard.ticket().status?.stamps?.at(-1)).toMatchObject({
      result: 'Arrived',
      message: 'analysis smoke was inconclusive, and ada took it as passed',
    });
  });

  test('is told to end when its arrival ends', () => {
    const yard = running();
    yard.say({ abort: true }).settle();
    expect(only(yard).terminated).toBe(true);
  });

  test('is told to end when its station is deleted', () => {
    const yard = running();
    yard.simulation.stations.delete('shop/prod');
    yard.settle();
    expect(only(yard).terminated).toBe(true);
  });

  test('is held beside a soak, from the same moment on', () => {
    const yard = new Yard(Gate.analysis('smoke'), Gate.soak(Duration.hours(1)));
    yard.simulation.model.outcomes.set('smoke', { phase: 'Running', message: '' });
    yard.board().settle(1_000);
    expect(yard.ticket().status?.waiting?.reason).toBe('Soak');
    ends(yard, 'Inconclusive', 'between the limits');
    yard.settle(2_000);
    expect(yard.ticket().status).toMatchObject({ phase: 'Suspended', waiting: { reason: 'Analysis' } });
    yard.say({ resumes: [{ uid: only(yard).uid, by: 'ada' }] }).settle();
    expect(yard.departed()).toBe(3_602);
  });

  test('is made once, whatever step the process dies before', () => {
    for (let steps = 1; ; steps += 1) {
      const yard = new Yard(Gate.analysis('smoke')).board();
      const taken = yard.simulation.settle(steps);
      yard.simulation.restart();
      yard.settle();
      expect(yard.ticket().status?.phase).toBe('Completed');
      expect(only(yard).terminated).toBe(false);
      if (taken < steps) return;
    }
  });
});

describe('L10: arguments of an analysis', () => {
  const argumentsOf = (...args: Parameters<typeof Gate.analysis>) => {
    const yard = new Yard(Gate.analysis(...args));
    const run = jest.spyOn(yard.simulation.model, 'run');
    yard.board('1.2.3').settle();
    const job = run.mock.calls.map(([one]) => one).find((one) => one.kind === 'analyse');
    return { yard, args: job?.kind === 'analyse' ? job.args : undefined };
  };

  test('are texts, and values of ticket, station and change', () => {
    const version = Value.imageTag('ghcr.io/acme/shop');
    const { args } = argumentsOf('smoke', {
      args: { fixed: 'text', version, ticket: Value.ticket(), station: Value.station() },
    });
    expect(args).toEqual([
      { name: 'fixed', value: 'text' },
      { name: 'version', value: '1.2.3' },
      { name: 'ticket', value: 'main-1' },
      { name: 'station', value: 'prod' },
    ]);
  });

  test('that neither the change nor the station has keep the gate shut, and the ticket says which', () => {
    const { yard, args } = argumentsOf('smoke', { args: { digest: Value.imageDigest('ghcr.io/acme/shop') } });
    expect(args).toBeUndefined();
    expect(yard.ticket().status?.waiting?.message).toBe(
      "analysis smoke cannot start: neither the change nor the station's state has the digest of ghcr.io/acme/shop, for argument digest",
    );
  });
});
