/** A station in words: what it shows, how it is, and which gates stand before and behind it. */

import { shortRepository, shortVersion, span } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api/reasons';
import type { ListedState, Station, WaitingReason } from '../../../lib/api';
import type { StreamedStation, StreamedTicket, WindowNow } from '../protocol';
import { isArriving, type Tone } from './words';
import { keyOf, type World } from './world';

export interface Shown {
  /** `<namespace>/<name>` of the Application. */
  readonly application: string;
  readonly images: readonly { readonly repoURL: string; readonly version: string; readonly digest?: string }[];
  readonly charts: readonly string[];
  readonly base?: string;
  readonly overlay?: string;
  /** The commit on the rendered branch. */
  readonly commit?: string;
  readonly branch?: string;
  readonly repoURL?: string;
  readonly health?: string;
  readonly sync?: string;
}

/** What each application of a station shows. */
export const shownAt = (station: StreamedStation | Station, { applications }: Pick<World, 'applications'>): Shown[] =>
  station.spec.applications.map(({ namespace, name, branch, repoURL }): Shown => {
    const { good, head } =
      station.status?.applications?.find((each) => each.name === name && each.namespace === namespace) ?? {};
    const { own, content } = stateAt(station, good?.state);
    const { health, sync } = applications.get(keyOf({ namespace, name })) ?? {};
    return {
      application: keyOf({ namespace, name }),
      images: (content.images ?? []).map((image) => ({
        repoURL: image.repoURL,
        version: shortVersion(image),
        ...(image.digest === undefined ? {} : { digest: image.digest }),
      })),
      charts: (content.charts ?? []).map((chart) => `${chart.name} ${chart.version}`),
      branch,
      repoURL,
      ...defined({ base: own.base, overlay: own.overlay, commit: head?.commit ?? good?.commit, health, sync }),
    };
  });

/** A rendered state, and the one that has its images and charts. */
function stateAt(
  { status }: StreamedStation | Station,
  index: number | undefined,
): Record<'own' | 'content', ListedState> {
  const states = status?.states ?? [];
  const own = (index === undefined ? undefined : states[index]) ?? {};
  return { own, content: (own.sharesWith === undefined ? own : states[own.sharesWith]) ?? {} };
}

const defined = <T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };

/** What a station shows, in a line below its name. */
export function shownInALine(station: StreamedStation): string {
  const versions = new Set(
    (station.status?.applications ?? []).flatMap(({ good }) =>
      (stateAt(station, good?.state).content.images ?? []).map(
        (image) => `${shortRepository(image.repoURL)} ${shortVersion(image)}`,
      ),
    ),
  );
  return [...versions].join(', ');
}

/** Worst first. */
const HEALTH = ['Degraded', 'Missing', 'Unknown', 'Suspended', 'Progressing', 'Healthy'];

export type Condition = 'empty' | 'good' | 'busy' | 'bad' | 'held' | 'closed' | 'missing';

/** How a station is, as its sign on the map tells. */
export function conditionOf(station: StreamedStation | undefined, world: World, occupant?: StreamedTicket): Condition {
  if (station === undefined) return 'missing';
  const { spec, status } = station;
  if (!spec.enabled) return 'closed';
  if (status?.haltBy !== undefined || occupant?.status?.phase === 'Suspended') return 'bad';
  if (occupant !== undefined) return 'busy';
  if (spec.hold || status?.holdBy !== undefined) return 'held';
  return spec.applications.length === 0 ? 'good' : restingCondition(station, world);
}

function restingCondition(station: StreamedStation, world: World): Condition {
  if (!(station.status?.applications ?? []).some(({ good }) => good !== undefined)) return 'empty';
  const worst = worstHealth(station, world);
  if (worst === 'Degraded' || worst === 'Missing') return 'bad';
  return worst === 'Progressing' ? 'busy' : 'good';
}

export function worstHealth(station: StreamedStation, { applications }: World): string | undefined {
  const words = station.spec.applications.flatMap((each) => applications.get(keyOf(each))?.health ?? []);
  return HEALTH.find((word) => words.includes(word)) ?? words[0];
}

export const healthTone = (health: string | undefined): Tone =>
  health === 'Healthy' ? 'good' : health === 'Degraded' || health === 'Missing' ? 'bad' : 'busy';

/** The tickets at or before a station, the one that is arriving first. */
export function ticketsAt(station: { namespace: string; name: string }, world: World): StreamedTicket[] {
  return [...world.tickets.values()]
    .filter(
      (ticket) =>
        !hasEnded(ticket.status) &&
        ticket.metadata.namespace === station.namespace &&
        (ticket.status?.station ?? ticket.spec.express?.station ?? ticket.spec.rollback?.station) === station.name,
    )
    .sort(
      (a, b) =>
        Number(isArriving(b)) - Number(isArriving(a)) || (a.status?.sequence ?? 1e12) - (b.status?.sequence ?? 1e12),
    );
}

export interface Gate {
  readonly name: string;
  readonly words: string;
  /** When it opens or, where it is open, shuts by itself. */
  readonly until?: string;
  /** Of most gates nothing is known before somebody stands there: it is that ticket which they are asked about. */
  readonly state: 'open' | 'shut' | 'unknown';
}

/**
 * The gates before and behind a station, with what the first ticket there waits for.
 *
 * @param now what each window of the entry says now, where the server has told it
 */
export function gatesOf(
  { spec: { entry, exit } }: StreamedStation,
  first: StreamedTicket | undefined,
  now: readonly WindowNow[] = [],
): Gate[] {
  const waiting = first?.status?.waiting;
  const gate = (reason: WaitingReason, words: string, name: string = reason): Gate => ({
    name,
    words,
    state: waiting?.reason === reason ? 'shut' : 'unknown',
    ...(waiting?.reason === reason && waiting.until !== undefined ? { until: waiting.until } : {}),
  });
  const { approval, windows = [], completed } = entry ?? {};
  const { soak, analyses = [] } = exit ?? {};
  return [
    ...(approval === undefined ? [] : [gate('Approval', 'a person approves the exact change')]),
    ...windows.map((window, index) => {
      const words = `${window.allow ?? window.deny ?? ''} for ${window.duration}, ${window.timeZone}`;
      const allows = window.deny === undefined;
      const known = gate('Window', words, allows ? 'Window' : 'Closed hours');
      const told = now[index];
      if (told === undefined) return known;
      const { open, until } = told;
      return {
        name: known.name,
        words,
        state: open === allows ? ('open' as const) : ('shut' as const),
        ...(until && { until }),
      };
    }),
    ...(completed === undefined ? [] : [gate('Completed', `rides on ${completed.tracks.join(', ')} completed`)]),
    ...(soak === undefined ? [] : [gate('Soak', `stays healthy for ${soak}`)]),
    ...analyses.map(({ template }) => gate('Analysis', template)),
  ];
}

/** `opens in 2 h 5 min`, or that it is about to. */
export function countdown(until: string, now: number): string {
  const left = Date.parse(until) - now;
  return left <= 0 ? 'any moment now' : `in ${span(left)}`;
}
