/** Marks in the status of a ticket that tell what was said of it to others: whoever says it notes it there. */

import type { Ticket } from '../../lib/api';
import { NotFoundError, type Cluster } from '../kube';
import { TICKETS } from '../resources';
import type { World } from './caches/world';

/** Merges into a ticket's status; a ticket that is gone needs no mark. */
export async function markTicket(
  { world, cluster }: { readonly world: World; readonly cluster: Cluster },
  { namespace, name }: Ticket['metadata'],
  status: object,
): Promise<void> {
  try {
    const written = await cluster.objects(TICKETS).merge({ namespace, name }, { status }, { subresource: 'status' });
    world.observe(written);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
