import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect, type KubeObject, metadataOf, Store } from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import { eventually } from '../../waiting';
import { FakeApi, type Widget, WIDGETS } from './fake-api';
import { FakeClock } from './fake-clock';

/** A proxy for TCP whose connections can go silent without being closed, as behind a firewall that forgot them. */
class Swallowing {
  opened = 0;
  readonly #server: Server;
  readonly #pairs: [Socket, Socket][] = [];

  constructor(port: number) {
    this.#server = createServer((near) => {
      this.opened += 1;
      const far = dial(port, '127.0.0.1');
      this.#pairs.push([near, far]);
      near.pipe(far);
      far.pipe(near);
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.on('close', () => far.destroy());
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is open now stays open, and carries nothing any more. */
  swallow(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

test('a watch whose connection is cut without a word is noticed within 60 seconds, and healed without a restart', async () => {
  const api = await new FakeApi().start();
  const proxy = new Swallowing(Number(new URL(api.url).port));
  const port = await proxy.listen();
  const clock = new FakeClock();
  const store = new Store<Widget>({ log: silentLog, identity: metadataOf });
  const kubeconfig = api.kubeconfig({}, { server: `http://127.0.0.1:${port}` });
  const reflector = connect({ kubeconfig }).reflector<Widget & KubeObject, Widget>({
    resource: WIDGETS,
    store,
    project: (widget) => widget,
    log: silentLog,
    clock,
  });
  reflector.start();
  await reflector.synced();
  await eventually('the watch is open', () => api.seen.some(({ kind }) => kind === 'watch'));
  const { opened } = proxy;
  proxy.swallow();
  api.put('unheard', 'change');
  await clock.pass(30_000);
  expect(store.get('shop/unheard')).toBeUndefined();
  await clock.pass(13_000);
  await eventually('the change is heard', async () => {
    // Once a connection of its own is open, only the network is waited for.
    await clock.pass(proxy.opened > opened ? 1 : 250);
    return store.get('shop/unheard');
  });
  expect(clock.uptime()).toBeLessThan(60_000);
  const end = reflector.stop();
  await clock.pass(0);
  await end;
  await proxy.close();
  await api.stop();
});
