/** The shape of a map: what it is made from, and what it consists of. */

/** What the map needs of a Track: resources of the API fit, and so do objects that were never stored. */
export interface MapTrack {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly spec: { readonly stations: readonly { readonly name: string }[] };
}

/** What the map needs of a Station. */
export interface MapStation {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly spec: { readonly junctions?: readonly { readonly track: string; readonly namespace?: string }[] };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface MapStop extends Point {
  /** `<namespace>/<name>`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Keys of the lines that stop or begin here, in the order in which they cross the stop. */
  readonly lines: readonly string[];
  /** How far the outermost lines are from the centre, across the direction of travel. */
  readonly reach: number;
  /** Where its name has most room on a map that runs to the right: below it, or left of that. */
  readonly label: 'middle' | 'end';
  /** Whether a track names it and no Station of that name is there. */
  readonly missing: boolean;
}

/** A piece of a line from one stop to the next. */
export interface MapLeg {
  /** Keys of the stops. */
  readonly from: string;
  readonly to: string;
  /** Its corners, the first at the stop that it leaves and the last at the one that it reaches. */
  readonly points: readonly Point[];
}

export interface MapLine {
  /** `<namespace>/<name>` of the Track. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Index of its colour; lines that meet have different ones as long as there are enough. */
  readonly colour: number;
  /** Keys of its stops, in order. */
  readonly stops: readonly string[];
  /** Where it leaves the junctions that it branches off from, up to its first stop. */
  readonly branches: readonly MapLeg[];
  /** From stop to stop; one less than stops. */
  readonly legs: readonly MapLeg[];
}

export interface MapLayout {
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
  readonly stops: readonly MapStop[];
  readonly lines: readonly MapLine[];
}

/** Where lines run: to the right with names below the stops, or down, for narrow screens, with names beside them. */
export type Direction = 'right' | 'down';

export interface LayoutOptions {
  /** @default 'right' */
  readonly direction?: Direction;
  /** Width by height that a map of many separate lines tends to. @default 1.6 */
  readonly aspect?: number;
}

/** Distance of lines that run side by side, in units of the map. */
export const LANE = 10;

/** How many colours a palette for the map has. */
export const COLOURS = 10;

/** Room that each stop keeps free around its centre, for its name and the tickets before it. */
export const ROOM: Readonly<Record<Direction, { left: number; right: number; above: number; below: number }>> = {
  right: { left: 58, right: 58, above: 32, below: 44 },
  down: { left: 30, right: 150, above: 36, below: 36 },
};
