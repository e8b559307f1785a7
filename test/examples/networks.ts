/** Every example as a fresh App. */

import { Testing, type Chart } from 'cdk8s';
import { ExistingShop } from '../../examples/existing-applications/shop';
import { Gates } from '../../examples/gates/gates';
import { Guestbook } from '../../examples/guestbook/guestbook';
import { Regions } from '../../examples/junctions/regions';
import { Shop } from '../../examples/monorepo-helm/shop';

export const REPOSITORY = 'https://git.example.com/guestbook.git';

export const EXAMPLES: Readonly<Record<string, () => Chart>> = {
  guestbook: () => new Guestbook(Testing.app(), 'guestbook', { repositoryURL: REPOSITORY }),
  junctions: () => new Regions(Testing.app(), 'junctions'),
  gates: () => new Gates(Testing.app(), 'gates'),
  'monorepo-helm': () => new Shop(Testing.app(), 'monorepo-helm'),
  'existing-applications': () => new ExistingShop(Testing.app(), 'existing-applications'),
};
