/**
 * What a decision sees: the track or station, everything that meets it, and what effects have found out. A snapshot is a
 * value; the same snapshot and time always give the same plan.
 */

import type { ApplicationReference, Station, Ticket, Track } from '../../../lib/api';
import type { Expectation, Precondition, Verdict } from './application';
import type { AnalysisView } from './analysis-view';
import type { JobFact, JobKind, JobResults } from './job';

/** One track and its tickets: every unfinished one. */
export interface Line {
  readonly track: Track;
  /** The track is deleted, and `track` only stands in for it: nothing boards, and what rides ends (rule C6). @default false */
  readonly gone?: boolean;
  readonly tickets: readonly Ticket[];
}

/** Where a resource is. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** What is known of the world beyond what is decided on. */
export interface Facts {
  /** What is wrong with it beside the rest of the network (rule L11), in sentences. */
  faults(kind: 'track' | 'station', place: Place): readonly string[];
  /** Whether the station may drive the Application, as far as the live Application says (rule G5). */
  precondition(station: Station, reference: ApplicationReference): Precondition;
  /** What Argo CD's word means for a commit that we wait for (rule D6). */
  judge(reference: ApplicationReference, expectation: Expectation): Verdict;
  /** Argo CD's health of an Application, in one word; `Missing` where there is none. */
  health(reference: ApplicationReference): string;
  /** The commit that an Application is synced to and healthy at, if it is. */
  live(reference: ApplicationReference): string | undefined;
  /** What Argo CD reports of an Application's branch: another text where that may be another head, or none. */
  reported(reference: ApplicationReference): string;
  /** Whether a station, or a ticket that has not ended, names the ticket. */
  named(ticketUid: string): boolean;
  /** Every ticket that visits this station alone, ended ones too. */
  singlesAt(place: Place): readonly Ticket[];
  /** Any ticket of any namespace, ended or not; `undefined` where it is gone. */
  ticket(uid: string): Ticket | undefined;
  /** Every ticket that was made for a Track of this name, ended ones too. */
  ticketsOn(track: Track): readonly Ticket[];
  /** Every ticket that branched off this one, ended ones too. */
  children(parentUid: string): readonly Ticket[];
  /** Any track; `undefined` where it does not exist or cannot be read. */
  track(place: Place): Track | undefined;
  /** The rollback that the failure of a ticket has made, ended or not. */
  rollbackOf(failedUid: string): Ticket | undefined;
  /** The track of this uid. */
  trackOf(uid: string): Track | undefined;
  /** The overlay folders of all Applications known in a repository, sorted (rule L5). */
  overlays(repoURL: string): readonly string[];
  /** Whether a branch is rendered for any Application that is known. */
  isRendered(branch: { readonly repoURL: string; readonly branch: string }): boolean;
  /** Any station; `undefined` where it does not exist or cannot be read. */
  station(place: Place): Station | undefined;
  /** The station that names the ticket as its occupant, if one does. */
  seat(ticketUid: string): Station | undefined;
  /** Every ticket, ended ones too, whose last recorded arrival was at a station of this name. */
  visitors(station: Station): readonly Ticket[];
  /** A run of Argo Rollouts that was made for a ticket. */
  analysis(place: Place): AnalysisView | undefined;
  /** All runs that were made for tickets at this station, those that are over included. */
  analysesAt(station: Place): readonly AnalysisView[];
  /** What became of a job, or `undefined` where nobody has started it. */
  job<K extends JobKind>(kind: K, key: string): JobFact<JobResults[K]> | undefined;
}

/** One look at a fact, and what it showed. */
export interface Read {
  again(): unknown;
  readonly value: unknown;
}

/** A part that asked for nothing. */
export interface Quiet {
  /** Values that never change, and lists of such values. */
  readonly inputs: readonly unknown[];
  readonly reads: readonly Read[];
  readonly since: Date;
  readonly until: Date | undefined;
}

/** What is remembered of parts of plans (`Recall`). */
export interface Memory {
  /** The part, if it would ask for nothing now: then it need not be decided. */
  quiet(part: string, inputs: readonly unknown[], now: Date): Pick<Quiet, 'until'> | undefined;
  /** Notes what is read while a part is decided. @returns what it has read */
  watch(decide: () => void): readonly Read[];
  /** Keeps a part that asked for nothing, up to the time that it named. */
  keep(part: string, quiet: Quiet): void;
}

/** What every decision sees. */
export interface Sight {
  readonly now: Date;
  readonly facts: Facts;
  /** Lets parts be left out that would ask for nothing; its facts have to be the ones above. @default - all is decided */
  readonly recall?: Memory;
}

/** Everything that the decision for one track depends on. */
export interface Snapshot extends Line, Sight {}

/** Everything that the decision for one station depends on (rule C1). */
export interface StationSnapshot extends Sight {
  readonly station: Station;
  /** The tracks of which a ticket stands before the station, or did when that was last written. */
  readonly lines: readonly Line[];
  /** Unfinished tickets that visit this station alone: express tickets and rollbacks. */
  readonly single: readonly Ticket[];
}
