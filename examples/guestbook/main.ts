import { App, Duration } from 'cdk8s';
import { Guestbook } from './guestbook';

const app = new App();
new Guestbook(app, 'guestbook', {
  repositoryURL: process.env.GUESTBOOK_REPOSITORY ?? 'https://git.example.com/guestbook.git',
  // The demo looks at a registry on the same machine and would not wait five minutes for the next image.
  interval: Duration.seconds(Number(process.env.GUESTBOOK_INTERVAL_SECONDS ?? 300)),
});
app.synth();
