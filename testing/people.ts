/** What people say in a simulated ride, as they would write it into a ticket. */

import type { Station, Ticket } from '../lib/api';
import { approve } from '../runtime/verbs';

/**
 * The tickets that wait for an approval of the station, each with a yes to the very trees that it shows.
 *
 * @param stations the Stations of that name, by namespace
 */
export function approvedAt(
  tickets: Iterable<Ticket>,
  stations: ReadonlyMap<string, Station>,
  name: string,
  by: string,
): Ticket[] {
  return [...tickets]
    .filter(({ status }) => status?.station === name)
    .flatMap((ticket) => {
      const word = approve({ ticket, station: stations.get(ticket.metadata.namespace), by });
      if (word.outcome === 'Refused') return [];
      const said = word.outcome === 'Write' ? word.writes : [];
      const specs = said.map((write) => (write.verb === 'patch' ? write.patch.spec : {}));
      return [{ ...ticket, spec: specs.reduce<Ticket['spec']>((spec, more) => ({ ...spec, ...more }), ticket.spec) }];
    });
}
