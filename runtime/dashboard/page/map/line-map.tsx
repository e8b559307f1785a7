/** The line map, live: stops, lines and the tickets on them. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { layOutMap, type Direction, type MapLayout } from '../../layout';
import type { StreamedStation, StreamedTrack } from '../../protocol';
import { placeTickets } from '../../view/tokens';
import { keyOf, type World } from '../../view/world';
import { close, goTo, type Place } from '../route';
import { Lines } from './lines';
import { Stops } from './stops';
import { Tickets } from './tickets';
import { useView } from './view';

interface LineMapProps {
  readonly world: World;
  readonly place: Place | undefined;
}

/** Narrower than this, lines run down. */
const NARROW = 700;

export function LineMap({ world, place }: LineMapProps) {
  const frame = useRef<HTMLDivElement>(null);
  const direction = useDirection();
  const layout = useLayout(world, direction);
  const { canvas, view, fit, zoom, reveal } = useView(frame, layout);
  const placed = useMemo(() => placeTickets(world.tickets.values(), layout), [world.tickets, layout]);
  const chosen = place === undefined ? undefined : keyOf(place);
  useEffect(() => {
    const places = place?.subject === 'station' ? layout.stops : place?.subject === 'ticket' ? placed.tokens : [];
    const at = places.find(({ key }) => key === chosen);
    if (at !== undefined) reveal(at);
  }, [chosen, place?.subject, layout]);

  if (layout.stops.length === 0) return <Nothing world={world} />;
  return (
    <section class="map" aria-label="Line map">
      <div
        class={`frame ${view}`}
        ref={frame}
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('[role=button], a, button') === null) close();
        }}
      >
        <svg
          ref={canvas}
          class="canvas"
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          role="group"
          aria-label="Stations; arrow keys lead from one to the next"
        >
          <Lines layout={layout} tracks={world.tracks} chosen={place?.subject === 'track' ? chosen : undefined} />
          <Stops
            layout={layout}
            world={world}
            chosen={place?.subject === 'station' ? chosen : undefined}
            onChoose={({ namespace, name }) => goTo({ subject: 'station', namespace, name })}
            onReveal={reveal}
          />
          <Tickets layout={layout} placed={placed} chosen={place?.subject === 'ticket' ? chosen : undefined} />
        </svg>
      </div>
      <div class="tools" role="group" aria-label="Size of the map">
        <button type="button" aria-label="Larger" onClick={() => zoom(1.4)}>
          +
        </button>
        <button type="button" aria-label="Smaller" onClick={() => zoom(1 / 1.4)}>
          −
        </button>
        <button type="button" aria-label="Show all" onClick={fit}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="1.8" />
          </svg>
        </button>
      </div>
    </section>
  );
}

const Nothing = ({ world }: { world: World }) => (
  <section class="map empty" aria-label="Line map">
    <div>
      <span class="roundel large" aria-hidden="true" />
      <p>
        {world.stations.size === 0
          ? 'There is no Track and no Station that you may see yet.'
          : 'No Track stops anywhere yet.'}
      </p>
      <p class="hint">
        Describe one in TypeScript, and apply what <code>cdk8s synth</code> makes of it.
      </p>
    </div>
  </section>
);

function useDirection(): Direction {
  const query = useMemo(() => window.matchMedia(`(max-width: ${NARROW}px)`), []);
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const turn = (): void => setNarrow(query.matches);
    query.addEventListener('change', turn);
    return () => query.removeEventListener('change', turn);
  }, [query]);
  return narrow ? 'down' : 'right';
}

/** A layout is worked out anew only where the network has another shape, not when a ticket moves. */
function useLayout({ tracks, stations }: World, direction: Direction): MapLayout {
  const shape = useMemo(() => shapeOf(tracks, stations), [tracks, stations]);
  return useMemo(
    () =>
      layOutMap([...tracks.values()], [...stations.values()], {
        direction,
        aspect: direction === 'right' ? 1.6 : 0.6,
      }),
    [shape, direction],
  );
}

const shapeOf = (tracks: ReadonlyMap<string, StreamedTrack>, stations: ReadonlyMap<string, StreamedStation>): string =>
  JSON.stringify([
    [...tracks].map(([key, { spec }]) => [key, spec.stations.map(({ name }) => name)]).sort(),
    [...stations]
      .map(([key, { spec }]) => [key, spec.junctions.map(({ namespace, track }) => [namespace, track])])
      .sort(),
  ]);
