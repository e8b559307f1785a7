/** Rendered states, and what a change makes of them (rules A1-A5, A8). */

import {
  DEFAULT_SOURCE_BRANCH,
  type ApplicationReference,
  type Change,
  type Chart,
  type Image,
  type ListedState,
  type RenderedState,
  type Root,
  type StateChart,
  type StateImage,
  type Station,
  type Ticket,
} from '../../../lib/api';
import { normaliseRepositoryURL } from '../../../lib/network/repository-url';
import { same } from './canonical';
import type { Piece } from './cargo';
import { sameImage } from './change';
import { without } from './without';

/** What is known of a source branch where a change meets a recorded commit. */
export interface SourceHistory {
  /** Whether `descendant` is `ancestor`, or has it among its ancestors. */
  contains(repoURL: string, ancestor: string, descendant: string): boolean;
  /** Whether the source branch still contains the commit. */
  onBranch(repoURL: string, commit: string): boolean;
}

/** Two URLs of one repository, however they are written (rule L5). */
export const sameRepository = (one: string, other: string): boolean =>
  one === other || normaliseRepositoryURL(one) === normaliseRepositoryURL(other);

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** Name of an Application among those of all namespaces. */
export const keyOf = ({ namespace, name }: Named): string => `${namespace}/${name}`;

/** Whether both are the same Application. */
export const isSame = (one: Named, other: Named): boolean =>
  one.name === other.name && one.namespace === other.namespace;

/** The overlay folder from the root of the repository. */
export const overlayPath = (reference: Pick<ApplicationReference, 'folder' | 'overlay'>): string =>
  reference.folder === '' ? reference.overlay : `${reference.folder}/${reference.overlay}`;

export const sourceBranchOf = (reference: ApplicationReference): string =>
  reference.sourceBranch || DEFAULT_SOURCE_BRANCH;

interface Rooted {
  readonly root?: Root;
}

/** Rule A4: what an older root of the same track set never replaces what a newer one did. */
const isOlder = (root: Root, than: Rooted | undefined): boolean =>
  than?.root !== undefined && than.root.track === root.track && than.root.sequence > root.sequence;

function replace<T extends object>(
  list: readonly (T & Rooted)[],
  mine: (item: T) => boolean,
  next: T,
  root: Root,
): (T & Rooted)[] {
  const present = list.find(mine);
  if (isOlder(root, present)) return [...list];
  return [...list.filter((item) => !mine(item)), { ...next, root }];
}

const byKey = <T>(list: readonly T[], key: (item: T) => string): T[] =>
  [...list].sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));

/** The commit that a recorded one becomes: never backwards, but away from what the branch no longer contains (A4). */
function advance(recorded: string | undefined, incoming: string, repoURL: string, history: SourceHistory): string {
  if (recorded === undefined || recorded === incoming) return incoming;
  if (!history.onBranch(repoURL, recorded)) return incoming;
  return history.contains(repoURL, incoming, recorded) ? recorded : incoming;
}

/** Base and overlay after the commits of a change that concern the application. */
function commitsAfter(
  good: Pick<RenderedState, 'base' | 'overlay'>,
  change: Change,
  reference: ApplicationReference,
  history: SourceHistory,
): Pick<RenderedState, 'base' | 'overlay'> {
  const { repoURL } = reference;
  let { base, overlay } = good;
  for (const source of change.sources ?? []) {
    if (!sameRepository(source.repoURL, repoURL)) continue;
    base = advance(base, source.commit, repoURL, history);
    overlay = advance(overlay, source.commit, repoURL, history);
  }
  for (const part of change.overlays ?? []) {
    if (!sameRepository(part.repoURL, repoURL) || part.path !== overlayPath(reference)) continue;
    overlay = advance(overlay, part.commit, repoURL, history);
  }
  return { ...(base !== undefined && { base }), ...(overlay !== undefined && { overlay }) };
}

/**
 * The state of one application after a change (rule A2). Pure: what has to be known of commits is asked of `history`.
 *
 * @param root who set the images and charts of the change
 */
export function applyChange(
  good: RenderedState,
  change: Change,
  root: Root,
  reference: ApplicationReference,
  history: SourceHistory,
): RenderedState {
  const images = (change.images ?? []).reduce<StateImage[]>(
    (present, image) => replace<Image>(present, (one) => one.repoURL === image.repoURL, image, root),
    good.images ?? [],
  );
  const charts = (change.charts ?? []).reduce<StateChart[]>(
    (present, chart) =>
      replace<Chart>(present, (one) => one.repoURL === chart.repoURL && one.name === chart.name, chart, root),
    good.charts ?? [],
  );
  return {
    ...commitsAfter(good, change, reference, history),
    ...(images.length > 0 && { images: byKey(images, (image) => image.repoURL) }),
    ...(charts.length > 0 && { charts: byKey(charts, (chart) => `${chart.repoURL} ${chart.name}`) }),
  };
}

/** The state of one application after all that a ticket carries. */
export const applyCargo = (
  good: RenderedState,
  cargo: readonly Piece[],
  reference: ApplicationReference,
  history: SourceHistory,
): RenderedState =>
  cargo.reduce((state, { change, root }) => applyChange(state, change, root, reference, history), good);

/** Commits of a change that concern the application. */
export function commitsFor(change: Change, reference: ApplicationReference): string[] {
  return [
    ...(change.sources ?? []).filter((source) => sameRepository(source.repoURL, reference.repoURL)),
    ...(change.overlays ?? []).filter(
      (part) => sameRepository(part.repoURL, reference.repoURL) && part.path === overlayPath(reference),
    ),
  ].map((part) => part.commit);
}

/** Which commits have to be compared before `applyChange` can tell; pairs of incoming and recorded. */
export function comparisons(
  good: RenderedState,
  change: Change,
  reference: ApplicationReference,
): { incoming: string; recorded: string }[] {
  const recorded = [good.base, good.overlay].filter((commit) => commit !== undefined);
  return commitsFor(change, reference).flatMap((one) =>
    recorded.filter((other) => other !== one).map((other) => ({ incoming: one, recorded: other })),
  );
}

/** Whether a state already has all that a ticket carries for the application (rules A4, C5). */
export function isContained(
  state: RenderedState,
  cargo: readonly Piece[],
  reference: ApplicationReference,
  history: SourceHistory,
): boolean {
  for (const { change, root } of cargo) {
    if (!hasImages(state, change, root) || !hasCharts(state, change, root)) return false;
    if (!hasCommits(state, change, reference, history)) return false;
  }
  return true;
}

function hasCommits(
  state: RenderedState,
  change: Change,
  reference: ApplicationReference,
  history: SourceHistory,
): boolean {
  const { base, overlay } = commitsAfter(state, change, reference, history);
  return base === state.base && overlay === state.overlay;
}

const hasImages = (state: RenderedState, change: Change, root: Root): boolean =>
  (change.images ?? []).every((image) => {
    const present = state.images?.find((one) => one.repoURL === image.repoURL);
    return present !== undefined && (sameImage(present, image) || isOlder(root, present));
  });

const hasCharts = (state: RenderedState, change: Change, root: Root): boolean =>
  (change.charts ?? []).every((chart) => {
    const present = state.charts?.find((one) => one.repoURL === chart.repoURL && one.name === chart.name);
    return present !== undefined && (present.version === chart.version || isOlder(root, present));
  });

const NOT_RECORDED = { head: undefined, good: undefined };

/** What Station.status records of an application, with its states looked up (rule H1 stores equal ones once). */
export function recordOf(
  station: Station,
  reference: Pick<ApplicationReference, 'namespace' | 'name'>,
): { head?: string; good?: { commit: string; state: RenderedState; recovered: boolean } } {
  const entry = station.status?.applications?.find((one) => isSame(one, reference));
  if (!entry) return NOT_RECORDED;
  const state = stateAt(station.status?.states, entry.good?.state);
  const head = entry.head?.commit ?? entry.good?.commit;
  if (entry.good === undefined || state === undefined) return { head, good: undefined };
  return { head, good: { commit: entry.good.commit, state, recovered: entry.good.recovered ?? false } };
}

/**
 * What a branch that never existed starts from (rule A8): base, images and charts of the nearest earlier station that
 * has a good state in the same repository, its overlay from its own folder at that base; else the source head recorded
 * when the ticket boarded. `undefined` where neither is known.
 *
 * @param earlier stations before this one on the journey, nearest first
 */
export function startState(
  reference: ApplicationReference,
  earlier: Iterable<Station>,
  ticket: Ticket,
): RenderedState | undefined {
  for (const station of earlier) {
    for (const candidate of station.spec.applications) {
      if (!sameRepository(candidate.repoURL, reference.repoURL)) continue;
      const good = recordOf(station, candidate).good;
      if (good?.state.base === undefined) continue;
      return { ...good.state, overlay: good.state.base };
    }
  }
  const head = ticket.status?.boarded?.sources?.find(
    (source) => sameRepository(source.repoURL, reference.repoURL) && source.branch === sourceBranchOf(reference),
  );
  return head === undefined ? undefined : { base: head.commit, overlay: head.commit };
}

/** One state of a list (`StateList`), whole. */
export function stateAt(
  states: readonly ListedState[] | undefined,
  index: number | undefined,
): RenderedState | undefined {
  const listed = index === undefined ? undefined : states?.[index];
  if (listed?.sharesWith === undefined) return listed;
  const { sharesWith, ...own } = listed;
  const { images, charts } = states?.[sharesWith] ?? {};
  return { ...own, ...(images && { images }), ...(charts && { charts }) };
}

/** Every state of a list, whole. */
export const wholeStates = (states: readonly ListedState[] = []): readonly RenderedState[] =>
  states.some(({ sharesWith }) => sharesWith !== undefined)
    ? states.flatMap((_, index) => stateAt(states, index) ?? [])
    : states;

/** Puts states into a list, each once, and the images and charts that several have once as well (rule H1). */
export class StateList {
  readonly states: ListedState[] = [];
  private readonly places = new Map<string, number>();
  /** What differs in images and charts, and where it stands first: few, where states are many. */
  private readonly cargoes: { readonly cargo: Pick<RenderedState, 'images' | 'charts'>; readonly place: number }[] = [];

  /** Index of a state in the list; equal states share one. */
  place(state: RenderedState): number {
    const { base, overlay, images, charts } = state;
    const cargo = { images, charts };
    const known = this.cargoes.find((one) => same(one.cargo, cargo));
    const key = known && `${known.place} ${base} ${overlay}`;
    const listed = key === undefined ? undefined : this.places.get(key);
    if (listed !== undefined) return listed;
    const place = this.states.length;
    this.states.push(
      known && (images || charts) ? { ...without(state, 'images', 'charts'), sharesWith: known.place } : state,
    );
    if (known === undefined) this.cargoes.push({ cargo, place });
    this.places.set(key ?? `${place} ${base} ${overlay}`, place);
    return place;
  }
}

/** Whether two states are the same, whatever the order of their keys. */
export const sameState = (one: RenderedState, other: RenderedState): boolean => same(one, other);
