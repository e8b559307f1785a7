import { App } from 'cdk8s';
import { Ledger } from './ledger';

const app = new App();
new Ledger(app, 'pull-requests');
app.synth();
