/** The senders that are understood, by the name that a receiver's Secret says. One file for each family. */

import { artifactory, harbor, quay } from './registries';
import { aws, azureRegistry, dockerHub, google, distribution } from './clouds';
import { azureDevOps, bitbucket, gitea, github, gitlab } from './forges';
import { generic } from './generic';
import type { Sender } from './sender';

export const SENDERS = {
  github,
  gitlab,
  gitea,
  bitbucket,
  'azure-devops': azureDevOps,
  'docker-hub': dockerHub,
  'azure-registry': azureRegistry,
  google,
  aws,
  quay,
  harbor,
  artifactory,
  distribution,
  generic,
} as const satisfies Record<string, Sender>;

export type SenderName = keyof typeof SENDERS;

export const isSender = (name: string): name is SenderName => Object.hasOwn(SENDERS, name);

/** The steps for a receiver whose address is known. */
export const setUpOf = (sender: SenderName, address: string): string[] =>
  SENDERS[sender].setUp.map((step) => step.replaceAll('ADDRESS', address));
