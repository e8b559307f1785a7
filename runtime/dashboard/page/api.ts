/** Questions to the server of the dashboard. What it refuses is told in its own words. */

import type { Ticket, Track } from '../../../lib/api';
import type {
  Authors,
  Me,
  Rights,
  Target,
  TicketDiff,
  VerbAnswer,
  VerbRequest,
  Whole,
  WholeStation,
} from '../protocol';

export type Ways = readonly ('token' | 'oidc')[];

/** The server said no, or nothing that can be read. */
export class Refused extends Error {
  override readonly name = 'Refused';

  /** @param code of HTTP; 0 where there was no answer */
  constructor(
    readonly code: number,
    message: string,
    readonly signIn: Ways = [],
  ) {
    super(message);
  }
}

const SILENT = 'The server of the dashboard does not answer. The page tries again by itself.';

async function ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, { ...init, credentials: 'same-origin' }).catch(() => {
    throw new Refused(0, SILENT);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) {
    // The server is of the same release as the page, and its tests hold it to these types.
    return answer as Answer;
  }
  const { error, signIn } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    error?: unknown;
    signIn?: Ways;
  };
  const words = typeof error === 'string' ? error : `The server answered ${response.status} without a reason.`;
  throw new Refused(response.status, words, Array.isArray(signIn) ? signIn : []);
}

const post = <Answer>(path: string, body: object): Promise<Answer> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const path = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;

export type Kind = 'tracks' | 'stations' | 'tickets';
/** What is answered of each kind. */
export interface Wholes {
  tracks: Whole<Track>;
  stations: WholeStation;
  tickets: Whole<Ticket>;
}

/** Where verbs are asked about, and the kind of what would be held or resumed. */
export interface RightsQuestion {
  readonly station?: string;
  readonly track?: string;
  readonly on: Target['kind'];
}

export const api = {
  me: (): Promise<Me> => ask('/api/me'),
  signIn: (token: string): Promise<Me> => post('/api/sign-in', { token }),
  signOut: (): Promise<unknown> => post('/api/sign-out', {}),
  whole: <K extends Kind>(kind: K, namespace: string, name: string): Promise<Wholes[K]> =>
    ask(path(kind, namespace, name)),
  authors: (namespace: string, station: string): Promise<Authors> =>
    ask(`${path('stations', namespace, station)}/authors`),
  diff: (namespace: string, name: string): Promise<TicketDiff> => ask(`${path('tickets', namespace, name)}/diff`),
  rights: (namespace: string, about: RightsQuestion): Promise<Rights> =>
    ask(
      `${path('rights', namespace)}?${new URLSearchParams(Object.entries(about).filter(([, name]) => name !== '')).toString()}`,
    ),
  verb: (request: VerbRequest): Promise<VerbAnswer> => post('/api/verbs', request),
};

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
