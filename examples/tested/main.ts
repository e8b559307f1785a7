import { App } from 'cdk8s';
import { Checkout } from './shop';

const app = new App();
new Checkout(app, 'tested');
app.synth();
