/** Putting a change on a track by hand (rule B7). */

import type { Change, Track } from '../../lib/api';
import { creationOf, namelessness, refused, type Word, writing } from './word';

export interface Boarding {
  readonly track: Track;
  readonly change: Change;
  /** The one station of the track that it visits, for overlays alone. @default - it rides the whole track */
  readonly express?: string;
  /** The person, as Kubernetes calls them. */
  readonly by: string;
  /** Ends the name of the ticket that is made; whoever asks draws it, and keeps it where they ask again. */
  readonly suffix: string;
}

/** A ticket that carries the change; it boards like any other. */
export function board({ track, change, express, by, suffix }: Boarding): Word {
  const { name, namespace, uid } = track.metadata;
  const { images = [], charts = [], sources = [], overlays = [] } = change;
  const others = images.length + charts.length + sources.length;
  if (others + overlays.length === 0)
    return refused(`a ticket needs something to carry: an image, a chart, or a commit of the configuration`);
  const unversioned = images.find(({ tag, digest }) => tag === undefined && digest === undefined);
  if (unversioned !== undefined) return refused(`image ${unversioned.repoURL} has no version: give a tag or a digest`);
  if (express !== undefined) {
    if (others > 0) return refused('an express ticket carries overlays only: put anything else on the whole track');
    const stations = track.spec.stations.map((station) => station.name);
    if (!stations.includes(express))
      return refused(`track ${name} does not stop at '${express}': it stops at ${stations.join(', ')}`);
  }
  const made = `${name}-${suffix}`;
  const way = express === undefined ? { track: name } : { express: { station: express } };
  const origin = { ...(express === undefined ? {} : { track: uid }), person: by };
  const where = express === undefined ? `boards ${name}` : `goes to ${express}`;
  return (
    namelessness(by) ??
    writing(`${made} ${where}${waits(track)}`, creationOf(namespace, made, { ...way, change, origin }))
  );
}

function waits({ spec }: Track): string {
  if (!spec.enabled) return ' once the track is enabled';
  return spec.hold ? ' once the track is not held any more' : '';
}
