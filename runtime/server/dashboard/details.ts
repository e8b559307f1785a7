/** One resource whole, as the API server gives it to whoever asks. */

import type { FastifyInstance } from 'fastify';
import { KINDS, type Kind, type Station, type Ticket, type Track } from '../../../lib/api';
import type { Whole, WholeStation } from '../../dashboard/protocol';
import type { Sight } from '../../dispatch';
import { windowStates } from '../../journey';
import type { Clock } from '../../kube';
import { commitsOfStation, commitsOfTicket, pagesOf } from './links';
import { type Place, PLACED } from './place';
import { gone, read } from './read';
import type { Sessions } from './session';

export interface DetailsOptions {
  readonly sight: Sight;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

export function routeDetails(app: FastifyInstance, { sight, sessions, clock }: DetailsOptions): void {
  const route = <K extends Track | Station | Ticket, W extends Whole<K> = Whole<K>>(
    kind: Kind,
    beside: (resource: K) => Omit<W, 'resource'>,
  ): void => {
    app.get<{ Params: Place }>(
      `/api/${KINDS[kind].plural}/:namespace/:name`,
      PLACED,
      async (request): Promise<Omit<W, 'resource'> & { readonly resource: K }> => {
        const { person } = await sessions.of(request);
        const resource = await read<K>(person, kind, request.params);
        if (resource === undefined) throw gone(kind, request.params);
        return { resource, ...beside(resource) };
      },
    );
  };
  route<Track>('Track', () => ({ links: { commits: {} } }));
  route<Station, WholeStation>('Station', (station) => ({
    links: { commits: pagesOf(commitsOfStation(station)) },
    windows: windowStates(station.spec.entry?.windows ?? [], new Date(clock.now())).map(({ open, changes }) => ({
      open,
      ...(changes === undefined ? {} : { until: changes.toISOString() }),
    })),
  }));
  route<Ticket>('Ticket', (ticket) => {
    const station = (name: string): Station | undefined => sight.stations.get(`${ticket.metadata.namespace}/${name}`);
    return { links: { commits: pagesOf(commitsOfTicket(ticket, station)) } };
  });
}
