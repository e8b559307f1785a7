import { App } from 'cdk8s';
import { Regions } from './regions';

const app = new App();
new Regions(app, 'junctions');
app.synth();
