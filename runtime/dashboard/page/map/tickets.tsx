/** Tickets on the map. One that moves rides along its line. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { MapLayout } from '../../layout';
import { wayBetween, type Token, type Tokens } from '../../view/tokens';
import { addressTo, goTo } from '../route';
import { memo } from '../memo';
import { lengthOf } from '../../map/path';

interface TicketsProps {
  readonly layout: MapLayout;
  readonly placed: Tokens;
  readonly chosen: string | undefined;
}

export const Tickets = memo(({ layout, placed: { tokens, crowds }, chosen }: TicketsProps) => {
  const colours = new Map(layout.lines.map(({ key, colour }) => [key, colour]));
  // The board tells the same in words, for those who do not point.
  return (
    <g class="tickets" aria-hidden="true">
      {tokens.map((token) => (
        <Ticket
          key={token.key}
          token={token}
          layout={layout}
          colour={colours.get(token.line ?? '')}
          chosen={token.key === chosen}
        />
      ))}
      {crowds.map(({ key, count, x, y }) => (
        <text key={key} class="crowd" x={x} y={y + 4} text-anchor="end">
          +{count}
        </text>
      ))}
    </g>
  );
});

interface TicketProps {
  readonly token: Token;
  readonly layout: MapLayout;
  readonly colour: number | undefined;
  readonly chosen: boolean;
}

const FASTEST_MS = 350;
const SLOWEST_MS = 1_100;
const MS_PER_UNIT = 4;

function Ticket({ token, layout, colour, chosen }: TicketProps) {
  const element = useRef<SVGGElement>(null);
  const before = useRef<{ token: Token; layout: MapLayout }>(undefined);
  useLayoutEffect(() => {
    const from = before.current;
    before.current = { token, layout };
    if (element.current === null || from === undefined || from.layout !== layout) return;
    if (from.token.x === token.x && from.token.y === token.y) return;
    ride(element.current, from.token, token, layout);
  }, [token.x, token.y, layout]);
  const slash = token.key.indexOf('/');
  return (
    <g
      ref={element}
      class={`ticket ${token.tone}${token.arriving ? ' arriving' : ''}${chosen ? ' chosen' : ''} ${colour === undefined ? 'express' : `c${colour}`}`}
      transform={`translate(${token.x} ${token.y})`}
      data-ticket={token.key}
      data-href={addressTo('ticket', token.key)}
      onClick={(event) => {
        event.stopPropagation();
        goTo({ subject: 'ticket', namespace: token.key.slice(0, slash), name: token.key.slice(slash + 1) });
      }}
    >
      <title>{token.name}</title>
      {token.arriving && <circle class="pulse" r={15} />}
      <path class="card" d="M-10-6.5h20v4.2a2.3 2.3 0 0 0 0 4.6v4.2h-20v-4.2a2.3 2.3 0 0 0 0-4.6z" />
      {(token.tone === 'asks' || token.tone === 'bad') && (
        <g class="mark" transform="translate(3 -1)">
          <circle cx={7} cy={-6} r={4.6} />
          <path d="M7-8.400v2.800M7-4.200v.6" />
        </g>
      )}
    </g>
  );
}

function ride(element: SVGGElement, from: Token, to: Token, layout: MapLayout): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const way = wayBetween(from, to, layout);
  const length = lengthOf(way);
  if (length === 0) return;
  let gone = 0;
  const frames = way.map((point, index) => {
    const last = way[index - 1];
    if (last !== undefined) gone += Math.hypot(point.x - last.x, point.y - last.y);
    return { transform: `translate(${point.x}px, ${point.y}px)`, offset: Math.min(1, gone / length) };
  });
  element.animate(frames, {
    duration: Math.max(FASTEST_MS, Math.min(SLOWEST_MS, length * MS_PER_UNIT)),
    easing: 'ease-in-out',
  });
}
