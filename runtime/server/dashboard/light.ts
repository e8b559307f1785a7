/** What of a resource goes into the stream. */

import { GROUP, type Metadata, type Station, type Ticket, type Track } from '../../../lib/api';
import type { ApplicationView } from '../../journey';
import type {
  StreamedApplication,
  StreamedMetadata,
  StreamedStation,
  StreamedTicket,
  StreamedTrack,
} from '../../dashboard/protocol';

const PREFIX = `${GROUP}/`;

function lightMetadata(metadata: Metadata): StreamedMetadata {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key.startsWith(PREFIX));
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
  };
}

export const lightTrack = (track: Track): StreamedTrack => ({ ...track, metadata: lightMetadata(track.metadata) });

export const lightTicket = (ticket: Ticket): StreamedTicket => ({
  ...ticket,
  metadata: lightMetadata(ticket.metadata),
});

export function lightStation(station: Station): StreamedStation {
  const light = { ...station, metadata: lightMetadata(station.metadata) };
  if (station.status?.history === undefined) return light;
  return { ...light, status: { ...station.status, history: station.status.history.slice(0, 1) } };
}

export function lightApplication({ namespace, name, health, sync }: ApplicationView): StreamedApplication {
  const [revision] = sync.revisions;
  return {
    namespace,
    name,
    health: health.status,
    sync: sync.status,
    ...(revision === undefined ? {} : { revision }),
  };
}
