import { App } from 'cdk8s';
import { Guestbook } from './guestbook';

const app = new App();
new Guestbook(app, 'guestbook', {
  repositoryURL: process.env.GUESTBOOK_REPOSITORY ?? 'https://git.example.com/guestbook.git',
});
app.synth();
