/** The adapters as they are, and a railyard behind them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crds } from '../../../lib/api/crd';
import { STATIONS, TICKETS, TRACKS } from '../../../runtime/resources';
import { openGit } from '../../../runtime/git';
import { connect } from '../../../runtime/kube';
import { startRailyard } from '../../../runtime/railyard';
import { Person } from '../../runtime/railyard/world';
import { eventually } from '../../waiting';
import type { Place } from './place';

export async function openRailyard(): Promise<Place> {
  const yard = await startRailyard({ latencyScale: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-ports-'));
  const person = await Person.at(yard);
  const git = openGit({ folder });
  const cluster = connect({ kubeconfig: yard.kubeconfigPath });
  for (const definition of crds()) await cluster.apply(definition);
  await cluster
    .objects({ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false })
    .create({
      metadata: { name: 'shop' },
    });
  await eventually('our kinds are served', () =>
    cluster.check([TRACKS, STATIONS, TICKETS].map((resource) => ({ resource, fix: 'wait' }))),
  );
  return {
    cluster,
    git,
    repoURL: person.repoURL,
    soon: () => ({ deadline: new Date(Date.now() + 20_000) }),
    now: () => new Date(),
    commit: (branch, files) => person.push(branch, files),
    async close() {
      await git.close();
      await person.leave();
      await yard.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
