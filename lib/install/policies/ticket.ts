/** What people may say about a ticket, and in whose name. */

import { ENDINGS, GROUP, KINDS } from '../../api';
import {
  CALLER,
  CREATED,
  DELETED,
  type Demand,
  lacking,
  listOf,
  type Manifest,
  may,
  policy,
  text,
  UPDATED,
} from './policy';

const { Station, Ticket, Track } = KINDS;

/** Entries of one list that the other does not have, by all their fields. */
const only = (list: string, other: string): string => `variables.${list}.filter(one, !(one in variables.${other}))`;

/** Whether a flag of `spec` is another one than before. */
const turned = (flag: string): string =>
  [
    `(${CREATED} && has(object.spec.${flag}) && object.spec.${flag})`,
    `(${UPDATED} && (has(object.spec.${flag}) && object.spec.${flag}) != (has(oldObject.spec.${flag}) && oldObject.spec.${flag}))`,
  ].join(' || ');

const variables = {
  spec: `${DELETED} ? oldObject.spec : object.spec`,
  approvals: listOf(`!(${DELETED})`, 'object.spec.approvals'),
  earlierApprovals: listOf(`!(${CREATED})`, 'oldObject.spec.approvals'),
  given: only('approvals', 'earlierApprovals'),
  withdrawn: `${only('earlierApprovals', 'approvals')}.filter(one, one.by != ${CALLER})`,
  resumes: listOf(`!(${DELETED})`, 'object.spec.resumes'),
  earlierResumes: listOf(`!(${CREATED})`, 'oldObject.spec.resumes'),
  resumed: only('resumes', 'earlierResumes'),
  // The one that it names; else where the runtime last saw it. Before it has boarded it is nowhere, and its track counts.
  station: [
    'has(variables.spec.rollback) ? variables.spec.rollback.station',
    'has(variables.spec.express) ? variables.spec.express.station',
    `!(${CREATED}) && has(oldObject.status) && has(oldObject.status.station) ? oldObject.status.station`,
    "''",
  ].join(' : '),
  place: "variables.station != '' ? variables.station : variables.spec.track",
  plural: `variables.station != '' ? '${Station.plural}' : '${Track.plural}'`,
  mayHold: `variables.station != '' ? ${may('hold', Station.plural, 'variables.station')} : ${may('hold', Track.plural, 'variables.spec.track')}`,
};

const needsHold = (when: string, what: string): Demand => ({
  expression: `!(${when}) || variables.mayHold`,
  messageExpression: lacking('hold', 'variables.plural', 'variables.place', what),
});

const oneStation = (list: string, what: string): Demand => ({
  expression: `variables.${list}.all(one, one.station == variables.${list}[0].station)`,
  messageExpression: text(
    `approvals of several stations at once cannot be judged: ${what} them for one station at a time`,
  ),
});

const needsApprove = (list: string, unless: string, what: string): Demand => ({
  expression: `${unless}size(variables.${list}) == 0 || ${may('approve', Station.plural, `variables.${list}[0].station`)}`,
  messageExpression: lacking('approve', `'${Station.plural}'`, `variables.${list}[0].station`, what),
});

const inOwnName = (list: string, what: string): Demand => ({
  expression: `variables.${list}.all(one, one.by == ${CALLER})`,
  messageExpression: `${text(`by must name who ${what}: write `)} + ${CALLER}`,
});

/** Who may write the status of tickets is the runtime, or may do as it does. */
const RUNTIME = `authorizer.group('${GROUP}').resource('${Ticket.plural}').subresource('status').namespace(request.namespace).check('update').allowed()`;

/**
 * A station is shut by a rollback, or by a ticket that failed there, and opens when that ticket is gone. Which stations
 * are shut is theirs to know, so every ticket that could be such a one is guarded.
 */
const failed = "(has(oldObject.status) && has(oldObject.status.phase) && oldObject.status.phase == 'Failed')";

const demands: readonly Demand[] = [
  inOwnName('given', 'approves'),
  oneStation('given', 'give'),
  needsApprove('given', '', 'to approve there'),
  // One's own may be taken back with any right or none left. Those of a ticket that is deleted go with it.
  { ...oneStation('withdrawn', 'withdraw'), expression: `${DELETED} || ${oneStation('withdrawn', '').expression}` },
  needsApprove('withdrawn', `${DELETED} || `, "to withdraw another's approval"),
  inOwnName('resumed', 'resumes'),
  needsHold(
    `!(${DELETED}) && (size(variables.resumed) > 0 || size(${only('earlierResumes', 'resumes')}) > 0)`,
    'to resume or to take a resume back',
  ),
  needsHold(turned('hold'), 'to hold or release a ticket'),
  needsHold(turned('abort'), 'to abort a ticket'),
  needsHold(
    `${DELETED} && !(has(oldObject.status) && has(oldObject.status.phase) && oldObject.status.phase in [${ENDINGS.map((phase) => `'${phase}'`).join(', ')}])`,
    'to delete a ticket that has not ended, which aborts it',
  ),
  needsHold(
    `${DELETED} && (has(oldObject.spec.rollback) || ${failed}) && !(${RUNTIME})`,
    'to delete a ticket that may keep a station shut, which would open it',
  ),
  needsHold(`${CREATED} && has(object.spec.origin) && has(object.spec.origin.retryOf)`, 'to retry a ticket'),
  {
    expression: `!(${CREATED} && has(object.spec.rollback)) || ${may('rollback', Station.plural, 'object.spec.rollback.station')}`,
    messageExpression: lacking('rollback', `'${Station.plural}'`, 'object.spec.rollback.station', 'to roll it back'),
  },
  {
    expression: `!(${CREATED} && has(object.spec.origin) && has(object.spec.origin.person)) || object.spec.origin.person == ${CALLER}`,
    messageExpression: `${text('origin.person must name who makes the ticket: write ')} + ${CALLER} + ${text(', or leave it out')}`,
  },
  {
    expression: `!(${CREATED} && has(object.spec.origin) && (has(object.spec.origin.parent) || has(object.spec.origin.failed))) || ${RUNTIME}`,
    messageExpression: text('origin.parent and origin.failed are the word of the runtime alone: leave them out'),
  },
];

export const ticketPolicy = (): Manifest[] => policy({ plural: Ticket.plural, variables, demands });
