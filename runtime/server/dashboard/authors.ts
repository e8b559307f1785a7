/** `GET /api/stations/:namespace/:name/authors`: who made what a station shows, as Git has it. */

import type { FastifyInstance } from 'fastify';
import type { Station } from '../../../lib/api';
import type { Authors, CommitAuthor } from '../../dashboard/protocol';
import type { Sight } from '../../dispatch';
import type { Clock } from '../../kube';
import { forgetOldest } from '../../oldest';
import { type Commit, sourcesOfStation } from './links';
import { type Place, PLACED } from './place';
import { gone, read } from './read';
import type { Sessions } from './session';

export interface AuthorsOptions {
  readonly sight: Sight;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/** Of a station; one of a hundred applications shows a few. */
const MOST_COMMITS = 50;
/** Commits never change, and few are asked for again. */
const MOST_KEPT = 1_000;
/** What Git did not have, or could not say, is asked again after this. */
const MISSING_MS = 60_000;
/** Messages of any length are people's right. */
const LONGEST = 200;

interface Kept {
  readonly found: Promise<CommitAuthor | undefined>;
  readonly until: number;
}

export function routeAuthors(app: FastifyInstance, { sight, sessions, clock }: AuthorsOptions): void {
  const kept = new Map<string, Kept>();

  const authorOf = ({ repoURL, commit }: Commit): Promise<CommitAuthor | undefined> => {
    const key = `${repoURL} ${commit}`;
    const held = kept.get(key);
    if (held !== undefined && clock.uptime() < held.until) return held.found;
    const found = sight.commit(repoURL, commit).then(
      ({ author, subject }): CommitAuthor => {
        kept.set(key, { found, until: Infinity });
        const known = !Number.isNaN(author.date.getTime());
        return {
          name: author.name.slice(0, LONGEST),
          subject: subject.slice(0, LONGEST),
          ...(known && { time: author.date.toISOString() }),
        };
      },
      () => undefined,
    );
    kept.delete(key);
    kept.set(key, { found, until: clock.uptime() + MISSING_MS });
    forgetOldest(kept, MOST_KEPT);
    return found;
  };

  app.get<{ Params: Place }>('/api/stations/:namespace/:name/authors', PLACED, async (request): Promise<Authors> => {
    const { person } = await sessions.of(request);
    // Whoever may read the station may read who made what it shows: the runtime alone says which commits those are.
    const station = await read<Station>(person, 'Station', request.params);
    if (station === undefined) throw gone('Station', request.params);
    const sources = new Map(sourcesOfStation(station).map((source) => [source.commit, source]));
    const asked = [...sources.values()].slice(0, MOST_COMMITS);
    const found = await Promise.all(asked.map(async (source) => [source.commit, await authorOf(source)] as const));
    const commits = Object.fromEntries(
      found.flatMap(([commit, author]) => (author === undefined ? [] : [[commit, author]])),
    );
    return { commits };
  });
}
