/**
 * What the runtime, as `k8sta manifests` installs it, holds in memory after it has synced 1,000 Applications of 20 KB from
 * a real API server, twelve seconds later, so that what the lists left behind has been collected or not as in a cluster.
 */
import { call, startRealStack } from '../test/real/stack';
import { installAuthority, podOf } from '../test/real/authority';
import { prepare } from '../test/real/setup';
import { application } from './applications';

const APPLICATIONS = 1_000;
const AT_MOST_MB = 120;
const AT_ONCE = 10;
const LATER_MS = 12_000;

async function main(): Promise<void> {
  prepare();
  const stack = await startRealStack();
  const { servers, kubernetes } = stack;
  try {
    // It would bring the Applications to what it thinks of them.
    await servers.stop('argocd-application-controller');
    await installAuthority();
    const runtime = await podOf('runtime');
    await runtime.start();
    const empty = (await servers.look(runtime.name)).rssBytes;
    await runtime.stop();
    let bytes = 0;
    for (let from = 0; from < APPLICATIONS; from += AT_ONCE) {
      const sent = Array.from({ length: AT_ONCE }, (_, index) => create(from + index));
      bytes += (await Promise.all(sent)).reduce((sum, one) => sum + one, 0);
    }
    await runtime.start();
    const synced = (await servers.look(runtime.name)).rssBytes;
    await new Promise((resolve) => setTimeout(resolve, LATER_MS));
    const later = (await servers.look(runtime.name)).rssBytes;
    const mb = (count: number): string => `${(count / 1e6).toFixed(0)} MB`;
    console.log('| memory of the runtime (RSS) | measured | must be |\n|---|---|---|');
    console.log(`| without Applications | ${mb(empty)} | - |`);
    console.log(
      `| ${APPLICATIONS} Applications of ${Math.round(bytes / APPLICATIONS / 1_000)} KB, just synced | ${mb(synced)} | - |`,
    );
    console.log(`| twelve seconds later | ${mb(later)} | <= ${AT_MOST_MB} MB |`);
  } finally {
    await stack.stop();
  }

  async function create(number: number): Promise<number> {
    const object = application(number, 0) as { metadata: Record<string, unknown> };
    for (const field of ['uid', 'resourceVersion', 'managedFields', 'creationTimestamp']) delete object.metadata[field];
    const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
    const { code, text } = await call(kubernetes, 'POST', path, JSON.stringify(object), {
      'content-type': 'application/json',
    });
    if (code !== 201) throw new Error(text);
    return text.length;
  }
}

void main();
