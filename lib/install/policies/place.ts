/** Who may hold and release a Station or a Track, and who may take an approval gate away. */

import { KINDS } from '../../api';
import { CREATED, DELETED, type Demand, lacking, type Manifest, may, policy, UPDATED } from './policy';

const { Station, Track } = KINDS;

const variables = { name: `${DELETED} ? oldObject.metadata.name : object.metadata.name` };

const holds = (side: string): string => `has(${side}.spec.hold) && ${side}.spec.hold`;

/**
 * @param held CEL of whether the deleted object was held
 */
function holdDemands(plural: string, held: string): Demand[] {
  const demand = (when: string, what: string): Demand => ({
    expression: `!(${when}) || ${may('hold', plural, 'variables.name')}`,
    messageExpression: lacking('hold', `'${plural}'`, 'variables.name', what),
  });
  const turned = `(${CREATED} && ${holds('object')}) || (${UPDATED} && (${holds('object')}) != (${holds('oldObject')}))`;
  return [
    demand(turned, 'to hold or release it'),
    demand(`${DELETED} && (${held})`, 'to delete it while it is held, which releases it'),
  ];
}

const gated = (side: string): string => `has(${side}.spec.entry) && has(${side}.spec.entry.approval)`;

/** Without this one, whoever may edit the Station approves by taking the gate away. */
const gateDemand: Demand = {
  expression: `${CREATED} || !(${gated('oldObject')}) || (${UPDATED} && ${gated('object')}) || ${may('approve', Station.plural, 'variables.name')}`,
  messageExpression: lacking('approve', `'${Station.plural}'`, 'variables.name', 'to take its approval gate away'),
};

const stopped = [holds('oldObject'), ...['holdBy', 'haltBy'].map((field) => `has(oldObject.status.${field})`)];

export const stationPolicy = (): Manifest[] =>
  policy({
    plural: Station.plural,
    variables,
    demands: [
      ...holdDemands(
        Station.plural,
        `(${stopped[0]}) || (has(oldObject.status) && (${stopped.slice(1).join(' || ')}))`,
      ),
      gateDemand,
    ],
  });

export const trackPolicy = (): Manifest[] =>
  policy({ plural: Track.plural, variables, demands: holdDemands(Track.plural, holds('oldObject')) });
