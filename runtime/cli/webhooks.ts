/** `k8sta webhooks`: the address of each receiver, and how its sender is set up. */

import { LABELS } from '../../lib/api';
import { secretValues, SECRETS } from '../resources';
import { addressOf, Receivers, SENDERS, setUpOf, type SenderName, type StoredReceiver } from '../webhooks';
import { openCluster, type ClusterChoice } from './cluster';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export interface WebhooksOptions extends ClusterChoice {
  /** @default - the context's */
  readonly namespace?: string;
  /** Where senders reach the runtime. */
  readonly url?: string;
}

const SHOWN = 'https://k8sta.example.com';

/** @throws TerminalError where Secrets cannot be read */
export async function printWebhooks(terminal: Terminal, options: WebhooksOptions): Promise<ExitCode> {
  const cluster = openCluster(options);
  const { namespace = cluster.namespace, url = SHOWN } = options;
  const labelSelector = `${LABELS.credential}=webhook`;
  const { items } = await cluster.objects(SECRETS).list({ namespace, labelSelector });
  const stored = items.map((secret): StoredReceiver => ({
    namespace,
    name: secret.metadata.name,
    values: secretValues(secret),
  }));
  if (stored.length === 0) print(terminal.out, ...howToOpen(namespace));
  if (options.url === undefined && stored.length > 0)
    print(
      terminal.err,
      `Addresses begin with ${SHOWN}: say --url with the address at which senders reach the runtime.`,
    );
  const failed = stored.flatMap((one) => {
    const { problems } = new Receivers([one]);
    if (problems.length === 0) print(terminal.out, ...setUp(one, url));
    return problems;
  });
  print(terminal.err, ...failed.map((problem) => `error: ${problem}`));
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

function setUp(receiver: StoredReceiver, url: string): string[] {
  const { sender = '', tracks } = receiver.values;
  const scope = tracks === undefined ? 'every Track' : `Tracks of ${tracks}`;
  const address = `${url.replace(/\/+$/, '')}${addressOf(receiver)}`;
  // Receivers have said that it is a sender.
  const steps = setUpOf(sender as SenderName, address).map((step, index) => `  ${index + 1}. ${step}`);
  return [`Secret ${receiver.namespace}/${receiver.name}: ${sender}, for ${scope}`, ...steps, ''];
}

const howToOpen = (namespace: string): string[] => [
  `No Secret in namespace ${namespace} opens a webhook. To open one:`,
  '',
  `  kubectl create secret generic webhook-github -n ${namespace} \\`,
  '    --from-literal=sender=github --from-literal=secret="$(openssl rand -hex 32)"',
  `  kubectl label secret webhook-github -n ${namespace} ${LABELS.credential}=webhook`,
  '',
  `sender is one of ${Object.keys(SENDERS).join(', ')}.`,
  'With a key tracks, as in tracks=shop,billing/api, it is heard for these namespaces and Tracks alone.',
  'Then run this again for its address, and run the runtime with --webhook-port.',
];
