/** Every example as a fresh App. */

import { Testing, type Chart } from 'cdk8s';
import { Fleet } from '../../examples/clusters/fleet';
import { ExistingShop } from '../../examples/existing-applications/shop';
import { Gates } from '../../examples/gates/gates';
import { Guestbook } from '../../examples/guestbook/guestbook';
import { Blog } from '../../examples/helm/blog';
import { Regions } from '../../examples/junctions/regions';
import { Services } from '../../examples/microservices/services';
import { Shop } from '../../examples/monorepo-helm/shop';
import { Ledger } from '../../examples/pull-requests/ledger';
import { Checkout } from '../../examples/tested/shop';

export const REPOSITORY = 'https://git.example.com/guestbook.git';

export const EXAMPLES: Readonly<Record<string, () => Chart>> = {
  guestbook: () => new Guestbook(Testing.app(), 'guestbook', { repositoryURL: REPOSITORY }),
  junctions: () => new Regions(Testing.app(), 'junctions'),
  gates: () => new Gates(Testing.app(), 'gates'),
  'monorepo-helm': () => new Shop(Testing.app(), 'monorepo-helm'),
  'existing-applications': () => new ExistingShop(Testing.app(), 'existing-applications'),
  microservices: () => new Services(Testing.app(), 'microservices'),
  helm: () => new Blog(Testing.app(), 'helm'),
  'pull-requests': () => new Ledger(Testing.app(), 'pull-requests'),
  clusters: () => new Fleet(Testing.app(), 'clusters'),
  tested: () => new Checkout(Testing.app(), 'tested'),
};
