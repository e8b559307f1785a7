/** Changes and tickets in words, the same in status, commits, the command and the page. */

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
