/** From a history that breaks an invariant to a short story that still does. */

import type { Invariant } from './invariants';
import { judge } from './invariants';
import { Scene, type Story } from './scene';

/** Histories that one shrinking may live. */
const MOST_TRIES = 400;

async function breaks(story: Story, invariant: Invariant): Promise<boolean> {
  const scene = await new Scene(story).live();
  return judge(scene).some((breach) => breach.invariant === invariant);
}

/** The same list with parts left out, halves first. */
function* shorter<T>(list: readonly T[]): Generator<T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < list.length; at += size) yield [...list.slice(0, at), ...list.slice(at + size)];
  }
}

/** Stories that are a little smaller, the boldest cuts first. */
function* smaller(story: Story): Generator<Story> {
  const { network, faults = [], actions } = story;
  if (story.elected) yield { ...story, elected: false };
  for (const left of shorter(faults)) yield { ...story, faults: left };
  for (const left of shorter(actions)) yield { ...story, actions: left };
  for (const tracks of shorter(network.tracks)) {
    if (tracks.length > 0) yield { ...story, network: { ...network, tracks } };
  }
  for (const left of network.stations) {
    const stations = network.stations.filter((station) => station !== left);
    const tracks = network.tracks.map((track) => ({
      ...track,
      stations: track.stations.filter((stop) => stop !== left.name || track.namespace !== left.namespace),
    }));
    if (stations.length > 0 && tracks.every((track) => track.stations.length > 0))
      yield { ...story, network: { stations, tracks } };
  }
  for (const [index, station] of network.stations.entries()) {
    const [first] = station.applications;
    const { name, namespace, applications } = station;
    const plain = { name, ...(namespace && { namespace }), applications };
    const replaced = (one: typeof station): Story => ({
      ...story,
      network: { ...network, stations: network.stations.map((other, place) => (place === index ? one : other)) },
    });
    if (Object.keys(station).length > Object.keys(plain).length) yield replaced(plain);
    if (first !== undefined && station.applications.length > 1) yield replaced({ ...station, applications: [first] });
  }
}

/** @returns the smallest story that was found to break the same invariant */
export async function shrink(story: Story, invariant: Invariant): Promise<Story> {
  const whole = await new Scene(story).live();
  let best: Story = { ...story, trouble: 0, faults: whole.faults.happened };
  if (!(await breaks(best, invariant))) return story;
  for (let tries = 0, found = true; found;) {
    found = false;
    for (const candidate of smaller(best)) {
      if (tries >= MOST_TRIES) return best;
      tries += 1;
      if (!(await breaks(candidate, invariant))) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
}
