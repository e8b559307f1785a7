/** Signs deliveries as each sender does. */

import { createHmac } from 'node:crypto';
import type { Delivery, SenderName } from '../../../runtime/webhooks';
import type { Payload } from './payloads';

export const SECRET = 'a secret that nobody guesses';
export const NOW = Date.parse('2030-01-01T00:00:00Z');

const mac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');

function proofOf(sender: SenderName, body: string, secret: string): Record<string, string> {
  const seconds = String(NOW / 1000);
  switch (sender) {
    case 'github':
      return { 'x-hub-signature-256': `sha256=${mac(secret, body)}` };
    case 'gitlab':
      return { 'x-gitlab-token': secret };
    case 'gitea':
      return { 'x-gitea-signature': mac(secret, body) };
    case 'bitbucket':
      return { 'x-hub-signature': `sha256=${mac(secret, body)}` };
    case 'azure-devops':
      return { authorization: `Basic ${Buffer.from(`k8sta:${secret}`).toString('base64')}` };
    case 'harbor':
      return { authorization: secret };
    case 'artifactory':
      return { 'x-jfrog-event-auth': secret };
    case 'azure-registry':
    case 'distribution':
    case 'aws':
      return { authorization: `Bearer ${secret}` };
    case 'generic':
      return { 'x-k8sta-time': seconds, 'x-k8sta-signature': `sha256=${mac(secret, `${seconds}.${body}`)}` };
    case 'docker-hub':
    case 'quay':
    case 'google':
      return {};
  }
}

export function deliveryOf(sender: SenderName, { headers = {}, body }: Payload, secret = SECRET): Delivery {
  const text = JSON.stringify(body);
  return {
    headers: { 'content-type': 'application/json', ...headers, ...proofOf(sender, text, secret) },
    body: Buffer.from(text),
  };
}
