/** All examples as one App: what `cdk8s synth` in the root of the repository compiles. */

import { App } from 'cdk8s';
import { ExistingShop } from './existing-applications/shop';
import { Gates } from './gates/gates';
import { Guestbook } from './guestbook/guestbook';
import { Regions } from './junctions/regions';
import { Shop } from './monorepo-helm/shop';

const app = new App();
new Guestbook(app, 'guestbook', {
  repositoryURL: process.env.GUESTBOOK_REPOSITORY ?? 'https://git.example.com/guestbook.git',
});
new Regions(app, 'junctions');
new Gates(app, 'gates');
new Shop(app, 'monorepo-helm');
new ExistingShop(app, 'existing-applications');
app.synth();
