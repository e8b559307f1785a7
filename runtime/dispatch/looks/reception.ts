/** Where webhooks come in: from the operator's Secrets to the Tracks that they are about. */

import type { Clock } from '../../kube';
import type { Log } from '../../log';
import type { Metrics } from '../../metrics';
import { type Delivery, Receivers, type StoredReceiver } from '../../webhooks';
import type { Hints } from './hints';
import type { World } from '../caches/world';

export interface ReceptionDesk {
  readonly world: Pick<World, 'credentials'>;
  readonly hints: Pick<Hints, 'take'>;
  readonly clock: Clock;
  /** Where webhooks are counted, if they are. */
  readonly metrics: Pick<Metrics, 'webhook'> | undefined;
  readonly log: Log;
}

/** What label `k8sta.io/credential` says of a Secret that opens a receiver. */
const KIND = 'webhook';

export class Reception {
  private receivers = new Receivers([]);
  private version = '';

  constructor(private readonly desk: ReceptionDesk) {}

  /** Takes what was posted to a path; false where it is refused, a text where it cannot be read. */
  take({ path, ...delivery }: Delivery & { readonly path: string }): boolean | string {
    const { clock, hints, metrics, log } = this.desk;
    const reception = this.present().receive(path, delivery, clock.now());
    if (reception.outcome === 'Refused') {
      metrics?.webhook('none', 'refused');
      return false;
    }
    const { receiver } = reception;
    metrics?.webhook(receiver.sender, reception.outcome === 'Taken' ? 'taken' : 'unreadable');
    const fields = { receiver: receiver.name, sender: receiver.sender };
    if (reception.outcome === 'Unreadable') {
      log.warn({ ...fields, error: reception.problem }, 'A webhook cannot be read');
      return 'no JSON document of this sender';
    }
    const subscriptions = reception.hints.length === 0 ? 0 : hints.take(reception.hints, receiver);
    log.debug({ ...fields, hints: reception.hints.length, subscriptions }, 'A webhook came');
    return true;
  }

  /** The receivers by the Secrets as they are now; what is wrong with one is said once. */
  private present(): Receivers {
    const secrets = this.desk.world.credentials.list().filter(({ serves }) => serves.startsWith(`${KIND} `));
    const version = secrets.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).join('\n');
    if (version === this.version) return this.receivers;
    const stored = secrets.map(({ metadata: { namespace = '', name }, values }): StoredReceiver => ({
      namespace,
      name,
      values,
    }));
    this.version = version;
    this.receivers = new Receivers(stored);
    for (const problem of this.receivers.problems) this.desk.log.error({}, problem);
    return this.receivers;
  }

  /** Reads the Secrets once, so that what is wrong with one is said before anybody calls. */
  open(): number {
    return this.present().size;
  }
}
