/** All examples as one App: what `cdk8s synth` in the root of the repository compiles. */

import { App } from 'cdk8s';
import { Fleet } from './clusters/fleet';
import { ExistingShop } from './existing-applications/shop';
import { Gates } from './gates/gates';
import { Guestbook } from './guestbook/guestbook';
import { Blog } from './helm/blog';
import { Regions } from './junctions/regions';
import { Services } from './microservices/services';
import { Shop } from './monorepo-helm/shop';
import { Ledger } from './pull-requests/ledger';
import { Checkout } from './tested/shop';

const app = new App();
new Guestbook(app, 'guestbook', {
  repositoryURL: process.env.GUESTBOOK_REPOSITORY ?? 'https://git.example.com/guestbook.git',
});
new Regions(app, 'junctions');
new Gates(app, 'gates');
new Shop(app, 'monorepo-helm');
new ExistingShop(app, 'existing-applications');
new Services(app, 'microservices');
new Blog(app, 'helm');
new Ledger(app, 'pull-requests');
new Fleet(app, 'clusters');
new Checkout(app, 'tested');
app.synth();
