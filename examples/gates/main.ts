import { App } from 'cdk8s';
import { Gates } from './gates';

const app = new App();
new Gates(app, 'gates');
app.synth();
