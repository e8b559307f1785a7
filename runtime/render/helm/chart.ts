/** Where the chart of an Application is, and what its own files say of it. Pure. */

import { posix } from 'node:path';
import { parse } from 'yaml';
import { type RenderSpec } from '../../../lib/api';
import { messageOf } from '../../errors';
import { failed } from '../failed';
import { BASE, CHART_FILE, chartIn } from '../detection';
import { isObject } from '../../raw';

type HelmSpec = NonNullable<RenderSpec['helm']>;
type Files = ReadonlyMap<string, Uint8Array>;

/** Larger ones are no list of dependencies. */
const READ_BYTES = 256 * 1024;
const MAX_ALIASES = 100;
/** What Helm allows, less what means something to a path. */
const CHART_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** One chart that another one needs. */
export interface Dependency {
  readonly name: string;
  /** As `Chart.lock` has it, else as the chart says it: a version or a range. */
  readonly version: string;
  readonly repository: string;
}

/** Folders that a render by helm reads, seen from the Application's folder. */
export const helmPlaces = (spec: HelmSpec | undefined, overlay: string): string[] => [
  overlay,
  BASE,
  ...(spec?.path === undefined ? [] : [spec.path]),
];

/**
 * The folder of the chart in the source; `undefined` where it is a published one.
 *
 * @throws TerminalError (`RenderFailed`) where there is none
 */
export function sourceChart(spec: HelmSpec | undefined, files: Files, overlay: string): string | undefined {
  if (spec?.chart !== undefined) {
    if (spec.path === undefined) return undefined;
    throw failed(
      `helm has both chart ${spec.chart.name} and path ${JSON.stringify(spec.path)} in render: keep one of them`,
    );
  }
  const candidates = spec?.path === undefined ? [overlay, BASE] : [spec.path];
  const found = candidates.find((folder) => chartIn(files, folder) !== undefined);
  if (found !== undefined) return found;
  const places = candidates.map((folder) => JSON.stringify(posix.join(folder, CHART_FILE)));
  const missing = places.length === 1 ? `${places.join('')} does not exist` : `neither ${places.join(' nor ')} exists`;
  throw failed(`there is no chart: ${missing}. Say in render which chart it is, a published one or the folder of one`);
}

/**
 * What the chart in a folder depends on, with the versions of its lock file.
 *
 * @throws TerminalError (`RenderFailed`) naming the file that cannot be read
 */
export function dependenciesIn(files: Files, folder: string): readonly Dependency[] {
  const chart = read(files, posix.join(folder, CHART_FILE));
  if (typeof chart.name !== 'string' || !CHART_NAME.test(chart.name)) {
    throw failed(`${posix.join(folder, CHART_FILE)}: ${JSON.stringify(chart.name)} is no name of a chart`);
  }
  // Charts of the first kind have them in files of their own.
  const [listed, locked] = Array.isArray(chart.dependencies)
    ? [chart, read(files, posix.join(folder, 'Chart.lock'))]
    : [read(files, posix.join(folder, 'requirements.yaml')), read(files, posix.join(folder, 'requirements.lock'))];
  const locks = entries(locked.dependencies);
  return entries(listed.dependencies).map((each) => {
    const name = text(each.name);
    if (!CHART_NAME.test(name))
      throw failed(`${JSON.stringify(name)} is no name of a chart that ${folder} can depend on`);
    const repository = text(each.repository).replace(/\/+$/, '');
    const lock = locks.find((one) => one.name === name && text(one.repository).replace(/\/+$/, '') === repository);
    return { name, repository, version: text(lock?.version ?? each.version) };
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const entries = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** A file of the chart; empty where it is not there. */
function read(files: Files, path: string): Readonly<Record<string, unknown>> {
  const content = files.get(path);
  if (content === undefined) return {};
  if (content.length > READ_BYTES) throw failed(`${path} has ${content.length} bytes; the limit is ${READ_BYTES}`);
  try {
    const value: unknown = parse(Buffer.from(content).toString(), {
      maxAliasCount: MAX_ALIASES,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    return isObject(value) ? value : {};
  } catch (error) {
    throw failed(`${path} cannot be read: ${messageOf(error)}`);
  }
}
