/** What the view needs of an Application, out of all that Argo CD keeps there. */

import type { LiveApplication } from './cluster';
import type { ApplicationState } from './view';

export const applicationState = ({ metadata, status }: LiveApplication): ApplicationState => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  ...(status?.sync?.status === undefined ? {} : { sync: status.sync.status }),
  ...(status?.sync?.revision === undefined ? {} : { revision: status.sync.revision }),
  ...(status?.health?.status === undefined ? {} : { health: status.health.status }),
  ...(status?.summary?.images === undefined ? {} : { images: status.summary.images }),
});
