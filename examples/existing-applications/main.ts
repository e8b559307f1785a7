import { App } from 'cdk8s';
import { ExistingShop } from './shop';

const app = new App();
new ExistingShop(app, 'existing-applications');
app.synth();
