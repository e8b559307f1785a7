/** The runs of Argo Rollouts that were made for tickets, followed where Argo Rollouts is installed and nowhere else. */

import { LABELS } from '../../../lib/api';
import { messageOf } from '../../errors';
import type { AnalysisView } from '../../journey';
import { keyOf, Store, type Clock, type Cluster, type Reflection } from '../../kube';
import type { Log } from '../../log';
import { ANALYSIS_RUNS, projectRun, type RawRun } from '../../rollouts';

const FIX = 'install Argo Rollouts, or take the analysis out of exit.analyses of the Station';

interface AnalysesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  /** Namespaces of teams. @default - all */
  readonly namespaces?: readonly string[];
}

export class Analyses {
  readonly runs: Store<AnalysisView, 'station'>;
  private readonly reflector: Reflection<RawRun>;
  private following = false;

  constructor(private readonly options: AnalysesOptions) {
    const { cluster, clock, log, namespaces } = options;
    this.runs = new Store<AnalysisView, 'station'>({
      log,
      identity: (view) => view,
      indexes: { station: ({ namespace, station }) => [keyOf({ namespace, name: station })] },
    });
    this.reflector = cluster.reflector({
      ...(namespaces === undefined ? {} : { namespaces }),
      resource: ANALYSIS_RUNS,
      store: this.runs,
      labelSelector: LABELS.ticket,
      project: projectRun,
      omit: [{ key: 'managedFields' }],
      log,
      clock,
    });
  }

  /**
   * Resolves when the runs are known.
   *
   * @throws TerminalError where the cluster serves none, or shows us none, with the fix
   */
  async follow(): Promise<void> {
    if (!this.following) {
      const places = this.options.namespaces?.map((namespace) => ({ namespace })) ?? [{}];
      await this.options.cluster.check(places.map((place) => ({ ...place, resource: ANALYSIS_RUNS, fix: FIX })));
      this.following = true;
      this.reflector.start();
    }
    await this.reflector.synced();
  }

  /** Follows the runs if that is possible; a ticket that needs one tries again, and says why it cannot be made. */
  async followWherePossible(): Promise<void> {
    try {
      await this.follow();
    } catch (error) {
      this.options.log.info({ reason: messageOf(error) }, 'No analyses are followed');
    }
  }

  /** Takes the server's reply to a write into the cache. */
  observe(written: RawRun): void {
    this.reflector.observe(written);
  }

  async stop(): Promise<void> {
    this.following = false;
    await this.reflector.stop();
  }
}
