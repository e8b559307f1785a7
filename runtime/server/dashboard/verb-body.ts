/** The shape of what people ask for; anything else is refused before it is looked at. */

import { KINDS } from '../../../lib/api';
import { Change } from '../../../lib/api/change';
import { NAME, NAMESPACE } from './place';

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength }) as const;
const [namespace, name] = [NAMESPACE, NAME];

const request = (verb: string, required: object, optional: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: ['verb', ...Object.keys(required)],
  properties: { verb: { const: verb }, ...required, ...optional },
});

const target = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'namespace', 'name'],
  properties: { kind: { enum: Object.values(KINDS).map(({ kind }) => kind) }, namespace, name },
};

const seen = {
  type: 'object',
  additionalProperties: false,
  required: ['uid'],
  properties: { uid: text(128), heads: { type: 'array', maxItems: 200, items: text(64) } },
};

const ofTicket = { namespace, ticket: name };

/** JSON schema of a `VerbRequest`. */
export const BODY = {
  type: 'object',
  required: ['verb'],
  discriminator: { propertyName: 'verb' },
  oneOf: [
    request('approve', { ...ofTicket, station: name, digest: text(128) }),
    request('hold', { target }),
    request('resume', { target }, { seen }),
    request('abort', ofTicket),
    request('retry', ofTicket),
    request('rollback', { namespace, station: name }, { to: text(253) }),
    request('board', { namespace, track: name, change: changeSchema() }, { express: name }),
  ],
};

/** The change's own schema, without what only Kubernetes understands. */
function changeSchema(): unknown {
  return JSON.parse(JSON.stringify(Change, (key, value: unknown) => (key.startsWith('x-') ? undefined : value)));
}
