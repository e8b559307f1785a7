import { createHash } from 'node:crypto';
import { chart, archive, configMapOf } from '../render/charts';
import { helmBeforeAll } from '../render/real-programs';
import { eventually } from '../../waiting';
import { Yard } from './yard';

const helm = helmBeforeAll();
const CHART = { repoURL: 'oci://ghcr.io/acme/charts', name: 'web' };

let yard: Yard;
beforeAll(async () => {
  yard = await Yard.open({ started: false });
  await yard.start({ renderCommands: new Map([['helm', helm]]) });
}, 120_000);
afterAll(() => yard.close(), 30_000);

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Pushes a version of the chart as `helm push` does. */
async function publish(version: string): Promise<void> {
  const base = `${yard.railyard.registryURL}/v2/acme/charts/web`;
  const ns = '?ns=ghcr.io';
  const put = async (url: string, body: Buffer, type: string): Promise<void> => {
    const reply = await fetch(url, { method: 'PUT', body: new Uint8Array(body), headers: { 'Content-Type': type } });
    if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  };
  const blob = async (bytes: Buffer): Promise<object> => {
    const begun = await fetch(`${base}/blobs/uploads/${ns}`, { method: 'POST' });
    const url = new URL(begun.headers.get('location') ?? '', base);
    url.searchParams.set('digest', digestOf(bytes));
    url.searchParams.set('ns', 'ghcr.io');
    await put(url.href, bytes, 'application/octet-stream');
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const files = chart('web', { 'a.yaml': configMapOf('{{ .Release.Name }}', `chart: ${JSON.stringify(version)}`) });
  const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...(await blob(Buffer.from('{}'))) };
  const mediaType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
  const layers = [{ mediaType, ...(await blob(archive(files))) }];
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = { schemaVersion: 2, mediaType: type, config, layers };
  await put(`${base}/manifests/${version}${ns}`, Buffer.from(JSON.stringify(manifest)), type);
}

test('B2: a new version of a chart boards by itself, and each station shows the chart of its ticket’s version', async () => {
  for (const version of ['2.0.0', '3.0.0']) await publish(version);
  const render = { helm: { chart: { ...CHART, version: '1.0.0' } } };
  const scene = await yard.scene('chart', {
    stations: ['test', 'prod'].map((name) => ({ name, applications: [{ render }] })),
    source: Object.fromEntries(
      ['test', 'prod'].flatMap((name) => [
        [`env/${name}/values.yaml`, '{}\n'],
        [`env/${name}/kustomization.yaml`, null],
      ]),
    ),
    track: { subscriptions: [{ name: 'chart', chart: { ...CHART, semver: '^2', interval: '1s' } }] },
  });
  await scene.completed('main-1', 60_000);
  expect(await scene.repository.manifests('env/prod')).toContain('chart: "2.0.0"');
  await publish('2.1.0');
  await eventually('the next version boards', () => scene.seen('main-2'), 20_000);
  await scene.completed('main-2', 60_000);
  for (const station of ['test', 'prod']) {
    expect(await scene.repository.manifests(`env/${station}`)).toContain('chart: "2.1.0"');
  }
  const [entry] = scene.trackNow()?.status?.subscriptions ?? [];
  expect(entry).toMatchObject({ choice: '2.1.0 of 3 versions: highest that satisfies ^2' });
  expect(scene.trackNow()?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
}, 150_000);
