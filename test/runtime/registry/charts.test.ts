import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCharts, type Charts } from '../../../runtime/registry/charts';
import { ArchiveCache } from '../../../runtime/registry/charts/archive-cache';
import { Misbehaving, type Answering } from './misbehaving';

const ARCHIVE = Buffer.from('an archive');
const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const live = (): AbortSignal => new AbortController().signal;

let folder: string;
let server: Misbehaving;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8sta-charts-'));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function serving(answering: (url: string) => Answering): Promise<Charts> {
  server = await Misbehaving.start(answering);
  return createCharts({
    folder,
    mirrors: new Map([['ghcr.io', server.url]]),
    networks: ['127.0.0.0/8'],
    credentials: async (repoURL) =>
      ['ghcr.io', new URL(server.url).host].some((host) => repoURL.startsWith(`${host}/`))
        ? { username: 'ada', password: 'pass' }
        : undefined,
  });
}

const basic = `Basic ${Buffer.from('ada:pass').toString('base64')}`;
const OCI = { repoURL: 'oci://ghcr.io/acme/charts', name: 'web' };
const layer = (digest: string, mediaType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip') => ({
  layers: [{ mediaType, digest }],
});

describe('a chart of an OCI registry', () => {
  test('is its layer, fetched with the credential of the host, and once', async () => {
    const charts = await serving(() => ({ path, authorization }) => {
      if (authorization !== basic) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } };
      if (path === '/v2/acme/charts/web/manifests/2.1.0_a') return { body: layer(`sha256:${hex(ARCHIVE)}`) };
      return path === `/v2/acme/charts/web/blobs/sha256:${hex(ARCHIVE)}` ? { body: ARCHIVE } : undefined;
    });
    const chart = { ...OCI, version: '2.1.0+a' };
    expect(Buffer.from(await charts.pull(chart, live()))).toEqual(ARCHIVE);
    const asked = server.asked.length;
    expect(Buffer.from(await charts.pull(chart, live()))).toEqual(ARCHIVE);
    expect(server.asked).toHaveLength(asked);
  });

  test.each<[string, Answering, string]>([
    ['does not exist', () => undefined, 'Version 2.1.0 of chart web at oci://ghcr.io/acme/charts does not exist.'],
    [
      'is an image',
      () => ({ body: layer(`sha256:${hex(ARCHIVE)}`, 'application/vnd.oci.image.layer.v1.tar+gzip') }),
      'is no Helm chart',
    ],
    ['is not JSON', () => ({ body: '{' }), 'is no Helm chart'],
    [
      'has other bytes than its digest',
      ({ path }) => (path.includes('/blobs/') ? { body: 'other' } : { body: layer(`sha256:${hex(ARCHIVE)}`) }),
      `should be ${hex(ARCHIVE)}`,
    ],
  ])('that %s is refused, and nothing is kept', async (_, answering, words) => {
    const charts = await serving(() => answering);
    const refused = { reason: 'RenderFailed', message: expect.stringContaining(words) as string };
    await expect(charts.pull({ ...OCI, version: '2.1.0' }, live())).rejects.toMatchObject(refused);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a chart of an index', () => {
  const index = (url: string) => `apiVersion: v1
entries:
  web-more:
  - {name: web-more, version: 2.1.0, urls: [more.tgz]}
  web:
  - name: web
    version: v2.2.0
    urls:
    - ${url}
  # a comment between
  - name: web
    version: 2.1.0
    digest: ${hex(ARCHIVE)}
    urls: [archives/web-2.1.0.tgz]
  zebra:
  - {name: zebra, version: 2.3.0, urls: [zebra.tgz]}
generated: "2026-01-01"
`;

  test('is found by its version, beside the index or elsewhere, and checked by its digest', async () => {
    const charts = await serving((url) => ({ path }) => {
      if (path === '/stable/index.yaml') return { body: index(`${url}/far/web.tgz`) };
      if (path === '/far/web.tgz') return { body: 'far' };
      return path === '/stable/archives/web-2.1.0.tgz' ? { body: ARCHIVE } : undefined;
    });
    const repoURL = `${server.url}/stable/`;
    const pull = async (version: string, name = 'web') =>
      Buffer.from(await charts.pull({ repoURL, name, version }, live())).toString();
    expect(await pull('2.1.0')).toBe('an archive');
    expect(await pull('2.2.0')).toBe('far');
    await expect(pull('2.3.0')).rejects.toThrow('Version 2.3.0 of chart web');
    await expect(pull('2.1.0', 'we')).rejects.toThrow('does not exist');
    await expect(pull('2.1.0', 'web-more')).rejects.toThrow('does not exist');
  });

  test('gives no credential to another host, and follows no other protocol', async () => {
    const other = await Misbehaving.start(
      () =>
        ({ authorization }) =>
          authorization === undefined ? { body: 'anonymous' } : { status: 500 },
    );
    try {
      let entry = other.url;
      const charts = await serving(() => ({ path, authorization }) => {
        if (authorization !== basic) return { status: 401 };
        return path === '/index.yaml' ? { body: index(entry) } : undefined;
      });
      const chart = { repoURL: server.url, name: 'web', version: '2.2.0' };
      entry = 'file:///etc/passwd';
      await expect(charts.pull(chart, live())).rejects.toThrow('has an address in the index that is none');
      entry = `${other.url.replace('127.0.0.1', 'localhost')}/web.tgz`;
      expect(Buffer.from(await charts.pull(chart, live())).toString()).toBe('anonymous');
    } finally {
      await other.stop();
    }
  });

  test('that is out of order for now is waited for', async () => {
    const charts = await serving(() => () => ({ status: 503 }));
    const chart = { repoURL: server.url, name: 'web', version: '2.2.0' };
    await expect(charts.pull(chart, live())).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('the versions of a chart', () => {
  const versionsOf = (charts: Charts, repoURL: string, name = 'web', maxAgeMs = 0): Promise<readonly string[]> =>
    charts.versions({ repoURL, name }, { maxAgeMs });

  test('in an OCI registry are its tags, with the + that a tag cannot hold', async () => {
    const charts = await serving(() => ({ path, authorization }) => {
      if (authorization !== basic) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } };
      return path === '/v2/acme/charts/web/tags/list' ? { body: { tags: ['2.1.0', '2.1.0_build.1'] } } : undefined;
    });
    expect(await versionsOf(charts, OCI.repoURL)).toEqual(['2.1.0', '2.1.0+build.1']);
    await expect(versionsOf(charts, OCI.repoURL, 'gone')).rejects.toThrow(
      'registry ghcr.io has no repository ghcr.io/acme/charts/gone',
    );
  });

  const list = (...versions: string[]): string =>
    `apiVersion: v1\nentries:\n  other:\n  - version: 9.0.0\n  web:\n${versions.map((one) => `  - version: ${one}\n    description: |\n      - version: 8.0.0\n`).join('')}`;

  test('in an index are its entries but for removed ones; one that has not changed is not sent again', async () => {
    let etag = '"1"';
    let sent = 0;
    const charts = await serving(() => ({ path, ifNoneMatch }) => {
      if (path !== '/stable/index.yaml') return undefined;
      if (ifNoneMatch === etag) return { status: 304 };
      sent += 1;
      return { body: list('1.0.0', 'v1.1.0', `1.2.0\n    removed: true`), headers: { ETag: etag } };
    });
    const repoURL = `${server.url}/stable/`;
    expect(await versionsOf(charts, repoURL)).toEqual(['1.0.0', 'v1.1.0']);
    expect(await versionsOf(charts, repoURL)).toEqual(['1.0.0', 'v1.1.0']);
    expect(sent).toBe(1);
    etag = '"2"';
    await Promise.all([versionsOf(charts, repoURL), versionsOf(charts, repoURL, 'web', 60_000)]);
    expect([sent, server.asked.length]).toEqual([2, 3]);
  });

  test('may be written as JSON, and in entries that refer to each other', async () => {
    const bodies = [
      JSON.stringify({ entries: { web: [{ version: '1.0.0' }, { version: '1.1.0' }] } }),
      'entries:\n  web:\n  - &a {version: 1.0.0}\n  - <<: *a\n    version: 1.1.0\n',
    ];
    const charts = await serving(() => () => ({ body: bodies.shift() }));
    expect(await versionsOf(charts, server.url)).toEqual(['1.0.0', '1.1.0']);
    expect(await versionsOf(charts, server.url)).toEqual(['1.0.0', '1.1.0']);
  });

  test.each<[string, Answering, RegExp]>([
    ['without an index', () => undefined, /has no index.yaml/],
    ['without the chart', () => ({ body: 'entries:\n  other:\n  - version: 1.0.0\n' }), /has no chart web/],
    ['whose index is cut short', () => ({ body: 'entries:\n  web:\n  - version: "1.0' }), /index cannot be read/],
    ['whose connection breaks', () => ({ cut: true }), /./],
    ['in trouble', () => ({ status: 500 }), /answered 500/],
  ])('of a place %s are not known, and never none', async (_, answering, words) => {
    const charts = await serving(() => answering);
    await expect(versionsOf(charts, server.url)).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(words) as string,
    });
  });

  test('that one Secret may see are not shown to who has another', async () => {
    const charts = await serving(() => ({ authorization }) => {
      if (authorization === undefined) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } };
      const who = Buffer.from(authorization.slice('Basic '.length), 'base64').toString();
      return { body: list(who === 'ada:pass' ? '1.0.0' : '2.0.0') };
    });
    const own = { credentials: async () => ({ username: 'bob', password: 'b' }), maxAgeMs: 60_000 };
    const chart = { repoURL: server.url, name: 'web' };
    expect(await charts.versions(chart, { maxAgeMs: 60_000 })).toEqual(['1.0.0']);
    expect(await charts.versions(chart, own)).toEqual(['2.0.0']);
  });
});

test('the cache gives nothing that is not whole, and is bounded', async () => {
  server = await Misbehaving.start(() => () => undefined);
  const cache = new ArchiveCache(folder, 150);
  await cache.write('a', Buffer.alloc(40, 'a'));
  const [file = ''] = readdirSync(folder);
  writeFileSync(join(folder, file), 'half');
  expect(await cache.read('a')).toBeUndefined();
  for (const key of ['b', 'c', 'd']) await cache.write(key, Buffer.alloc(40, key));
  expect(readdirSync(folder)).toHaveLength(2);
  expect(await cache.read('d')).toEqual(Buffer.alloc(40, 'd'));
});
