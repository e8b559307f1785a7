/** History z with a process that dies: whatever effect it happens at, before or after, it ends the same (R1). */

import { api, isTidy, oneOfTwo, second, shown, ticket, web } from './requests';
import type { Fault } from './world';

/** Every effect of the history on forge, Git and records, and how often it comes. */
async function effectsOf(): Promise<Omit<Fault, 'fate' | 'ms'>[]> {
  const scene = oneOfTwo();
  const counts = new Map<string, number>();
  const strike = scene.faults.strike.bind(scene.faults);
  scene.faults.strike = (effect, kind) => {
    if (kind === 'write') counts.set(effect, (counts.get(effect) ?? 0) + 1);
    return strike(effect, kind);
  };
  await scene.live();
  return [...counts].flatMap(([effect, count]) => Array.from({ length: count }, (_, nth) => ({ effect, nth })));
}

test.each(['CrashBefore', 'CrashAfter', 'ReplyLost', 'Late'] as const)('z, R1: %s at each effect', async (fate) => {
  const effects = await effectsOf();
  expect(effects.length).toBeGreaterThan(30);
  for (const effect of effects) {
    const scene = oneOfTwo([{ ...effect, fate, ms: 30_000 }]);
    await scene.live();
    isTidy(scene);
    expect({ ...effect, phase: ticket(scene, second)?.status?.phase }).toEqual({ ...effect, phase: 'Failed' });
    expect(shown(scene, web)).toContain('2.0.0');
    expect(shown(scene, api)).not.toContain('2.0.0');
  }
});
