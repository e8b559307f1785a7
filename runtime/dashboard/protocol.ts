/**
 * What page and server of the dashboard say to each other, as JSON. Lives here: types. May not live here: anything that
 * runs; both sides import this file.
 */

import type { Change, Station, Ticket, Track } from '../../lib/api';

/** Metadata as the stream has it: labels are those of `k8sta.io`, without annotations. */
export interface StreamedMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A resource with its metadata cut short, and otherwise whole. */
export type Streamed<Kind extends Track | Station | Ticket> = Omit<Kind, 'metadata'> & {
  readonly metadata: StreamedMetadata;
};

export type StreamedTrack = Streamed<Track>;
/** `status.history` has its newest entry alone. */
export type StreamedStation = Streamed<Station>;
export type StreamedTicket = Streamed<Ticket>;

/** What the runtime sees of an Argo CD Application that a Station names. */
export interface StreamedApplication {
  readonly namespace: string;
  readonly name: string;
  /** `Healthy`, `Progressing`, ...; absent before Argo CD has looked. */
  readonly health?: string;
  /** `Synced`, `OutOfSync`, `Unknown`. */
  readonly sync?: string;
  /** The commit that Argo CD compared with. */
  readonly revision?: string;
}

export interface StreamedKinds {
  readonly tracks: readonly StreamedTrack[];
  readonly stations: readonly StreamedStation[];
  readonly tickets: readonly StreamedTicket[];
  readonly applications: readonly StreamedApplication[];
}

/** The event `all` of `GET /api/stream`: the first one of each connection. It replaces what the page had. */
export interface AllEvent extends StreamedKinds {
  /** Time of the server. RFC 3339. */
  readonly at: string;
}

/** What is there no longer, or can no longer be read. */
export interface Gone {
  readonly kind: 'Track' | 'Station' | 'Ticket' | 'Application';
  readonly namespace: string;
  readonly name: string;
}

/**
 * The event `change`. An object of `set` replaces the one of the same kind, namespace and name. What is in `gone` is taken
 * away before what is in `set` is put in.
 */
export interface ChangeEvent {
  /** Time of the server. RFC 3339. */
  readonly at: string;
  readonly set: Partial<StreamedKinds>;
  readonly gone: readonly Gone[];
}

/** Every answer that is no success, with the code of HTTP that fits. */
export interface ErrorAnswer {
  /** A sentence that names the thing and the fix. */
  readonly error: string;
}

export type SignIn = 'open' | 'token' | 'oidc';

/** `GET /api/me`. */
export interface Me {
  /** As the API server calls them. */
  readonly name: string;
  /** How they came in: `open` where no sign-in is asked for. */
  readonly signIn: SignIn;
  /** Namespaces with Tracks, Stations or Tickets that they may read. Sorted. */
  readonly namespaces: readonly string[];
  /** When they have to sign in again. RFC 3339. @default - never */
  readonly until?: string;
}

/** `401` of every route that needs a sign-in. */
export interface SignInNeeded extends ErrorAnswer {
  /**
   * Ways to sign in. `token` is a `POST /api/sign-in`. `oidc` begins with a visit of `/api/oidc/start` and ends at `/`; where
   * it was refused, at `/#sign-in=<sentence>`.
   */
  readonly signIn: readonly Exclude<SignIn, 'open'>[];
}

/** Body of `POST /api/sign-in`. Answer: {@link Me}. */
export interface TokenSignIn {
  /** Of a ServiceAccount, or whatever else the API server takes as a bearer token. */
  readonly token: string;
}

/** Pages of the forge, where its kind is known. */
export interface Links {
  /** SHA -> page of the commit. */
  readonly commits: Readonly<Record<string, string>>;
}

/** `GET /api/tracks/:namespace/:name`: the resource as the API server has it. Tickets alike; stations say more. */
export interface Whole<Kind extends Track | Station | Ticket> {
  readonly resource: Kind;
  readonly links: Links;
}

/** `GET /api/stations/:namespace/:name`. */
export interface WholeStation extends Whole<Station> {
  /** What each of `spec.entry.windows` says now, in their order. */
  readonly windows: readonly WindowNow[];
}

export interface WindowNow {
  /** Whether its time is now: an allowing window lets in, a denying one lets nobody in. */
  readonly open: boolean;
  /** When that changes. RFC 3339. @default - never */
  readonly until?: string;
}

/** `GET /api/stations/:namespace/:name/authors`. */
export interface Authors {
  /** SHA -> who made the commit, of the base and the overlay that the station shows; those that Git knows. */
  readonly commits: Readonly<Record<string, CommitAuthor>>;
}

/** A claim of whoever made the commit. */
export interface CommitAuthor {
  readonly name: string;
  /** The first line of its message. */
  readonly subject: string;
  /** RFC 3339. @default - it has none that can be read */
  readonly time?: string;
}

/** `GET /api/tickets/:namespace/:name/diff`. */
export interface TicketDiff {
  /** Where the ticket would change it, or has. */
  readonly station: string;
  /** What an approval of exactly this names; absent where nothing stands to be approved. */
  readonly digest?: string;
  readonly applications: readonly ApplicationDiff[];
}

export interface ApplicationDiff {
  /** `<namespace>/<name>`. */
  readonly application: string;
  readonly repoURL: string;
  readonly branch: string;
  readonly files: readonly FileDiff[];
  /** Something was left out, of this application, for its length. */
  readonly truncated: boolean;
  /** Files that differ and are not in `files`. */
  readonly moreFiles?: number;
  /** Why nothing can be shown. */
  readonly problem?: string;
}

export interface FileDiff {
  readonly path: string;
  /** Empty where there was no file, and for a binary one. */
  readonly before: string;
  /** Empty where there will be no file, and for a binary one. */
  readonly after: string;
  /** Either side is no text: only that it changes is told. */
  readonly binary?: boolean;
  /** Either side is cut off after its first lines. */
  readonly truncated?: boolean;
}

/** An object by what people call it. */
export interface Target {
  readonly kind: 'Track' | 'Station' | 'Ticket';
  readonly namespace: string;
  readonly name: string;
}

/** Body of `POST /api/verbs`. */
export type VerbRequest =
  | {
      readonly verb: 'approve';
      readonly namespace: string;
      readonly ticket: string;
      /** Where it stands. */
      readonly station: string;
      /** Of the diff that the person has seen: refused with 409 where the ticket would change something else by now. */
      readonly digest: string;
    }
  | { readonly verb: 'hold'; readonly target: Target }
  | {
      /** Ends a hold of the target, or the suspension of a ticket. */
      readonly verb: 'resume';
      readonly target: Target;
      /** Of a Ticket: `status.waiting.resume` as the person has seen it; refused with 409 where it waits for another word. */
      readonly seen?: { readonly uid: string; readonly heads?: readonly string[] };
    }
  | { readonly verb: 'abort'; readonly namespace: string; readonly ticket: string }
  | { readonly verb: 'retry'; readonly namespace: string; readonly ticket: string }
  | {
      readonly verb: 'rollback';
      readonly namespace: string;
      readonly station: string;
      /** Name of the ticket whose arrival is put back, or a commit of it. @default - the good state before the present one */
      readonly to?: string;
    }
  | {
      readonly verb: 'board';
      readonly namespace: string;
      /** Which Track it rides. */
      readonly track: string;
      readonly change: Change;
      /** The one station of the track that it visits, for overlays alone. @default - it rides the whole track */
      readonly express?: string;
    };

export type Verb = VerbRequest['verb'];

/** Answer of `POST /api/verbs`, where it was done or had been done before. */
export interface VerbAnswer {
  /** What is true now, in a sentence. */
  readonly says: string;
  /** What was written: changed resources, or the new ticket. Nothing where nothing was left to do. */
  readonly resources: readonly (Track | Station | Ticket)[];
}

/**
 * `GET /api/rights/:namespace?station=<name>&track=<name>&on=<kind>`: whether the API server would allow each verb, there.
 * Without a station, `hold`, `resume`, `abort` and `retry` are asked of the track; what is not named at all is asked of
 * every one of the namespace. `on` is the kind of what would be held or resumed, by default `Ticket`.
 */
export interface Rights {
  readonly verbs: Readonly<Record<Verb, Right>>;
}

export interface Right {
  readonly allowed: boolean;
  /** Why not, and who could change it. */
  readonly reason?: string;
}
