/** Networks to draw, as small and as large as people have them. */

import type { MapStation, MapTrack } from '../../../runtime/dashboard/layout';

export interface Drawn {
  readonly tracks: readonly MapTrack[];
  readonly stations: readonly MapStation[];
}

/** Tracks by name with their stops, and at which of those other tracks branch off. */
export function network(
  tracks: Readonly<Record<string, readonly string[]>>,
  junctions: Readonly<Record<string, readonly string[]>> = {},
  namespace = 'shop',
): Drawn {
  const names = new Set([...Object.values(tracks).flat(), ...Object.keys(junctions)]);
  return {
    tracks: Object.entries(tracks).map(([name, stations]) => ({
      metadata: { namespace, name },
      spec: { stations: stations.map((station) => ({ name: station })) },
    })),
    stations: [...names].map((name) => ({
      metadata: { namespace, name },
      spec: { junctions: (junctions[name] ?? []).map((track) => ({ track })) },
    })),
  };
}

export const three = network({ main: ['test', 'stage', 'prod'] });

/** A trunk, three regions that branch off, and a line that shares the trunk. */
export const regions = network(
  {
    main: ['test', 'integration', 'release'],
    hotfix: ['integration', 'release'],
    'us-east': ['us-east-canary', 'us-east-prod', 'us-east-rest'],
    europe: ['eu-canary', 'eu-prod'],
    asia: ['tokyo', 'singapore', 'sydney'],
    docs: ['preview', 'public'],
  },
  { release: ['us-east', 'europe', 'asia'], 'eu-prod': ['switzerland'], test: ['docs'] },
);

/** `count` stations: trunks with branches, as a company with many teams has them. */
export function large(count: number): Drawn {
  const tracks: Record<string, string[]> = {};
  const junctions: Record<string, string[]> = {};
  let made = 0;
  for (let team = 0; made < count; team += 1) {
    const stops = (line: string, length: number): string[] =>
      Array.from({ length: Math.min(length, count - made) }, (_, stop) => {
        made += 1;
        return `${line}-${['dev', 'test', 'stage', 'canary', 'prod', 'archive'][stop % 6] ?? ''}${stop >= 6 ? Math.floor(stop / 6) : ''}`;
      });
    const trunk = `team-${team}`;
    tracks[trunk] = stops(trunk, 3 + (team % 4));
    const junction = tracks[trunk].at(-1);
    const branches = Array.from({ length: team % 5 }, (_, index) => `${trunk}-r${index}`).filter(() => made < count);
    for (const branch of branches) {
      if (made < count) tracks[branch] = stops(branch, 2 + (team % 3));
    }
    if (junction !== undefined) junctions[junction] = branches.filter((branch) => tracks[branch] !== undefined);
  }
  return network(tracks, junctions);
}
