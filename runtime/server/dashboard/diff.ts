/** `GET /api/tickets/:namespace/:name/diff`: what a ticket changes, within limits. */

import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Ticket } from '../../../lib/api';
import type { ApplicationDiff, FileDiff, TicketDiff } from '../../dashboard/protocol';
import type { ApplicationDifference, Sight, TicketDifference } from '../../dispatch';
import { TerminalError } from '../../errors';
import type { Clock } from '../../kube';
import { Line } from '../../line';
import { Refusal } from './answer';
import { maskSecrets } from './mask';
import { type Place, PLACED } from './place';
import { gone, read } from './read';
import type { Sessions } from './session';

export interface DiffOptions {
  readonly sight: Sight;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/** Of each side of a file, of each application, and of an answer. */
const MOST_LINES = 10_000;
const MOST_FILES = 500;
const MOST_CHARACTERS = 4_000_000;
/** Work that people ask for is done beside that of the rides. */
const ABREAST = 1;
const MOST_WAITING = 50;
const DEADLINE_MS = 60_000;
/** What was worked out is good for so long, for as long as the ticket is the same. */
const KEPT_MS = 10_000;

interface Kept {
  readonly version: string;
  readonly until: number;
  readonly found: Promise<TicketDiff>;
}

export function routeDiff(app: FastifyInstance, { sight, sessions, clock }: DiffOptions): void {
  const line = new Line(ABREAST);
  const kept = new Map<string, Kept>();
  let waiting = 0;

  const workOut = async (key: string): Promise<TicketDiff> => {
    if (waiting >= MOST_WAITING) throw new Refusal(503, 'too many diffs are being worked out: try again in a moment');
    const signal = AbortSignal.timeout(DEADLINE_MS);
    waiting += 1;
    try {
      await line.enter(true, signal);
      try {
        return limited(await sight.difference(key, signal));
      } finally {
        line.leave();
      }
    } catch (error) {
      if (error instanceof TerminalError) throw new Refusal(409, error.message);
      if (signal.aborted) throw new Refusal(504, `the diff of ${key} took longer than ${DEADLINE_MS / 1000} seconds`);
      throw error;
    } finally {
      waiting -= 1;
    }
  };

  app.get<{ Params: Place }>('/api/tickets/:namespace/:name/diff', PLACED, async (request): Promise<TicketDiff> => {
    const { person } = await sessions.of(request);
    // Whoever may read the ticket may read what it changes.
    const ticket = await read<Ticket>(person, 'Ticket', request.params);
    if (ticket === undefined) throw gone('Ticket', request.params);
    const key = `${request.params.namespace}/${request.params.name}`;
    const version = `${ticket.metadata.uid} ${ticket.metadata.resourceVersion}`;
    const now = clock.uptime();
    for (const [other, { until }] of kept) if (until <= now) kept.delete(other);
    const held = kept.get(key);
    if (held?.version === version) return held.found;
    const found = workOut(key);
    kept.set(key, { version, until: now + KEPT_MS, found });
    found.catch(() => kept.get(key)?.found === found && kept.delete(key));
    return found;
  });
}

/** A difference as it is told: without what Secrets hold, and no longer than a page can show. */
function limited({ station, digest, applications }: TicketDifference): TicketDiff {
  const budget = { characters: MOST_CHARACTERS, key: randomBytes(32) };
  return {
    station,
    ...(digest === undefined ? {} : { digest }),
    applications: applications.map((application) => limitedApplication(application, budget)),
  };
}

interface Budget {
  characters: number;
  readonly key: Uint8Array;
}

function limitedApplication(
  { application, repoURL, branch, files, problem }: ApplicationDifference,
  budget: Budget,
): ApplicationDiff {
  const shown: FileDiff[] = [];
  for (const { path, before, after, binary } of files.slice(0, MOST_FILES)) {
    if (budget.characters <= 0) break;
    const [old, young] = [before, after].map((side) => cut(maskSecrets(side, budget.key), budget.characters));
    if (old === undefined || young === undefined) break;
    budget.characters -= old.text.length + young.text.length;
    const truncated = old.truncated || young.truncated;
    shown.push({
      path,
      before: old.text,
      after: young.text,
      ...(binary && { binary }),
      ...(truncated && { truncated }),
    });
  }
  const moreFiles = files.length - shown.length;
  return {
    application,
    repoURL,
    branch,
    files: shown,
    truncated: moreFiles > 0 || shown.some(({ truncated }) => truncated),
    ...(moreFiles > 0 && { moreFiles }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function cut(text: string, characters: number): { readonly text: string; readonly truncated: boolean } {
  let end = 0;
  for (let line = 0; line < MOST_LINES; line++) {
    const next = text.indexOf('\n', end);
    if (next < 0) {
      end = text.length;
      break;
    }
    end = next + 1;
  }
  const most = Math.min(end, characters);
  return { text: text.slice(0, most), truncated: most < text.length };
}
