/** The network in pieces of JSON: each object is written once, however many look at it. */

import type { Gone, StreamedKinds } from '../../dashboard/protocol';
import type { Sight } from '../../dispatch';
import { lightApplication, lightStation, lightTicket, lightTrack } from './light';

export type Part = keyof StreamedKinds;

export const PARTS: readonly Part[] = ['tracks', 'stations', 'tickets', 'applications'];

const KIND_OF: Readonly<Record<Part, Gone['kind']>> = {
  tracks: 'Track',
  stations: 'Station',
  tickets: 'Ticket',
  applications: 'Application',
};

/** One object, written. */
interface Piece {
  readonly part: Part;
  /** Whoever may read one of these namespaces sees it. */
  readonly namespaces: readonly string[];
  readonly json: string;
}

/** What became of one object. */
export interface Change {
  readonly part: Part;
  readonly gone: Gone;
  readonly before: readonly string[];
  /** Absent where it is gone. */
  readonly after?: Piece;
}

/** One object by part and `<namespace>/<name>`. */
interface Place {
  readonly part: Part;
  readonly key: string;
}

export class Catalogue {
  private readonly pieces = new Map<string, Piece>();
  private readonly dirty = new Map<string, Place>();
  private ends: (() => void)[] = [];

  /** @param onDirty called when something has changed that {@link changes} does not know yet */
  constructor(
    private readonly sight: Sight,
    private readonly onDirty: () => void,
  ) {}

  /** Writes everything, and follows what changes. */
  open(): void {
    const { sight } = this;
    const follow = (part: Part) => (key: string) => this.touch(part, key);
    this.ends = [
      sight.tracks.onChange(follow('tracks')),
      sight.stations.onChange((key, before) => {
        this.touch('stations', key);
        // Who sees an Application follows from the stations that name it.
        for (const station of [before, sight.stations.get(key)]) {
          for (const { namespace, name } of station?.spec.applications ?? []) {
            this.touch('applications', `${namespace}/${name}`);
          }
        }
      }),
      sight.tickets.onChange(follow('tickets')),
      sight.applications.onChange(follow('applications')),
    ];
    for (const part of PARTS) {
      for (const object of sight[part].list()) {
        const { namespace, name } = 'metadata' in object ? object.metadata : object;
        const piece = this.write({ part, key: `${namespace}/${name}` });
        if (piece !== undefined) this.pieces.set(`${part} ${namespace}/${name}`, piece);
      }
    }
  }

  /** Forgets everything: nobody looks. */
  close(): void {
    for (const end of this.ends.splice(0)) end();
    this.pieces.clear();
    this.dirty.clear();
  }

  /** What has changed since the last call, as it is now. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const [id, place] of this.dirty) {
      const [before, after] = [this.pieces.get(id), this.write(place)];
      if (after === undefined) this.pieces.delete(id);
      else this.pieces.set(id, after);
      if (before?.json === after?.json && String(before?.namespaces) === String(after?.namespaces)) continue;
      const slash = place.key.indexOf('/');
      const gone = {
        kind: KIND_OF[place.part],
        namespace: place.key.slice(0, slash),
        name: place.key.slice(slash + 1),
      };
      changes.push({ part: place.part, gone, before: before?.namespaces ?? [], ...(after && { after }) });
    }
    this.dirty.clear();
    return changes;
  }

  /** The pieces of one part that are seen by whoever may read these namespaces. */
  *seen(part: Part, sees: (namespace: string) => boolean): Iterable<string> {
    for (const piece of this.pieces.values()) {
      if (piece.part === part && piece.namespaces.some(sees)) yield piece.json;
    }
  }

  private touch(part: Part, key: string): void {
    this.dirty.set(`${part} ${key}`, { part, key });
    this.onDirty();
  }

  private write({ part, key }: Place): Piece | undefined {
    const { sight } = this;
    const own = [key.slice(0, key.indexOf('/'))];
    const piece = (namespaces: readonly string[], light: object | undefined): Piece | undefined =>
      light && { part, namespaces, json: JSON.stringify(light) };
    const light = <T>(object: T | undefined, lighten: (object: T) => object): object | undefined =>
      object === undefined ? undefined : lighten(object);
    switch (part) {
      case 'tracks':
        return piece(own, light(sight.tracks.get(key), lightTrack));
      case 'stations':
        return piece(own, light(sight.stations.get(key), lightStation));
      case 'tickets':
        return piece(own, light(sight.tickets.get(key), lightTicket));
      case 'applications': {
        const namespaces = [...new Set(sight.stationsOf(key).map(({ metadata }) => metadata.namespace))].sort();
        return namespaces.length === 0
          ? undefined
          : piece(namespaces, light(sight.applications.get(key), lightApplication));
      }
    }
  }
}
