/** Registries of clouds, and the plain registry. */

import { at, listAt, textAt } from '../delivery';
import { type Hint, imageHint } from '../hint';
import { authorized, knownAddress } from '../proof';
import type { Sender } from './sender';

/** @see https://docs.docker.com/docker-hub/webhooks/ */
export const dockerHub: Sender = {
  // It signs nothing.
  proof: knownAddress,
  hints: (document) => {
    const name = textAt(document, 'repository', 'repo_name');
    return name === '' ? [] : imageHint(`docker.io/${name}`);
  },
  setUp: [
    'In the repository, open Webhooks.',
    'New Webhook: k8sta. Webhook URL: ADDRESS',
    'Docker Hub signs nothing: keep this address to yourself, and change the Secret where it got about.',
  ],
};

/** The notifications of the CNCF distribution registry. Those of Azure have the same event, not in a list. */
const pushed = (event: unknown): Hint[] =>
  textAt(event, 'action') === 'push'
    ? imageHint(`${textAt(event, 'request', 'host')}/${textAt(event, 'target', 'repository')}`)
    : [];

/** @see https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference */
export const azureRegistry: Sender = {
  proof: authorized,
  hints: pushed,
  setUp: [
    'In the registry, open Webhooks, Add. Actions: push.',
    'Service URI: ADDRESS',
    'Custom headers: Authorization: Bearer, a blank, and the value of the key secret.',
  ],
};

/** @see https://distribution.github.io/distribution/about/notifications/ */
export const distribution: Sender = {
  proof: authorized,
  hints: (document) => listAt(document, 'events').flatMap(pushed),
  setUp: [
    'In its configuration, under notifications, endpoints: name: k8sta, url: ADDRESS',
    'There too, headers: Authorization: [Bearer, a blank, and the value of the key secret].',
  ],
};

/** Artifact Registry by Pub/Sub, pushed by itself or as a CloudEvent. @see https://cloud.google.com/artifact-registry/docs/configure-notifications */
export const google: Sender = {
  // Its token proves Google's project, not ours.
  proof: knownAddress,
  hints: (document) => {
    const message = at(document, 'data', 'message') ?? at(document, 'message');
    const notice: unknown = JSON.parse(Buffer.from(textAt(message, 'data'), 'base64').toString('utf8'));
    if (textAt(notice, 'action') !== 'INSERT') return [];
    return imageHint((textAt(notice, 'tag') || textAt(notice, 'digest')).replace(/@.*$/, ''));
  },
  setUp: [
    'Make the Pub/Sub topic gcr in the project of the registry; it is told of every push.',
    'gcloud pubsub subscriptions create k8sta --topic gcr --push-endpoint ADDRESS',
    'Keep this address to yourself, and change the Secret where it got about.',
  ],
};

/** Elastic Container Registry by EventBridge: its own envelope, or a CloudEvent. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html */
export const aws: Sender = {
  proof: authorized,
  hints: (document) => {
    const detail = at(document, 'detail') ?? at(document, 'data');
    if (textAt(detail, 'action-type') !== 'PUSH' || textAt(detail, 'result') === 'FAILURE') return [];
    const [account, region] = [textAt(document, 'account'), textAt(document, 'region')];
    return imageHint(`${account}.dkr.ecr.${region}.amazonaws.com/${textAt(detail, 'repository-name')}`);
  },
  setUp: [
    'In EventBridge, make a connection with API key Authorization and the value of the key secret.',
    'Make an API destination with this connection, method POST, endpoint ADDRESS',
    'Make a rule for events of aws.ecr, detail type ECR Image Action, with that destination as its target.',
  ],
};
