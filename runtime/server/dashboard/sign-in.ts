/** Who somebody is: `/api/me`, and sign-in and -out by a token. */

import type { FastifyInstance } from 'fastify';
import type { Me, TokenSignIn } from '../../dashboard/protocol';
import type { Sight } from '../../dispatch';
import type { Access } from './access';
import type { Session, Sessions } from './session';
import { namespacesOf } from './stream';

export interface SignInOptions {
  readonly sight: Sight;
  readonly sessions: Sessions;
  readonly access: Access;
}

const BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['token'],
  properties: { token: { type: 'string', minLength: 1, maxLength: 20_000 } },
};

/** `limit` holds back who tries too often. */
export function routeSignIn(app: FastifyInstance, { sight, sessions, access }: SignInOptions, limit: object): void {
  const me = async ({ person, signIn, until }: Session): Promise<Me> => {
    const there = namespacesOf(sight);
    const view = await access.view(person, there);
    return {
      name: person.name,
      signIn,
      namespaces: there.filter((namespace) => view.sees(namespace)),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    };
  };
  app.get('/api/me', async (request) => me(await sessions.of(request)));
  app.post<{ Body: TokenSignIn }>('/api/sign-in', { schema: { body: BODY }, config: limit }, async (request, reply) =>
    me(await sessions.begin(request, reply, request.body.token.trim(), 'token')),
  );
  app.post('/api/sign-out', async (request, reply) => {
    sessions.end(request, reply);
    return reply.code(204).send();
  });
}
