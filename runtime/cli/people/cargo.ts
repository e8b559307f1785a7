/** What a ticket carries, as people write it on a command line: words and versions become a change of the track. */

import type { Change, Chart, Track } from '../../../lib/api';
import { imageMeant } from '../image-named';
import { UsageError } from '../terminal';

/** The options of `k8sta board` that say what is carried. */
export interface Cargo {
  /** `name=tag`, `name:tag`, `name@sha256:...`; the name may be the end of a repository that the track subscribes to. */
  readonly image?: readonly string[];
  /** `name=version` of a chart that the track subscribes to. */
  readonly chart?: readonly string[];
  /** Full SHAs of the source branch. */
  readonly commit?: readonly string[];
  /** `path=commit` */
  readonly overlay?: readonly string[];
  /** Repository of commits and overlays. @default - the one that the track subscribes to */
  readonly repository?: string;
}

/** @throws UsageError naming the word and what would be right */
export function cargoOf(track: Track, { image, chart, commit, overlay, repository }: Cargo): Change {
  const repositories = track.spec.subscriptions.flatMap(({ images }) => images?.repositories ?? []);
  const carried = image?.map((text) => imageMeant(text, repositories));
  const charts = chart?.map((text) => chartIn(text, track));
  const sources = commit?.map((sha) => ({ repoURL: repositoryOf(track, repository), commit: full(sha) }));
  const overlays = overlay?.map((text) => {
    const [path, sha] = halves(text, 'overlay', 'path=commit');
    return { repoURL: repositoryOf(track, repository), commit: full(sha), path: path.replace(/\/+$/, '') };
  });
  return {
    ...(carried && { images: carried }),
    ...(charts && { charts }),
    ...(sources && { sources }),
    ...(overlays && { overlays }),
  };
}

function chartIn(text: string, { metadata, spec }: Track): Chart {
  const [name, version] = halves(text, 'chart', 'name=version');
  const charts = spec.subscriptions.flatMap(({ chart }) => chart ?? []);
  const found = charts.find((chart) => chart.name === name);
  if (found !== undefined) return { repoURL: found.repoURL, name, version };
  const has = charts.map((chart) => chart.name).join(', ') || 'none';
  throw new UsageError(`--chart ${text}: track ${metadata.name} subscribes to no chart '${name}': it has ${has}`);
}

function repositoryOf({ metadata, spec }: Track, given: string | undefined): string {
  if (given !== undefined) return given;
  const known = [...new Set(spec.subscriptions.flatMap(({ source }) => source?.repoURL ?? []))];
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  const why = only === undefined ? 'subscribes to no repository' : `subscribes to ${known.join(' and ')}`;
  throw new UsageError(`track ${metadata.name} ${why}: say which one is meant with --repository`);
}

function full(commit: string): string {
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) return commit;
  throw new UsageError(`'${commit}' is no full commit: write all 40 digits, as git rev-parse prints them`);
}

function halves(text: string, what: string, form: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`--${what} ${text}: write ${form}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
