/** Whether the first station shows already what a first look has found (rule B2). */

import valid from 'semver/functions/valid';
import type { ApplicationReference, Change, Chart, Station, Track } from '../../../lib/api';
import { sameImage } from '../facts/change';
import type { Draft } from '../plan/plan';
import { recordOf } from '../facts/state';

/** `v1.2.3` and `1.2.3` are one version. */
const normal = (version: string): string => valid(version) ?? version;
const normalURL = (repoURL: string): string => repoURL.replace(/\/+$/, '');

const sameChart = (one: Pick<Chart, 'repoURL' | 'name'>, other: Pick<Chart, 'repoURL' | 'name'>): boolean =>
  one.name === other.name && normalURL(one.repoURL) === normalURL(other.repoURL);

/** The version of a chart that an application shows: that of its state, or of its own words before the first ticket. */
function shownVersion(station: Station, reference: ApplicationReference, chart: Chart): string | undefined {
  const { good } = recordOf(station, reference);
  const set = good?.state.charts?.find((one) => sameChart(one, chart))?.version;
  const said = reference.render?.helm?.chart;
  return set ?? (good !== undefined && said !== undefined && sameChart(said, chart) ? said.version : undefined);
}

/** A first look makes no ticket for what every enabled application of the first station shows. */
export function shownAtFirstStation(draft: Draft, track: Track, { images = [], charts = [] }: Change): boolean {
  const [first] = track.spec.stations;
  const { namespace } = track.metadata;
  const station = first && draft.snapshot.facts.station({ namespace, name: first.name });
  const enabled = station?.spec.applications.filter((reference) => reference.enabled) ?? [];
  if (station === undefined || enabled.length === 0) return false;
  return enabled.every((reference) => {
    const shown = recordOf(station, reference).good?.state.images ?? [];
    return (
      images.every((image) => shown.some((one) => sameImage(one, image))) &&
      charts.every((chart) => {
        const version = shownVersion(station, reference, chart);
        return version !== undefined && normal(version) === normal(chart.version);
      })
    );
  });
}
