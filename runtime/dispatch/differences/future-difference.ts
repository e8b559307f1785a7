/** What a station would show with images that no ticket carries, file by file, at the price of one render. */

import type { Image, Station } from '../../../lib/api';
import { TerminalError } from '../../errors';
import { futureOf, type Line } from '../../journey';
import { foreseenBy, type DifferenceOptions, type TicketDifference } from './ticket-difference';
import { reading, stationNow } from './reading';
import type { World } from '../caches/world';

export interface FutureOptions extends Omit<DifferenceOptions, 'ticket'> {
  /** Name of the station. */
  readonly station: string;
  /** The images to show, told by what the station is. */
  readonly images: (station: Station) => readonly Image[];
}

export type FutureDifference = Omit<TicketDifference, 'ticket' | 'digest'>;

/** @throws TerminalError where there is no such station */
export async function futureDifferenceOf(options: FutureOptions, signal: AbortSignal): Promise<FutureDifference> {
  const { namespace, station: name } = options;
  const key = `${namespace}/${name}`;
  return reading(options, async (world) => {
    const snapshot = stationNow(world, key);
    if (snapshot === undefined) {
      throw new TerminalError(world.stations.get(key)?.problems?.join(' ') ?? `there is no station ${key}`);
    }
    const images = options.images(snapshot.station);
    const job = futureOf(snapshot, lineThrough(world, snapshot.station), { images: [...images] });
    return { station: name, applications: (await foreseenBy(options, job, signal)).applications };
  });
}

/** A track that stops there. */
function lineThrough(world: World, { metadata: { namespace, name } }: Station): Line | undefined {
  const tracks = world.tracks.list(namespace).flatMap(({ resource }) => resource ?? []);
  const track = tracks.find(({ spec }) => spec.stations.some((one) => one.name === name));
  return track && { track, tickets: [] };
}
