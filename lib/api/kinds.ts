/** What each kind is made of: schemas, rules over the whole object, and the columns that tell its story. */

import { type TSchema } from '@sinclair/typebox';
import { type Kind } from './resource';
import { NAME_MAX_LENGTH, NAME_PATTERN, RESERVED_NAMES, type Rule } from './schema';
import { StationSpec, StationStatus } from './station';
import { TicketSpec, TicketStatus } from './ticket';
import { TrackSpec, TrackStatus } from './track';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
}

/** What a kind adds to what all kinds have in common. */
export interface KindDefinition {
  readonly description: string;
  readonly spec: TSchema;
  readonly status: TSchema;
  /** Rules over the whole object. */
  readonly rules: readonly Rule[];
  /** Columns between name and age. */
  readonly columns: readonly PrinterColumn[];
}

const column = (
  name: string,
  jsonPath: string,
  description: string,
  type: PrinterColumn['type'] = 'string',
): PrinterColumn => ({ name, type, jsonPath, description });

export const AGE = column('Age', '.metadata.creationTimestamp', 'Since when it exists.', 'date');

/** A rule over `metadata.name`; what has no name is refused by Kubernetes itself. */
const named = (rule: string, message: string, holds: (name: string) => boolean): Rule => ({
  rule,
  message,
  holds: (self) => {
    const name = (self as { metadata?: { name?: unknown } } | undefined)?.metadata?.name;
    return typeof name !== 'string' || holds(name);
  },
});

/** Rule B8. Kubernetes itself would also admit dots and 253 characters. */
function nameRules(kind: Kind): Rule[] {
  const reserved = RESERVED_NAMES.map((name) => `'${name}'`).join(', ');
  return [
    named(
      `size(self.metadata.name) <= ${NAME_MAX_LENGTH}`,
      `the name of a ${kind} has at most ${NAME_MAX_LENGTH} characters`,
      (name) => name.length <= NAME_MAX_LENGTH,
    ),
    named(
      `self.metadata.name.matches('${NAME_PATTERN}')`,
      `the name of a ${kind} is lower-case letters, digits and '-', and starts and ends with a letter or digit`,
      (name) => new RegExp(NAME_PATTERN).test(name),
    ),
    named(
      `!(self.metadata.name in [${reserved}])`,
      `Git needs ${reserved} for itself: choose another name`,
      (name) => !RESERVED_NAMES.includes(name),
    ),
  ];
}

export const DEFINITIONS: Readonly<Record<Kind, KindDefinition>> = {
  Track: {
    description: 'An ordered list of stations, and the subscriptions that put new changes on it.',
    spec: TrackSpec,
    status: TrackStatus,
    rules: nameRules('Track'),
    columns: [
      column('Subscriptions', '.status.summary.subscriptions', 'What boards by itself.'),
      column('Stations', '.status.summary.stations', 'The line.'),
      column('Tickets', '.status.sequence', 'How many tickets ever boarded.', 'integer'),
      column('Ready', '.status.conditions[?(@.type=="Ready")].status', 'Whether the runtime can work with it.'),
    ],
  },
  Station: {
    description: 'A stop: the Applications that it drives, its gates, and the tracks that branch off.',
    spec: StationSpec,
    status: StationStatus,
    rules: nameRules('Station'),
    columns: [
      column('Shows', '.status.summary.shows', 'The good state that it shows.'),
      column('Occupant', '.status.occupant.ticket', 'The ticket that is arriving.'),
      column('Health', '.status.summary.health', 'Worst health of its Applications.'),
      column('Gates', '.status.summary.gates', 'Its gates.'),
      column('Held', '.status.summary.held', 'Who or what holds it.'),
    ],
  },
  Ticket: {
    description: 'One change riding one track; its status is punched as it goes.',
    spec: TicketSpec,
    status: TicketStatus,
    rules: [],
    columns: [
      column('Track', '.spec.track', 'The track that it rides.'),
      column('Parent', '.spec.origin.parent.name', 'The ticket from which it branched off.'),
      column('Change', '.status.summary.change', 'What it carries.'),
      column('Station', '.status.station', 'Where it stands or arrives.'),
      column('Phase', '.status.phase', 'Where it is in its life.'),
      column('Waiting', '.status.waiting.reason', 'What it waits for.'),
    ],
  },
};
