/** Changes in words, and whether two of them are the same. */

import type { Change, Chart, Image } from '../../lib/api';

/** The last part of an image repository: `ghcr.io/acme/guestbook` is `guestbook`. */
export function shortRepository(repoURL: string): string {
  const path = repoURL.replace(/\/+$/, '').replace(/\.git$/, '');
  return path.slice(path.lastIndexOf('/') + 1) || repoURL;
}

/** `1.4.0`, or the first digits of the digest where there is no tag. */
export function shortVersion(image: Pick<Image, 'tag' | 'digest'>): string {
  return image.tag ?? image.digest?.replace('sha256:', '').slice(0, 12) ?? '';
}

export const shortCommit = (commit: string): string => commit.slice(0, 7);

/** A change in a line for people: `guestbook 1.4.0, source 3fa9c1e`. */
export function describeChange(change: Change | undefined): string {
  if (!change) return '';
  return [
    ...(change.images ?? []).map((image) => `${shortRepository(image.repoURL)} ${shortVersion(image)}`),
    ...(change.charts ?? []).map((chart) => `${chart.name} ${chart.version}`),
    ...(change.sources ?? []).map((source) => `source ${shortCommit(source.commit)}`),
    ...(change.overlays ?? []).map((overlay) => `${overlay.path} ${shortCommit(overlay.commit)}`),
  ].join(', ');
}

const imageLine = (image: Image): string =>
  `image ${image.repoURL}${image.tag ? `:${image.tag}` : ''}${image.digest ? `@${image.digest}` : ''}`;
const chartLine = (chart: Chart): string => `chart ${chart.repoURL} ${chart.name} ${chart.version}`;

/** A change in a line for programs: complete, and the same for equal changes in any order (rule B8). */
export function changeLine(change: Change | undefined): string {
  return [
    ...(change?.images ?? []).map(imageLine),
    ...(change?.charts ?? []).map(chartLine),
    ...(change?.sources ?? []).map((source) => `source ${source.repoURL} ${source.commit}`),
    ...(change?.overlays ?? []).map((overlay) => `overlay ${overlay.repoURL} ${overlay.path} ${overlay.commit}`),
  ]
    .sort()
    .join('; ');
}

export const sameImage = (one: Image, other: Image): boolean =>
  one.repoURL === other.repoURL && one.tag === other.tag && one.digest === other.digest;
