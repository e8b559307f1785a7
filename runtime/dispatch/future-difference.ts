/** What a station would show with images that no ticket carries, file by file, at the price of one render. */

import type { Image, Station } from '../../lib/api';
import { parseImageReference } from '../../lib/network/image-reference';
import { TerminalError, messageOf } from '../errors';
import { futureOf, type Line } from '../journey';
import { foreseenBy, type DifferenceOptions, type TicketDifference } from './ticket-difference';
import { reading, stationNow } from './reading';
import type { World } from './world';

export interface FutureOptions extends Omit<DifferenceOptions, 'ticket'> {
  /** Name of the station. */
  readonly station: string;
  /** `name=tag`, `name=sha256:...` or `name=tag@sha256:...`: a repository, or the last word of one that the station shows. */
  readonly images: readonly string[];
}

export type FutureDifference = Omit<TicketDifference, 'ticket' | 'digest'>;

/** @throws TerminalError where there is no such station, or an image cannot be understood */
export async function futureDifferenceOf(options: FutureOptions, signal: AbortSignal): Promise<FutureDifference> {
  const { namespace, station: name } = options;
  const key = `${namespace}/${name}`;
  return reading(options, async (world) => {
    const snapshot = stationNow(world, key);
    if (snapshot === undefined) {
      throw new TerminalError(world.stations.get(key)?.problems?.join(' ') ?? `there is no station ${key}`);
    }
    const images = options.images.map((text) => imageIn(text, snapshot.station));
    const job = futureOf(snapshot, lineThrough(world, snapshot.station), { images });
    return { station: name, applications: (await foreseenBy(options, job, signal)).applications };
  });
}

/** A track that stops there. */
function lineThrough(world: World, { metadata: { namespace, name } }: Station): Line | undefined {
  const tracks = world.tracks.list(namespace).flatMap(({ resource }) => resource ?? []);
  const track = tracks.find(({ spec }) => spec.stations.some((one) => one.name === name));
  return track && { track, tickets: [] };
}

/** @throws TerminalError naming the text and what would be right */
function imageIn(text: string, station: Station): Image {
  const at = text.indexOf('=');
  const [name, version] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  const reference = version.startsWith('sha256:') ? `${name}@${version}` : `${name}:${version}`;
  const parsed = at < 1 || version === '' ? undefined : parsedFrom(reference, text);
  if (parsed === undefined)
    throw new TerminalError(`image '${text}' has no version: write name=tag or name=sha256:...`);
  return { ...parsed, repoURL: shownAs(name, parsed.repoURL, station) };
}

function parsedFrom(reference: string, text: string): Image {
  try {
    return parseImageReference(reference);
  } catch (error) {
    throw new TerminalError(`image '${text}' cannot be understood: ${messageOf(error)}`, undefined, { cause: error });
  }
}

/** The one repository that the station is known to show and that ends with the word; else what the word says by itself. */
function shownAs(name: string, repoURL: string, { spec, status }: Station): string {
  if (name.includes('/')) return repoURL;
  const known = new Set([
    ...spec.applications.flatMap(({ images }) => images ?? []),
    ...(status?.states ?? []).flatMap(({ images }) => (images ?? []).map((image) => image.repoURL)),
  ]);
  const fitting = [...known].filter((one) => one === repoURL || one.endsWith(`/${name}`));
  if (fitting.length < 2) return fitting[0] ?? repoURL;
  throw new TerminalError(`image '${name}' could be ${fitting.sort().join(' or ')}: write the whole repository`);
}
