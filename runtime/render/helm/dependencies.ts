/** Which published charts a render needs, each in one exact version. Pure. */

import valid from 'semver/functions/valid';
import { type RenderSpec } from '../../../lib/api';
import { failed } from '../failed';
import { isWithin } from '../detection';
import { type Dependency, dependenciesIn, sourceChart } from './chart';

/** One version of one published chart. */
export interface ChartVersion {
  /** `oci://` or `https://`, without the name of the chart. */
  readonly repoURL: string;
  readonly name: string;
  readonly version: string;
}

/** What a render needs to know for this. */
export interface ChartQuestion {
  readonly spec: NonNullable<RenderSpec['helm']> | undefined;
  readonly overlay: string;
  /** Seen from the Application's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Versions that tickets brought. */
  readonly charts: readonly ChartVersion[];
}

const chartKey = ({ repoURL, name }: Pick<ChartVersion, 'repoURL' | 'name'>): string =>
  `${repoURL.replace(/\/+$/, '')} ${name}`;

/**
 * The published charts: the Application's own, or those that a chart of the source depends on and that are not vendored
 * in its `charts/`. A version that a ticket brought counts, then that of the lock file, then an exact one in the chart.
 *
 * @throws TerminalError (`RenderFailed`) naming the dependency that cannot be fetched, and what to do
 */
export function chartsToPull({ spec, overlay, files, charts }: ChartQuestion): readonly ChartVersion[] {
  const brought = new Map(charts.map((chart) => [chartKey(chart), chart.version]));
  const folder = sourceChart(spec, files, overlay);
  if (folder === undefined) {
    const { repoURL = '', name = '', version = '' } = spec?.chart ?? {};
    return [{ repoURL, name, version: brought.get(chartKey({ repoURL, name })) ?? version }];
  }
  return dependenciesIn(files, folder)
    .filter((each) => !isVendored(each, folder, files))
    .map((each) => published(each, brought.get(chartKey({ repoURL: each.repository, name: each.name }))));
}

function isVendored({ name }: Dependency, folder: string, files: ReadonlyMap<string, unknown>): boolean {
  const charts = `${folder === '' ? '' : `${folder}/`}charts`;
  if (files.has(`${charts}/${name}/Chart.yaml`)) return true;
  const archive = new RegExp(`^${name.replace(/[.]/g, '\\.')}-v?\\d[^/]*\\.tgz$`);
  return [...files.keys()].some((path) => isWithin(path, charts) && archive.test(path.slice(charts.length + 1)));
}

function published({ name, version, repository }: Dependency, brought: string | undefined): ChartVersion {
  if (!/^(?:oci|https?):\/\//.test(repository)) {
    throw failed(
      `dependency ${name} has the repository ${JSON.stringify(repository)}, which is not fetched: vendor it into charts/, or publish it at oci:// or https://`,
    );
  }
  const exact = brought ?? version;
  if (valid(exact) === null) {
    throw failed(
      `dependency ${name} asks for the version ${JSON.stringify(version)}, which is a range: run helm dependency update, and commit the lock file that it writes`,
    );
  }
  return { repoURL: repository, name, version: exact };
}
