import { App } from 'cdk8s';
import { Fleet } from './fleet';

const app = new App();
new Fleet(app, 'clusters');
app.synth();
