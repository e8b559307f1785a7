/** Stories of pull requests with a process that dies: whatever effect it happens at, before or after, they end the same (R1). */

import { api, isTidy, madeAnew, oneOfTwo, second, shown, ticket, web } from './requests';
import type { Scene } from './scene';
import type { Fault } from './world';

const FATES = ['CrashBefore', 'CrashAfter', 'ReplyLost', 'Late'] as const;

type Story = (faults?: readonly Fault[]) => Scene;

/** Every effect of the story on forge, Git and records, and how often it comes. */
async function effectsOf(begin: Story): Promise<Omit<Fault, 'fate' | 'ms'>[]> {
  const scene = begin();
  const counts = new Map<string, number>();
  const strike = scene.faults.strike.bind(scene.faults);
  scene.faults.strike = (effect, kind) => {
    if (kind === 'write') counts.set(effect, (counts.get(effect) ?? 0) + 1);
    return strike(effect, kind);
  };
  await scene.live();
  return [...counts].flatMap(([effect, count]) => Array.from({ length: count }, (_, nth) => ({ effect, nth })));
}

/** Lives the story once for each effect, with this fate there. */
async function atEach(begin: Story, fate: (typeof FATES)[number], ends: (scene: Scene, at: object) => void) {
  const effects = await effectsOf(begin);
  expect(effects.length).toBeGreaterThan(30);
  for (const effect of effects) {
    const scene = begin([{ ...effect, fate, ms: 30_000 }]);
    await scene.live();
    isTidy(scene);
    ends(scene, effect);
  }
}

test.each(FATES)('z, R1: %s at each effect', (fate) =>
  atEach(oneOfTwo, fate, (scene, at) => {
    expect({ ...at, phase: ticket(scene, second)?.status?.phase }).toEqual({ ...at, phase: 'Failed' });
    expect(shown(scene, web)).toContain('2.0.0');
    expect(shown(scene, api)).not.toContain('2.0.0');
  }),
);

test.each(FATES)(
  'C3, R1: a station is deleted and made anew while its pull request is open, with %s at each effect',
  (fate) =>
    atEach(madeAnew, fate, (scene, at) => {
      expect({ ...at, phase: ticket(scene, second)?.status?.phase }).toEqual({ ...at, phase: 'Completed' });
      expect(shown(scene)).toContain('2.0.0');
    }),
);
