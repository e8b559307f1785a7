/** Changes, tickets and spans of time in words, the same in status, commits, the command and the page. */

import type { Change, Image } from './change';
import type { Ticket } from './resource';

/** The last part of a repository or image: `ghcr.io/acme/guestbook` is `guestbook`. */
export function shortRepository(repoURL: string): string {
  const path = repoURL.replace(/\/+$/, '').replace(/\.git$/, '');
  return path.slice(path.lastIndexOf('/') + 1) || repoURL;
}

/** `1.4.0`, or the first digits of the digest where there is no tag. */
export const shortVersion = ({ tag, digest }: Pick<Image, 'tag' | 'digest'>): string =>
  tag ?? digest?.replace('sha256:', '').slice(0, 12) ?? '';

export const shortCommit = (commit: string): string => commit.slice(0, 7);

/** Images in a line: `guestbook 1.4.0, redis 7.2`. */
export const describeImages = (images: readonly Image[] = []): string =>
  images.map((image) => `${shortRepository(image.repoURL)} ${shortVersion(image)}`).join(', ');

/** A change in a line: `guestbook 1.4.0, source 3fa9c1e`. */
export function describeChange({ images = [], charts = [], sources = [], overlays = [] }: Change = {}): string {
  return [
    ...images.map((image) => describeImages([image])),
    ...charts.map(({ name, version }) => `${name} ${version}`),
    ...sources.map(({ commit }) => `source ${shortCommit(commit)}`),
    ...overlays.map(({ path, commit }) => `${path} ${shortCommit(commit)}`),
  ].join(', ');
}

/** What a ticket carries, in a line: as its status sums it up, or as it was asked for. */
export function describeTicket({ spec, status }: Pick<Ticket, 'spec' | 'status'>): string {
  if (spec.rollback) return `rollback of ${spec.rollback.station}`;
  return status?.summary?.change ?? describeChange(spec.change);
}

export interface SpanOptions {
  /** Whether what is shorter than ten seconds is told to a tenth: for what took so long, not for what counts down. @default false */
  readonly tenths?: boolean;
}

/** A span of time: `42 s`, `3 min 10 s`, `2 h 5 min`, `4 d 3 h`. Less than none is none. */
export function span(milliseconds: number, { tenths = false }: SpanOptions = {}): string {
  const exact = Math.max(0, milliseconds) / 1000;
  if (tenths && exact < 9.95) return `${exact.toFixed(1)} s`;
  const seconds = Math.round(exact);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair([minutes, 'min'], [seconds % 60, 's']);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair([hours, 'h'], [minutes % 60, 'min']);
  return pair([Math.floor(hours / 24), 'd'], [hours % 24, 'h']);
}

type Part = readonly [count: number, unit: string];
const pair = ([most, unit]: Part, [rest, lesser]: Part): string =>
  rest === 0 ? `${most} ${unit}` : `${most} ${unit} ${rest} ${lesser}`;
