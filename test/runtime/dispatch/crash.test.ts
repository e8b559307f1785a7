import type { GitRequest } from '../../../runtime/railyard/git';
import { eventually } from '../../waiting';
import { Victim } from './victim';
import { Yard } from './yard';

let yard: Yard;
let victim: Victim;

beforeAll(async () => {
  yard = await Yard.open({ started: false });
  victim = new Victim(yard);
}, 60_000);

afterAll(async () => {
  victim.kill();
  await victim.died();
  await yard.close();
}, 30_000);

/** Moments of a ride at which a real process dies; the simulation has it die before every step. */
type Moment =
  | { readonly api: string }
  /** A push comes in: before Git sees it, or after all of it is done and before the answer. */
  | { readonly push: 'before' | 'after' };

const MOMENTS: readonly [string, Moment][] = [
  ['while a station is taken', { api: 'update stations/status' }],
  ['before the first push', { push: 'before' }],
  ['after a push whose answer never came', { push: 'after' }],
];

/** Kills the victim the next time that this happens. */
function arm(moment: Moment, repository: string): Promise<void> {
  return new Promise((resolve) => {
    let armed = true;
    const strike = (): boolean => {
      if (!armed) return false;
      armed = false;
      victim.kill();
      resolve();
      return true;
    };
    if ('api' in moment) {
      yard.faults.onRequest = ({ verb, resource }) => {
        if (`${verb} ${resource}` === moment.api) strike();
      };
      return;
    }
    yard.faults.git.set(repository, (request: GitRequest) => {
      const isPush = request.service === 'git-receive-pack' && !request.advertisement;
      if (!isPush || !strike()) return undefined;
      return moment.push === 'after' ? { loseReply: true } : { status: 503, message: 'nobody listens any more' };
    });
  });
}

test('a runtime killed in the middle of a ride and started again leaves one commit on each branch (I3, D2, D5)', async () => {
  const stations = ['a', 'b', 'c'];
  const scene = await yard.scene('killed', { stations: stations.map((name) => ({ name, spec: { hold: true } })) });
  await scene.ticket('one', '1.0.0');
  for (const [index, [what, moment]] of MOMENTS.entries()) {
    const station = stations[index] ?? '';
    await victim.start();
    await scene.until('one', `stands before ${station}`, ({ status }) => status?.station === station, 30_000);
    const struck = arm(moment, scene.repository.name);
    await scene.say('station', station, { hold: false });
    const late = new Promise((_resolve, reject) =>
      setTimeout(() => reject(new Error(`it was not killed ${what}`)), 30_000).unref(),
    );
    await Promise.race([struck, late]);
    await victim.died();
    yard.faults.onRequest = () => undefined;
    yard.faults.git.clear();
  }
  await victim.start();
  await scene.completed('one', 60_000);
  await eventually('all stations are free', () =>
    stations.every((name) => scene.stationNow(name)?.status?.occupant === undefined),
  );
  expect(scene.stamps('one')).toEqual(stations.map((name) => `${name} Arrived`));
  for (const station of stations) {
    const log = await scene.repository.log(`env/${station}`);
    expect(log.map(({ parents }) => parents)).toEqual([[]]);
    expect(scene.stationNow(station)?.status?.applications?.[0]?.good?.commit).toBe(log[0]?.sha);
  }
}, 240_000);
