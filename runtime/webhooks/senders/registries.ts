/** Registries that people run themselves, or rent. */

import { at, listAt, textAt } from '../delivery';
import { type Hint, imageHint } from '../hint';
import { anyOf, authorized, knownAddress, signed, told } from '../proof';
import type { Sender } from './sender';

/** @see https://docs.quay.io/guides/notifications.html */
export const quay: Sender = {
  // It signs nothing.
  proof: knownAddress,
  hints: (document) => imageHint(textAt(document, 'docker_url')),
  setUp: [
    'In the repository, open Settings, Events and Notifications, Create Notification.',
    'When this event occurs: Push to Repository. Then issue a notification: Webhook POST.',
    'Webhook URL: ADDRESS',
    'Quay signs nothing: keep this address to yourself, and change the Secret where it got about.',
  ],
};

/** Its own format, and the same as a CloudEvent. @see https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/ */
export const harbor: Sender = {
  proof: authorized,
  hints: (document) => {
    const isPush = textAt(document, 'type') === 'PUSH_ARTIFACT' || textAt(document, 'type').endsWith('artifact.pushed');
    const data = at(document, 'event_data') ?? at(document, 'data');
    if (!isPush) return [];
    return listAt(data, 'resources').flatMap((resource) => imageHint(textAt(resource, 'resource_url')));
  },
  setUp: [
    'In the project, open Webhooks, New Webhook. Notify type: http.',
    'Event type: Artifact pushed.',
    'Endpoint URL: ADDRESS',
    'Auth header: the value of the key secret.',
  ],
};

/** @see https://jfrog.com/help/r/jfrog-platform-administration-documentation/domain-docker */
export const artifactory: Sender = {
  proof: anyOf(told('x-jfrog-event-auth'), signed('x-jfrog-event-auth', 'sha256='), signed('x-jfrog-event-auth')),
  hints: (document) => {
    if (textAt(document, 'domain') !== 'docker' || textAt(document, 'event_type') !== 'pushed') return [];
    const data = at(document, 'data');
    const origin = textAt(document, 'jpd_origin');
    const [repository, image] = [textAt(data, 'repo_key'), textAt(data, 'image_name')];
    return URL.canParse(origin) && repository !== '' && image !== ''
      ? everyAddress(new URL(origin).host, repository, image)
      : [];
  },
  setUp: [
    'In Administration, open General, Webhooks, New. Events: Docker, Docker tag was pushed.',
    'URL: ADDRESS',
    'Secret token: the value of the key secret, with or without signing of the payload.',
  ],
};

/** How a repository is addressed is set elsewhere: as a path, or as a part of the host's name. */
const everyAddress = (host: string, repository: string, image: string): Hint[] =>
  [`${host}/${repository}/${image}`, `${repository}.${host}/${image}`, `${host}/${image}`].flatMap(imageHint);
