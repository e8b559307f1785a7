import { join } from 'node:path';
import { fencedGit } from '../../../runtime/dispatch/fenced-git';
import { assemble, type Machine } from '../../../runtime/dispatch/machine';
import { World } from '../../../runtime/dispatch/caches/world';
import { createForges } from '../../../runtime/forge';
import { openGit, type Git } from '../../../runtime/git';
import { systemClock } from '../../../runtime/kube';
import { silentLog, type Log } from '../../../runtime/log';
import { createCharts, createRegistry } from '../../../runtime/registry';
import { createRenderer, type Renderer } from '../../../runtime/render';
import { eventually } from '../../waiting';
import { Yard } from './yard';

let yard: Yard;
let world: World;
let git: Git;
let renderer: Renderer;
let machine: Machine;
/** Whether effects may go out, and what was held back since they may not. */
const fence = {
  open: true,
  passed: 0,
  heldBack: 0,
  remainingMs(): number {
    if (this.open) this.passed += 1;
    return this.open ? 60_000 : 0;
  },
};
const log: Log = {
  ...silentLog,
  warn: (fields) => void (/held back|took longer/.test(String(fields['error'])) && (fence.heldBack += 1)),
};

beforeAll(async () => {
  yard = await Yard.open({ started: false });
  const { cluster, folder } = yard;
  world = new World({ cluster, credentialsNamespace: 'k8sta', clock: systemClock, log });
  git = openGit({ folder: join(folder, 'caches') });
  renderer = createRenderer();
  await world.start();
  const registry = createRegistry({ mirrors: new Map([['ghcr.io', yard.railyard.registryURL]]) });
  const patience = { settleMs: 0 };
  const forges = createForges({ credentials: async () => undefined });
  const charts = createCharts({ folder: join(folder, 'charts') });
  const tools = { world, renderer, registry, charts, patience, log, clock: systemClock, random: Math.random };
  fence.open = false;
  machine = assemble({ ...tools, cluster: cluster.behind(fence), git: fencedGit(git, fence), forges });
  await machine.start();
}, 60_000);

afterAll(async () => {
  await machine.halt();
  await world.stop();
  await Promise.all([git.close(), renderer.close()]);
  await yard.close();
}, 30_000);

const OURS = ['tracks/status', 'stations/status', 'tickets/status', 'tickets', 'events'];

test('every effect of a ride asks whether it may go out: none does while it may not, and all are done after that (D5)', async () => {
  const scene = await yard.scene('fenced');
  await scene.ticket('one', '1.0.0');
  const effects: string[] = [];
  const shut = (effect: string): void => {
    effects.push(effect);
    fence.open = false;
  };
  yard.faults.onRequest = ({ verb, resource }) => {
    if (['create', 'update', 'patch'].includes(verb) && OURS.includes(resource)) shut(`${verb} ${resource}`);
  };
  yard.faults.git.set(scene.repository.name, ({ service, advertisement }) => {
    if (service === 'git-receive-pack' && !advertisement) shut('push');
    return undefined;
  });
  fence.passed = 0;
  fence.open = true;
  for (;;) {
    // The fence shuts behind each effect; something has to run against it before it is opened for the next.
    const held = fence.heldBack;
    await eventually('an effect is held back, or nothing is left to do', () => {
      return (!fence.open && fence.heldBack > held) || scene.seen('one')?.status?.phase === 'Completed';
    });
    if (scene.seen('one')?.status?.phase === 'Completed') break;
    fence.open = true;
  }
  fence.open = true;
  await scene.completed('one');
  // Each effect had an answer of its own; asking Argo CD to look is not counted here, since Argo CD patches as well.
  expect(effects.length).toBeLessThanOrEqual(fence.passed);
  expect(fence.passed - effects.length).toBeLessThanOrEqual(2);
  expect(effects).toEqual(expect.arrayContaining(['update stations/status', 'update tickets/status', 'push']));
  expect(await scene.repository.log('env/test')).toHaveLength(1);
}, 90_000);
