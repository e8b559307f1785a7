/** What `k8sta why-image` is asked: a choice that the command line says, or a subscription of a Track in a cluster. */

import { LABELS, type ImageSubscription, type Subscription } from '../../lib/api';
import { parseImageReference } from '../../lib/network/image-reference';
import { labelledCredentials, pullSecretIn } from '../dispatch';
import { secretValues, SECRETS } from '../resources';
import type { ConnectedCluster } from '../kube';
import type { CredentialOf } from '../registry';
import { openCluster, resources, type ClusterChoice } from './cluster';
import { dockerCredentials } from './docker-credentials';
import { type Terminal, UsageError } from './terminal';

export interface QuestionOptions extends ClusterChoice {
  /** A repository; with a tag, the story of that one is told. */
  readonly image?: string | undefined;
  /** Name of the Track whose subscription is meant. @default - the options say what is chosen */
  readonly track?: string;
  /** Name of the subscription. @default - the only one to images */
  readonly subscription?: string;
  /** @default - the context's */
  readonly namespace?: string;
  readonly semver?: string;
  readonly prereleases?: boolean;
  readonly newest?: boolean;
  readonly byName?: boolean;
  readonly digest?: string;
  readonly allowTags?: string;
  readonly ignoreTags?: string;
  readonly platform?: string;
  /** Where the runtime's labelled Secrets are. @default - they are not read */
  readonly credentialsNamespace?: string;
}

export interface Question {
  readonly images: ImageSubscription;
  /** The one tag that is asked about. @default - all */
  readonly tag?: string;
  readonly credentials: CredentialOf;
}

/** @throws Error naming what cannot be read; UsageError where the command line makes no sense */
export async function questionOf(terminal: Terminal, options: QuestionOptions): Promise<Question> {
  const { image, track, credentialsNamespace } = options;
  const own = dockerCredentials(terminal);
  const ofRuntime = credentialsNamespace === undefined ? [] : [await labelled(options, credentialsNamespace)];
  if (image !== undefined && track === undefined) {
    const { repoURL, tag } = parseImageReference(image);
    return { images: choiceOf(repoURL, options), credentials: firstOf([...ofRuntime, own]), ...(tag && { tag }) };
  }
  if (image !== undefined || track === undefined)
    throw new UsageError('Name an image repository, or a Track with --track.');
  const cluster = openCluster(options);
  const images = await subscription(cluster, track, options);
  const pull = await pullSecret(cluster, images, options);
  return { images, credentials: firstOf([pull, ...ofRuntime, own]) };
}

const firstOf =
  (sources: readonly CredentialOf[]): CredentialOf =>
  async (repoURL) => {
    for (const source of sources) {
      const found = await source(repoURL);
      if (found !== undefined) return found;
    }
    return undefined;
  };

/** What the options say themselves, defaults applied as a Track's are. */
function choiceOf(repoURL: string, options: QuestionOptions): ImageSubscription {
  const { semver, newest, byName, digest, allowTags, ignoreTags, platform, prereleases = false } = options;
  const ways = [
    ...(newest ? [{ newest: {} }] : []),
    ...(byName ? [{ name: {} }] : []),
    ...(digest === undefined ? [] : [{ digest: { tag: digest } }]),
    ...(semver === undefined ? [] : [{ semver: { constraint: semver, prereleases } }]),
  ];
  if (ways.length > 1) throw new UsageError('Say one of --semver, --newest, --by-name and --digest.');
  return {
    repositories: [repoURL],
    select: ways[0] ?? { semver: { constraint: '*', prereleases } },
    interval: '5m',
    ...(allowTags !== undefined && { allowTags }),
    ...(ignoreTags !== undefined && { ignoreTags }),
    ...(platform !== undefined && { platform }),
  };
}

async function subscription(
  cluster: ConnectedCluster,
  name: string,
  { subscription: wanted, namespace = cluster.namespace }: QuestionOptions,
): Promise<ImageSubscription> {
  const track = await cluster.objects(resources.tracks).get({ namespace, name });
  if (track === undefined) throw new Error(`Track ${namespace}/${name} does not exist.`);
  const all = track.spec.subscriptions ?? [];
  const known = all.filter(({ images }) => images !== undefined).map((one) => one.name);
  const found = wanted === undefined && known.length === 1 ? known[0] : wanted;
  const images = all.find((one: Subscription) => one.name === found)?.images;
  if (images !== undefined) return images;
  const list = known.length === 0 ? 'It has none to images' : `Those to images are ${known.join(', ')}`;
  throw new UsageError(
    wanted === undefined
      ? `Track ${namespace}/${name}: name a subscription with --subscription. ${list}.`
      : `Track ${namespace}/${name} has no subscription ${wanted} to images. ${list}.`,
  );
}

/** The pull secret of a subscription. */
async function pullSecret(
  cluster: ConnectedCluster,
  { secretName }: ImageSubscription,
  { namespace = cluster.namespace }: QuestionOptions,
): Promise<CredentialOf> {
  if (secretName === undefined) return async () => undefined;
  const secret = await cluster.objects(SECRETS).get({ namespace, name: secretName });
  const pull = pullSecretIn(secret && secretValues(secret), `${namespace}/${secretName}`);
  return async (repoURL) => pull(repoURL);
}

/** What the runtime itself would show. */
async function labelled(choice: ClusterChoice, namespace: string): Promise<CredentialOf> {
  const secrets = openCluster(choice).objects(SECRETS);
  const { items } = await secrets.list({ namespace, labelSelector: `${LABELS.credential}=registry` });
  return labelledCredentials(items);
}
