/** A look at a chart: which version a subscription would choose now (rules B1, B2). A look that fails changes nothing. */

import type { ChartSubscription } from '../../../lib/api';
import { selectChart, versionRanksAbove, type Look, type LookJob } from '../../journey';
import type { Charts, LookOptions } from '../../registry';
import { chartCredential } from './pull-secret';
import type { ReadSecret } from './look-images';

export async function lookAtChart(
  { charts, secret }: { readonly charts: Charts; readonly secret: ReadSecret },
  subscription: ChartSubscription,
  job: LookJob,
  signal: AbortSignal,
): Promise<Look> {
  const { repoURL, name } = subscription;
  const versions = await charts.versions({ repoURL, name }, await optionsFor(secret, job, subscription, signal));
  const { tag: version, explanation: choice } = selectChart(versions, subscription);
  if (version === undefined) return { newer: false, choice, problem: choice };
  const last = job.last?.ticketed?.chart;
  const isSame = last?.repoURL === repoURL && last.name === name;
  const newer = last === undefined || !isSame || versionRanksAbove(version, last.version);
  return { chart: { repoURL, name, version }, newer, choice };
}

async function optionsFor(
  secret: ReadSecret,
  { namespace, maxAgeMs = 0 }: LookJob,
  chart: ChartSubscription,
  signal: AbortSignal,
): Promise<LookOptions> {
  const { secretName } = chart;
  if (secretName === undefined) return { maxAgeMs, signal };
  const values = await secret(namespace, secretName);
  const credential = chartCredential(values, `${namespace}/${secretName}`, chart);
  return { maxAgeMs, signal, credentials: async () => credential };
}
