/**
 * What one random history of `npm run simulate` costs: a network, its people and faults, lived in memory by the runtime
 * itself and judged by every invariant.
 *
 * Counted in processor time, so that what else the machine does matters little; the goal lets ten thousand of them take
 * four minutes on two cores.
 */
import { judge } from '../test/simulation/invariants';
import { drawStory, Scene } from '../test/simulation/scene';

const GOAL_MS = 48;
const HISTORIES = 300;
/** Lived before the clock starts: the first ones compile what the others run. */
const WARM_UP = 50;

/** Milliseconds of processor time since then. */
function since(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}

export async function main(): Promise<void> {
  let living = 0;
  let judging = 0;
  let breaches = 0;
  for (let seed = 1; seed <= WARM_UP + HISTORIES; seed += 1) {
    const born = process.cpuUsage();
    const scene = await new Scene(drawStory(seed)).live();
    const lived = since(born);
    const asked = process.cpuUsage();
    const found = judge(scene).length;
    if (seed <= WARM_UP) continue;
    living += lived;
    judging += since(asked);
    breaches += found;
  }
  const each = (total: number): string => (total / HISTORIES).toFixed(1);
  console.log('| histories | breaches | ms of one core to live one | to judge it | both | must be |');
  console.log('|--:|--:|--:|--:|--:|--:|');
  console.log(
    `| ${HISTORIES} | ${breaches} | ${each(living)} | ${each(judging)} | ${each(living + judging)} | ${GOAL_MS} |`,
  );
}
