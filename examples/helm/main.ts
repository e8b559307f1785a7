import { App } from 'cdk8s';
import { Blog } from './blog';

const app = new App();
new Blog(app, 'helm');
app.synth();
