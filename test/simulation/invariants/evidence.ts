/** What was seen of a history, sorted for those who judge it. */

import { LABELS, TRAILERS, type Station, type Ticket, type Track } from '../../../lib/api';
import type { KubeObject } from '../../../runtime/kube';
import type { Place } from '../../../runtime/journey/facts/snapshot';
import type { RawRun } from '../../../runtime/rollouts';
import type { CommitDescription } from '../../../runtime/git';
import { placeOf, type StationPlan } from '../network';
import type { Scene } from '../scene';

/** One state of an object, and when it was that. */
export interface Version<T> {
  readonly from: number;
  /** Absent for the last one. */
  readonly to?: number;
  readonly object: T;
  readonly by: string;
}

/** A commit of the runtime's that came onto a branch: pushed there, or merged by whoever let its pull request in. */
export interface Landing {
  readonly time: number;
  readonly repoURL: string;
  readonly branch: string;
  readonly before: string | undefined;
  /** As the runtime made it; what a merge made of it has the same manifests. */
  readonly commit: CommitDescription;
  readonly merged: boolean;
  /** `<namespace>/<name>` each, as its trailers have them. */
  readonly ticket: string;
  readonly station: string;
  readonly application: string;
}

/** What a rendered commit shows. */
export interface Shown {
  readonly base: string;
  readonly overlay: string;
  /** By repository. */
  readonly images: ReadonlyMap<string, string>;
}

/** The parts of a live Application that judges look at. */
export interface LiveApplication extends KubeObject {
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
  };
}

export const isRuntime = (who: string): boolean => who.startsWith('runtime');
export const ENDINGS: readonly (string | undefined)[] = ['Completed', 'Failed', 'Aborted', 'Superseded'];
export const PASSED: readonly string[] = ['Arrived', 'NoChange', 'AlreadyContained', 'Skipped'];

/** How far what the runtime knows may lag behind what is: the longest lag, pause and delay together. */
export const TOLERANCE_MS = 150_000;
const HOUR_MS = 3_600_000;
/** How far the clock of a runtime may be off the true time, either way. */
export const SKEW_MS = 25_000;

export class Evidence {
  /** By uid. */
  readonly tickets: ReadonlyMap<string, readonly Version<Ticket>[]>;
  readonly stations: ReadonlyMap<string, readonly Version<Station>[]>;
  readonly tracks: ReadonlyMap<string, readonly Version<Track>[]>;
  /** By `<namespace>/<name>`. */
  readonly applications: ReadonlyMap<string, readonly Version<LiveApplication>[]>;
  /** By uid. */
  readonly analyses: ReadonlyMap<string, readonly Version<RawRun & KubeObject>[]>;
  /** What was pushed. */
  readonly landings: readonly Landing[];
  /** What was pushed, and what was merged. */
  readonly entries: readonly Landing[];

  constructor(readonly scene: Scene) {
    const uid = ({ metadata }: KubeObject): string => metadata.uid;
    this.tickets = this.#versions<Ticket & KubeObject>('tickets', uid);
    this.stations = this.#versions<Station & KubeObject>('stations', uid);
    this.tracks = this.#versions<Track & KubeObject>('tracks', uid);
    this.applications = this.#versions<LiveApplication>(
      'applications',
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    );
    this.analyses = this.#versions<RawRun & KubeObject>('analysisruns', uid);
    this.landings = this.#landings();
    this.entries = [...this.landings, ...this.#merges()];
  }

  /** How much shorter than it says a time may be that clocks have measured which were set meanwhile. */
  get slackMs(): number {
    return this.scene.faults.happened.some(({ fate }) => fate === 'ClockJump') ? 2 * SKEW_MS : 0;
  }

  /** Seconds since the beginning, as stories tell them. */
  second = (time: number): string => `second ${((time - this.scene.timeline.start) / 1_000).toFixed(1)}`;

  /** All versions of a ticket, by `<namespace>/<name>`. */
  ticketNamed(key: string): readonly Version<Ticket>[] {
    for (const versions of this.tickets.values()) {
      if (versions[0] !== undefined && keyOf(versions[0].object.metadata) === key) return versions;
    }
    return [];
  }

  /** The ticket at a time, whichever uid it had. */
  ticketAt(key: string, time: number): Version<Ticket> | undefined {
    const versions = this.ticketNamed(key);
    return at(versions, time) ?? versions[0];
  }

  /** The analyses that were run for a ticket. */
  analysesOf({ metadata }: Ticket): (readonly Version<RawRun & KubeObject>[])[] {
    return [...this.analyses.values()].filter(
      ([first]) => first?.object.metadata.labels?.[LABELS.ticket] === metadata.uid,
    );
  }

  /**
   * Whether a ticket waits for a person in the station, and leaves it whenever the window closes: with nobody there it
   * comes and goes with the window, and so do those behind it.
   */
  comesAndGoes(station: string): boolean {
    const lately = this.scene.timeline.now - 2 * HOUR_MS;
    const isThere = (ticket: Ticket): boolean => stationOf(ticket) === station;
    const isAway = (ticket: Ticket): boolean => ticket.status?.phase === 'Suspended' && isThere(ticket);
    return (
      this.planOf(station)?.window !== undefined &&
      this.scene
        .tickets()
        .some(
          (ticket) =>
            isThere(ticket) &&
            !ENDINGS.includes(ticket.status?.phase) &&
            heldIn(this.tickets.get(ticket.metadata.uid) ?? [], lately, Infinity, isAway),
        )
    );
  }

  /** What the story says of a station. */
  planOf(station: string): StationPlan | undefined {
    return this.scene.story.network.stations.find((plan) => keyOf(placeOf(plan)) === station);
  }

  stationAt(key: string, time: number): Version<Station> | undefined {
    for (const versions of this.stations.values()) {
      const version = at(versions, time);
      if (version !== undefined && keyOf(version.object.metadata) === key) return version;
    }
    return undefined;
  }

  /** The track that a ticket rides, as it was at a time. */
  trackOf(ticket: Ticket, time: number): Version<Track> | undefined {
    return at(this.tracksOf(ticket).flat(), time);
  }

  /** All versions of the tracks, one after the other, of the name and namespace of the one that a ticket rides. */
  tracksOf({ metadata: { namespace }, spec }: Ticket): (readonly Version<Track>[])[] {
    return [...this.tracks.values()].filter(([first]) => {
      const track = first?.object.metadata;
      return track?.name === spec.track && track?.namespace === namespace;
    });
  }

  /** Whether the stations of the track that a ticket rides had been changed by then. */
  wasEdited(ticket: Ticket, time: number): boolean {
    const lines = this.tracksOf(ticket)
      .flat()
      .filter(({ from }) => from <= time)
      .map((version) => JSON.stringify(version.object.spec.stations));
    return new Set(lines).size > 1;
  }

  /** What a rendered commit shows, read from its files. */
  shown(commit: string): Shown | undefined {
    const { objects } = this.scene.git;
    const oid = objects.filesNow(commit).get('deployment.apps_web.yaml');
    const bytes = oid === undefined ? undefined : objects.blob(oid);
    if (bytes === undefined) return undefined;
    const text = new TextDecoder().decode(bytes);
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
    const images = [...text.matchAll(/image: (.*)$/gm)].map(([, image = '']) => {
      const [repository = '', tag = ''] = image.split('@', 1).join('').split(':');
      return [repository, tag] as const;
    });
    return { base: field('base'), overlay: field('overlay'), images: new Map(images) };
  }

  /** The words of a file in a source commit. */
  source(commit: string, path: string): string | undefined {
    const { objects } = this.scene.git;
    const oid = objects.filesNow(commit).get(path);
    const bytes = oid === undefined ? undefined : objects.blob(oid);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  #versions<T extends KubeObject>(plural: string, keyOf: (object: T) => string): Map<string, Version<T>[]> {
    const found = new Map<string, Version<T>[]>();
    for (const change of this.scene.api.history) {
      if (change.plural !== plural) continue;
      // Under a plural the API keeps objects of its kind.
      const object = change.object as T;
      const versions = found.get(keyOf(object)) ?? [];
      found.set(keyOf(object), versions);
      const last = versions.at(-1);
      if (last !== undefined && last.to === undefined) versions[versions.length - 1] = { ...last, to: change.time };
      if (change.type !== 'DELETED') versions.push({ from: change.time, object, by: change.by });
    }
    return found;
  }

  #landings(): Landing[] {
    const { git } = this.scene;
    return git.history.flatMap(({ time, repoURL, branch, before, after, by }) => {
      // On a branch of its own, before a pull request is merged, nothing takes effect.
      if (!isRuntime(by) || after === undefined || branch.startsWith('k8sta/')) return [];
      return [this.#landing({ time, repoURL, branch, before }, after, false)];
    });
  }

  #merges(): Landing[] {
    const { git, forges } = this.scene;
    return forges.requests.flatMap(({ repoURL, target, head, merged }) => {
      const move = merged === undefined ? undefined : git.history.find(({ after }) => after === merged);
      return move ? [this.#landing({ time: move.time, repoURL, branch: target, before: move.before }, head, true)] : [];
    });
  }

  #landing(move: Pick<Landing, 'time' | 'repoURL' | 'branch' | 'before'>, made: string, merged: boolean): Landing {
    const commit = this.scene.git.objects.commit(made);
    const trailer = (key: string): string => commit.trailers.find((one) => one.key === key)?.value ?? '';
    return {
      ...move,
      commit,
      merged,
      ticket: trailer(TRAILERS.ticket),
      station: trailer(TRAILERS.station),
      application: trailer(TRAILERS.application),
    };
  }
}

/** The version that an object had at a time. */
export const at = <T>(versions: readonly Version<T>[], time: number): Version<T> | undefined =>
  versions.findLast((version) => version.from <= time && (version.to === undefined || version.to > time));

/** Whether something held at some moment of a span. */
export const heldIn = <T>(
  versions: readonly Version<T>[],
  from: number,
  to: number,
  holds: (object: T) => boolean,
): boolean =>
  versions.some((version) => version.from <= to && (version.to ?? Infinity) >= from && holds(version.object));

export const keyOf = ({ namespace, name }: Place): string => `${namespace}/${name}`;

/** Where a ticket is, as `<namespace>/<name>`; and where its stamps were set. */
export const stationOf = ({ metadata: { namespace }, status }: Ticket, name = status?.station): string | undefined =>
  name === undefined ? undefined : keyOf({ namespace, name });
