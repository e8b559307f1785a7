/** The ports of one process of a simulation; time passes by itself while somebody waits. */

import { ArgoCd, Chance, Faults, GitServers, Process, SimulatedApi, Timeline, type Fault } from '../world';
import { SimulatedCluster } from '../world/cluster';
import { SimulatedGit } from '../world/git';
import type { Place } from './place';

/** @param told what goes wrong @default nothing */
export async function openMemory(told: readonly Fault[] = []): Promise<Place> {
  const timeline = new Timeline(Date.now());
  const chance = new Chance(1);
  const faults = new Faults(chance, 0, told);
  const api = new SimulatedApi(() => timeline.now);
  const servers = new GitServers(() => timeline.now);
  const argocd = new ArgoCd({ timeline, api, git: servers, chance, fate: () => 'Healthy' });
  const process = new Process('runtime', timeline, chance, faults, () => undefined);
  const repoURL = 'https://git.example.com/web.git';
  let open = true;
  const pass = async (): Promise<void> => {
    while (open) {
      const next = timeline.nextAt;
      if (next === undefined) await new Promise((resolve) => setImmediate(resolve));
      else await timeline.until(next);
      argocd.noticeHeads();
    }
  };
  const passing = pass();
  const heads = new Map<string, string>();
  return {
    cluster: new SimulatedCluster(api, process, faults),
    git: new SimulatedGit(servers, process),
    repoURL,
    soon: () => ({ deadline: new Date(timeline.now + 20_000) }),
    now: () => new Date(timeline.now),
    async commit(branch, files) {
      const before = heads.get(branch);
      const gone = before === undefined ? [] : [...servers.objects.filesNow(before).keys()];
      const edit = { ...Object.fromEntries(gone.map((path) => [path, null])), ...files };
      const commit = servers.commit(repoURL, branch, edit, 'Ada', before);
      heads.set(branch, commit);
      return commit;
    },
    async close() {
      open = false;
      await passing;
    },
  };
}
