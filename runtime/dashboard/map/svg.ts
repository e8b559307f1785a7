/** The map as a picture of its own: for pull requests, documents and pages that run nothing. */

import { DARK, LIGHT } from './palette';
import { pathOf, short } from './path';
import { ROOM, type MapLayout, type MapLine, type MapStop, type Point } from './shape';

/** Characters of a name below a stop; longer ones end in an ellipsis, and are whole in the stop's title. */
const MOST_NAME = { right: 16, down: 22 } as const;
const LABEL_SHIFT = { middle: 0, end: 7 } as const;
const SIGN_HEIGHT = 18;
const SIGN_CHARACTER = 6.6;
const HALO = 4;

/** A complete SVG document that follows the reader's choice of light or dark. */
export function drawSvg(layout: MapLayout): string {
  const { width, height, lines, stops } = layout;
  const names = lines.map(({ name }) => name).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${short(width)} ${short(height)}" width="${short(width)}" height="${short(height)}" role="img" aria-label="${escape(`Line map: ${names}`)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    ...lines.flatMap((line) => line.branches.map(({ points }) => drawPath(line, points))),
    ...lines.flatMap((line) => drawPath(line, withoutRepeats(line.legs.flatMap(({ points }) => points)))),
    ...stops.map((stop) => drawStop(stop, layout)),
    ...lines.flatMap((line) => drawSign(line, layout)),
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = [
  'text{font:500 12px ui-sans-serif,system-ui,"Segoe UI",sans-serif;fill:#1b1f27;paint-order:stroke;stroke:#fbfaf7;stroke-width:' +
    `${HALO}px;stroke-linejoin:round}`,
  '.ground{fill:#fbfaf7}.line{fill:none;stroke-width:7;stroke-linecap:round;stroke-linejoin:round}',
  '.stop{fill:#fff;stroke:#1b1f27;stroke-width:3}.missing{stroke-dasharray:3 3}',
  '.sign{fill:#fff;stroke:none;font-weight:700;font-size:11px}',
  ...LIGHT.map((colour, index) => `.c${index}{--c:${colour}}`),
  '.line{stroke:var(--c)}.plate{fill:var(--c)}',
  '@media(prefers-color-scheme:dark){text{fill:#e9ebf0;stroke:#12151c}.ground{fill:#12151c}',
  '.stop{fill:#12151c;stroke:#e9ebf0}.sign{fill:#12151c;stroke:none}',
  ...DARK.map((colour, index) => `.c${index}{--c:${colour}}`),
  '}',
].join('');

const drawPath = (line: MapLine, points: readonly Point[]): string =>
  points.length === 0 ? '' : `<path class="line c${line.colour}" d="${pathOf(points)}"/>`;

/** Where one leg ends the next begins: the same point twice would be a corner of no length. */
const withoutRepeats = (points: readonly Point[]): Point[] =>
  points.filter(({ x, y }, index) => points[index - 1]?.x !== x || points[index - 1]?.y !== y);

function drawStop(stop: MapStop, { direction }: MapLayout): string {
  const across = 14 + 2 * stop.reach;
  const [width, height] = direction === 'right' ? [14, across] : [across, 14];
  const box = `x="${short(stop.x - width / 2)}" y="${short(stop.y - height / 2)}" width="${width}" height="${height}" rx="7"`;
  const name = escape(cut(stop.name, MOST_NAME[direction]));
  const label =
    direction === 'right'
      ? `<text x="${short(stop.x + LABEL_SHIFT[stop.label])}" y="${short(stop.y + stop.reach + 24)}" text-anchor="${stop.label}">${name}</text>`
      : `<text x="${short(stop.x + stop.reach + 16)}" y="${short(stop.y + 4)}">${name}</text>`;
  const title = `<title>${escape(`${stop.namespace}/${stop.name}${stop.missing ? ' (no such Station)' : ''}`)}</title>`;
  return `<g>${title}<rect class="stop${stop.missing ? ' missing' : ''}" ${box}/>${label}</g>`;
}

/** The name of a line on a plate of its colour, before its first stop. */
function drawSign(line: MapLine, { stops, direction }: MapLayout): string[] {
  const first = stops.find(({ key }) => key === line.stops[0]);
  if (first === undefined) return [];
  const name = cut(line.name, MOST_NAME[direction]);
  const width = [...name].length * SIGN_CHARACTER + 14;
  const place = first.lines.filter((key) => key !== line.key).length === 0 ? 0 : first.lines.indexOf(line.key);
  const x = direction === 'right' ? first.x - ROOM.right.left : first.x - width / 2;
  const y = first.y - (direction === 'right' ? first.reach : 0) - 14 - SIGN_HEIGHT * (first.lines.length - place);
  return [
    `<g class="c${line.colour}"><rect class="plate" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${SIGN_HEIGHT - 2}" rx="4"/>` +
      `<text class="sign" x="${short(x + width / 2)}" y="${short(y + 12)}" text-anchor="middle">${escape(name)}</text></g>`,
  ];
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that no SVG reader takes for markup; characters that XML cannot hold are left out. */
const escape = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\uFFFE\uFFFF]/gu, '').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
