/** Changes in a line for programs, and whether two of them are the same. */

import type { Change, Chart, Image } from '../../../lib/api';

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
