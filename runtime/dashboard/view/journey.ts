/** A ticket's journey: every station of its line, punched or still ahead. */

import { hasEnded } from '../../../lib/api/reasons';
import type { Phase, Stamp } from '../../../lib/api';
import type { StreamedTicket } from '../protocol';
import { span } from '../../../lib/api/words';
import { isArriving, toneOf, type Tone } from './words';
import { keyOf, type World } from './world';

export interface Leg {
  readonly station: string;
  readonly state: 'passed' | 'here' | 'ahead';
  readonly tone: Tone;
  /** What came of the visit, in a word: `Arrived`, `Failed`, ... */
  readonly result?: string;
  readonly arrived?: string;
  readonly departed?: string;
  /** How long it took. */
  readonly took?: string;
  readonly message?: string;
  readonly commits: readonly { readonly application: string; readonly commit: string }[];
  readonly approvals: readonly { readonly by: string }[];
  readonly children: readonly { readonly track: string; readonly namespace?: string; readonly skipped?: string }[];
}

const TONES: Readonly<Record<Stamp['result'], Tone>> = {
  Arrived: 'good',
  NoChange: 'good',
  AlreadyContained: 'good',
  Skipped: 'calm',
  Failed: 'bad',
  Aborted: 'calm',
  RolledBack: 'bad',
};

/** What results are called on a ticket. */
const RESULTS: Readonly<Record<Stamp['result'], string>> = {
  Arrived: 'arrived',
  NoChange: 'nothing to change',
  AlreadyContained: 'already there',
  Skipped: 'passed by',
  Failed: 'failed',
  Aborted: 'aborted',
  RolledBack: 'rolled back',
};

/** Visits that are over, the station where the ticket is, and those of its track that are still ahead. */
export function journeyOf(ticket: StreamedTicket, world: World): Leg[] {
  const { stamps = [], station } = ticket.status ?? {};
  const passed = stamps.map(punched);
  const stations = routeOf(ticket, world);
  const here = hasEnded(ticket.status) ? undefined : (station ?? stations[0]);
  const index = here === undefined ? -1 : stations.indexOf(here);
  const ahead = hasEnded(ticket.status) || here === undefined ? [] : index < 0 ? [here] : stations.slice(index);
  const behind = new Set(passed.map((leg) => leg.station));
  return [
    ...passed,
    ...ahead
      .filter((name) => name === here || !behind.has(name))
      .map((name) => (name === here ? presentLeg(ticket, name) : { ...UNTOUCHED, station: name })),
  ];
}

const UNTOUCHED = { state: 'ahead', tone: 'calm', commits: [], approvals: [], children: [] } as const;

const PRESENT: Readonly<Partial<Record<Phase, string>>> = { Arriving: 'arriving', Suspended: 'suspended' };

function presentLeg(ticket: StreamedTicket, station: string): Leg {
  const { phase = 'Standing', waiting, arrival } = ticket.status ?? {};
  const arriving = isArriving(ticket) ? arrival : undefined;
  return {
    ...UNTOUCHED,
    station,
    state: 'here',
    tone: toneOf(ticket),
    result: PRESENT[phase] ?? 'standing before it',
    ...(arriving === undefined ? {} : { arrived: arriving.start }),
    ...(waiting === undefined ? {} : { message: waiting.message }),
    commits: (arriving?.applications ?? []).flatMap(({ namespace, name, commit }) =>
      commit === undefined ? [] : [{ application: keyOf({ namespace, name }), commit }],
    ),
    approvals: arriving?.approvals ?? [],
  };
}

function punched(stamp: Stamp): Leg {
  const { station, result, arrived, departed, message, reason, commits = [], approvals = [], children = [] } = stamp;
  const words = message ?? reason;
  return {
    station,
    state: 'passed',
    tone: TONES[result],
    result: RESULTS[result],
    departed,
    ...(arrived === undefined ? {} : { arrived, took: span(Date.parse(departed) - Date.parse(arrived)) }),
    ...(words === undefined ? {} : { message: words }),
    commits,
    approvals,
    children,
  };
}

function routeOf(ticket: StreamedTicket, world: World): string[] {
  const { track, express, rollback } = ticket.spec;
  const only = express?.station ?? rollback?.station;
  if (only !== undefined) return [only];
  const line = world.tracks.get(keyOf({ namespace: ticket.metadata.namespace, name: track ?? '' }));
  return line?.spec.stations.map(({ name }) => name) ?? [];
}

export interface Relative {
  readonly words: string;
  /** `<namespace>/<name>` of the Ticket. */
  readonly key: string;
}

/** Where a ticket comes from, and what came of it. */
export function lineageOf(ticket: StreamedTicket, world: World): Relative[] {
  const { namespace, uid } = ticket.metadata;
  const { origin } = ticket.spec;
  const { absorbed = [], supersededBy } = ticket.status ?? {};
  const at = (name: string, where = namespace): string => keyOf({ namespace: where, name });
  const children = [...world.tickets.values()].filter(({ spec }) => spec.origin?.parent?.uid === uid);
  const retries = [...world.tickets.values()].filter(({ spec }) => spec.origin?.retryOf?.uid === uid);
  const { parent, retryOf, failed } = origin ?? {};
  return [
    ...(parent === undefined
      ? []
      : [{ words: `branched off at ${parent.station} from`, key: at(parent.name, parent.namespace) }]),
    ...(retryOf === undefined ? [] : [{ words: 'tries again', key: at(retryOf.name) }]),
    ...(failed === undefined ? [] : [{ words: 'takes back', key: at(failed.name) }]),
    ...absorbed.map(({ ticket: name }) => ({ words: 'took along', key: at(name) })),
    ...(supersededBy === undefined ? [] : [{ words: 'rides on with', key: at(supersededBy.ticket) }]),
    ...children.map(({ metadata }) => ({ words: 'branched off as', key: keyOf(metadata) })),
    ...retries.map(({ metadata }) => ({ words: 'was tried again by', key: keyOf(metadata) })),
  ];
}
