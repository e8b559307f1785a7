/** `GET /api/rights/:namespace`: which verbs the API server would let somebody say. */

import type { FastifyInstance } from 'fastify';
import { KINDS, type Kind } from '../../../lib/api';
import type { Rights } from '../../dashboard/protocol';
import type { Access } from './access';
import { NAME, NAMESPACE } from './place';
import type { Sessions } from './session';

export interface RightsOptions {
  readonly sessions: Sessions;
  readonly access: Access;
}

interface Asked {
  readonly Params: { readonly namespace: string };
  readonly Querystring: { readonly station?: string; readonly track?: string; readonly on?: Kind };
}

const SCHEMA = {
  params: { type: 'object', properties: { namespace: NAMESPACE } },
  querystring: {
    type: 'object',
    properties: { station: NAME, track: NAME, on: { enum: Object.values(KINDS).map(({ kind }) => kind) } },
  },
};

export function routeRights(app: FastifyInstance, { sessions, access }: RightsOptions): void {
  app.get<Asked>('/api/rights/:namespace', { schema: SCHEMA }, async (request): Promise<Rights> => {
    const { person } = await sessions.of(request);
    return access.rights(person, { on: 'Ticket', ...request.query, namespace: request.params.namespace });
  });
}
