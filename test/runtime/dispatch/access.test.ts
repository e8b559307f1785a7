import { TICKETS } from '../../../runtime/resources';
import { runProgram } from '../../../runtime/cli/program';
import { eventually } from '../../waiting';
import { testTerminal } from '../cli/terminal';
import { Yard } from './yard';

const CREDENTIALS = { username: 'robot', password: 'correct-horse' };
let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open({ railyard: { git: { credentials: CREDENTIALS } } });
  await yard.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'k8sta' } });
}, 60_000);

afterAll(() => yard.close(), 30_000);

function secret(password: string): Promise<unknown> {
  return yard.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'git', namespace: 'k8sta', labels: { 'k8sta.io/credential': 'git' } },
    stringData: { url: yard.railyard.gitURL, username: CREDENTIALS.username, password },
  } as never);
}

test('a wrong credential is said without being repeated, and the right Secret mends it without a restart', async () => {
  const scene = await yard.scene('secret');
  await secret('wrong-horse');
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'GitUnavailable');
  expect(status?.waiting?.message).toMatch(/credential|password|authenticat/i);
  expect(status?.waiting?.message).toContain(yard.railyard.gitURL);
  expect(JSON.stringify(yard.eyes.tickets.list())).not.toContain('wrong-horse');
  await secret(CREDENTIALS.password);
  await scene.completed('one', 60_000);
  const words = JSON.stringify([yard.eyes.tickets.list(), yard.eyes.stations.list(), yard.eyes.tracks.list()]);
  expect(words).not.toContain(CREDENTIALS.password);
}, 90_000);

test('k8sta why-image tells what the subscription of a Track chooses, with its pull secret', async () => {
  const image = 'ghcr.io/acme/why';
  for (const tag of ['1.0.0', '2.0.0']) await yard.railyard.registry.publish(`${image}:${tag}`);
  const scene = await yard.scene('why', {
    track: {
      hold: true,
      subscriptions: [
        {
          name: 'web',
          images: {
            repositories: [image],
            select: { semver: { constraint: '^1', prereleases: false } },
            interval: '5m',
            secretName: 'pull',
          },
        },
      ],
    },
  });
  const { kubeconfigPath, registryURL } = yard.railyard;
  const why = async (...args: string[]): Promise<string> => {
    const terminal = testTerminal({ env: { HOME: yard.folder } });
    const where = ['-n', scene.name, '--kubeconfig', kubeconfigPath, '--registry-mirror', `ghcr.io=${registryURL}`];
    await runProgram(['why-image', ...args, ...where], terminal);
    return terminal.written.out + terminal.written.err;
  };
  expect(await why('--track', 'main')).toContain('Secret why/pull does not exist');
  const auths = { 'ghcr.io': CREDENTIALS };
  await yard.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'pull', namespace: scene.name },
    stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
  } as never);
  const told = await why('--track', 'main', '--credentials-namespace', 'k8sta');
  expect(told).toContain('1.0.0 of 2 tags: highest that satisfies ^1');
  expect(told).toContain('2.0.0  is outside ^1');
  expect(await why('--track', 'main', '--subscription', 'api')).toContain(
    'Track why/main has no subscription api to images. Those to images are web.',
  );
  expect(await why('--track', 'other')).toContain('Track why/other does not exist.');
}, 60_000);

test('a stored ticket that cannot be read says so itself, and everything else runs', async () => {
  const scene = await yard.scene('unreadable');
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'tickets.k8sta.io' },
  };
  await withLaxTickets(crd.metadata.name, async () => {
    await eventually('the lax schema is served', () =>
      yard.cluster.objects(TICKETS).create({
        metadata: { name: 'broken', namespace: 'unreadable' },
        spec: { track: 'main', change: { images: 'all of them' } },
      } as never),
    );
  });
  const conditions = () => yard.eyes.tickets.get('unreadable/broken')?.status?.conditions;
  const found = await eventually('it says so', () => conditions()?.find((one) => one.reason === 'Unreadable'));
  expect(found.message).toMatch(/images/);
  await scene.ticket('one', '1.0.0');
  await scene.completed('one', 30_000);
  expect(scene.seen('one')?.status?.sequence).toBe(1);
}, 60_000);

/** Stores what the schema of today refuses, as an older one may have let through. */
async function withLaxTickets(name: string, work: () => Promise<void>): Promise<void> {
  const resource = {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  };
  const definitions = yard.cluster.objects<never>(resource) as unknown as {
    get(ref: object): Promise<{ spec: { versions: { schema: unknown }[] } }>;
    patch(ref: object, operations: object[]): Promise<unknown>;
  };
  const strict = (await definitions.get({ name })).spec.versions[0]?.schema;
  const path = '/spec/versions/0/schema';
  const lax = {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  };
  await definitions.patch({ name }, [{ op: 'replace', path, value: lax }]);
  try {
    await work();
  } finally {
    await definitions.patch({ name }, [{ op: 'replace', path, value: strict }]);
  }
}
