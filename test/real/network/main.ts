import { App } from 'cdk8s';
import { Described, type NetworkDescription } from './network';

const app = new App();
// Written by the test that runs this.
const description = JSON.parse(process.env['NETWORK'] ?? '') as NetworkDescription;
new Described(app, description.namespace, description);
app.synth();
