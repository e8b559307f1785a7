import { App, Chart } from 'cdk8s';
import { API_VERSION } from 'k8sta/api';
import { TransitAuthority } from 'k8sta/install';
import { Shop } from './existing';
import { Guestbook } from './guestbook';
import { Regions } from './regions';
import { Monorepo } from './service';

const app = new App();
new Guestbook(app, 'guestbook');
new Regions(app, 'regions');
new Monorepo(app, 'monorepo');
new Shop(app, 'shop');
new TransitAuthority(new Chart(app, 'install', { namespace: 'k8sta' }), 'k8sta', { image: 'ghcr.io/acme/k8sta:0.1.0' });
app.synth();
// Standard output is the synthesiser's own.
console.error(`wrote ${API_VERSION}`);
