/** What stands beside the map: the board, or the station, ticket or track that the page is about. */

import type { Place } from '../route';
import { close } from '../route';
import type { World } from '../../view/world';
import { keyOf } from '../../view/world';
import { BoardPanel } from './board-panel';
import { StationPanel } from './station-panel';
import { TicketPanel } from './ticket-panel';
import { TrackPanel } from './track-panel';

interface PanelProps {
  readonly world: World;
  /** What is left of it by the choice of a namespace. */
  readonly seen: World;
  readonly place: Place | undefined;
}

export function Panel({ world, seen, place }: PanelProps) {
  return (
    <aside class="panel" aria-label={place === undefined ? 'Tickets' : `${place.subject} ${place.name}`}>
      {place === undefined ? (
        <BoardPanel world={seen} />
      ) : (
        <Subject key={`${place.subject} ${keyOf(place)}`} world={world} place={place} />
      )}
    </aside>
  );
}

function Subject({ world, place }: { world: World; place: Place }) {
  const key = keyOf(place);
  const station = place.subject === 'station' ? world.stations.get(key) : undefined;
  const ticket = place.subject === 'ticket' ? world.tickets.get(key) : undefined;
  const track = place.subject === 'track' ? world.tracks.get(key) : undefined;
  return (
    <>
      <button type="button" class="plain close" aria-label="Back to all tickets" onClick={close}>
        ×
      </button>
      {station !== undefined && <StationPanel station={station} world={world} />}
      {ticket !== undefined && <TicketPanel ticket={ticket} world={world} />}
      {track !== undefined && <TrackPanel track={track} world={world} />}
      {station === undefined && ticket === undefined && track === undefined && (
        <div class="subject">
          <h2>{place.name}</h2>
          <p class="hint">
            There is no {place.subject} {key}, or you may not see it.{' '}
            {place.subject === 'ticket' ? 'Tickets that have ended are kept for a while only.' : ''}
          </p>
        </div>
      )}
    </>
  );
}
