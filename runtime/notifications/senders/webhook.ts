/** CloudEvents in structured mode, signed as Standard Webhooks are: id, time and body together. */

import { createHmac } from 'node:crypto';
import type * as CloudEvents from 'cloudevents';
import type { News } from '../news';
import type { Target } from '../targets';

/** What all types of events begin with. */
const TYPE = 'io.k8sta.ticket.';

interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function webhook(news: News, { secret }: Target, now: number): Letter {
  // Only an installation with a webhook pays for the library.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { CloudEvent, HTTP } = require('cloudevents') as typeof CloudEvents;
  const { id, kind, time, namespace, ticket, ...rest } = news;
  const event = new CloudEvent({
    id,
    time,
    type: `${TYPE}${kind}`,
    source: `/apis/k8sta.io/v1alpha1/namespaces/${namespace}/tickets/${ticket}`,
    subject: `${namespace}/${ticket}`,
    datacontenttype: 'application/json',
    data: { namespace, ticket, ...rest },
  });
  const { body, headers } = HTTP.structured(event);
  const text = String(body);
  const sent = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`${id}.${sent}.${text}`).digest('base64');
  return {
    headers: {
      'content-type': String(headers['content-type']),
      'webhook-id': id,
      'webhook-timestamp': sent,
      'webhook-signature': `v1,${signature}`,
    },
    body: text,
  };
}
