/** One resource whole, as the API server gives it to whoever asks. */

import type { FastifyInstance } from 'fastify';
import { KINDS, type Kind, type Station, type Ticket, type Track } from '../../../lib/api';
import type { Whole } from '../../dashboard/protocol';
import type { Sight } from '../../dispatch';
import { commitsOfStation, commitsOfTicket, pagesOf } from './links';
import { type Place, PLACED } from './place';
import { gone, read } from './read';
import type { Sessions } from './session';

export interface DetailsOptions {
  readonly sight: Sight;
  readonly sessions: Sessions;
}

export function routeDetails(app: FastifyInstance, { sight, sessions }: DetailsOptions): void {
  const route = <K extends Track | Station | Ticket>(kind: Kind, linked: (resource: K) => Whole<K>['links']): void => {
    app.get<{ Params: Place }>(
      `/api/${KINDS[kind].plural}/:namespace/:name`,
      PLACED,
      async (request): Promise<Whole<K>> => {
        const { person } = await sessions.of(request);
        const resource = await read<K>(person, kind, request.params);
        if (resource === undefined) throw gone(kind, request.params);
        return { resource, links: linked(resource) };
      },
    );
  };
  route<Track>('Track', () => ({ commits: {} }));
  route<Station>('Station', (station) => ({ commits: pagesOf(commitsOfStation(station)) }));
  route<Ticket>('Ticket', (ticket) => {
    const station = (name: string): Station | undefined => sight.stations.get(`${ticket.metadata.namespace}/${name}`);
    return { commits: pagesOf(commitsOfTicket(ticket, station)) };
  });
}
