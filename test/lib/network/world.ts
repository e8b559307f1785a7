/** A network from plain resources, and what the checks say of it. */

import { checkNetwork } from '../../../lib/network/check';
import { networkOf, type NetworkOptions } from '../../../lib/network/network';
import type { ApplicationObject, StationObject, TrackObject } from '../../../lib/network/object';
import { formatProblem, type Problem } from '../../../lib/network/problem';
import { station, track } from './resources';

export interface World {
  readonly tracks?: readonly TrackObject[];
  readonly stations?: readonly StationObject[];
  readonly applications?: readonly ApplicationObject[];
  readonly options?: NetworkOptions;
}

export const check = ({ tracks = [], stations = [], applications, options }: World): Problem[] =>
  checkNetwork(networkOf(tracks, stations, applications, options));
export const found = (world: World): string[] => check(world).map((each) => `${each.severity}: ${formatProblem(each)}`);

export const line: World = {
  tracks: [track('main', ['test', 'prod'])],
  stations: [station('test'), station('prod')],
};
