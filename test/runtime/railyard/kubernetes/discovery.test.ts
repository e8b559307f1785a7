import { DEFINITIONS, Yard } from './client';
import { trains } from './definitions';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

describe('discovery', () => {
  let yard: Yard;
  beforeAll(async () => {
    yard = await Yard.open();
    await yard.defineTrains();
  });
  afterAll(() => yard.close());

  it('says which server this is, and that it is well', async () => {
    expect((await yard.get('/version')).body).toMatchObject({ major: '1', minor: '35' });
    for (const path of ['/healthz', '/livez', '/readyz?verbose']) expect((await yard.get(path)).code).toBe(200);
  });

  it('lists groups, versions and resources one by one', async () => {
    expect((await yard.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const groups = (await yard.get('/apis')).body as unknown as { groups: { name: string }[] };
    expect(groups.groups.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['apps', 'coordination.k8s.io', 'rbac.authorization.k8s.io', 'rail.example.com']),
    );
    expect((await yard.get('/apis/rail.example.com')).body).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'rail.example.com/v1' },
    });
    expect((await yard.get('/apis/rail.example.com/v1')).body).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: 'rail.example.com/v1',
      resources: [
        {
          name: 'trains',
          singularName: 'train',
          namespaced: true,
          kind: 'Train',
          shortNames: ['trn'],
          categories: ['rail'],
        },
        { name: 'trains/status', kind: 'Train', verbs: ['get', 'patch', 'update'] },
      ],
    });
    expect((await yard.get('/apis/nobody.example.com/v1')).code).toBe(404);
  });

  it('lists everything at once for those who ask for it', async () => {
    const { body, headers } = await yard.get('/apis', { accept: `${AGGREGATED},application/json` });
    expect(headers.get('content-type')).toBe(AGGREGATED);
    const items = body.items as unknown as { metadata: { name: string }; versions: unknown[] }[];
    expect(items.find(({ metadata }) => metadata.name === 'rail.example.com')?.versions).toEqual([
      {
        version: 'v1',
        freshness: 'Current',
        resources: [
          {
            resource: 'trains',
            responseKind: { group: 'rail.example.com', version: 'v1', kind: 'Train' },
            scope: 'Namespaced',
            singularResource: 'train',
            verbs: expect.arrayContaining(['get', 'list', 'watch', 'patch']) as unknown,
            shortNames: ['trn'],
            categories: ['rail'],
            subresources: [expect.objectContaining({ subresource: 'status' })],
          },
        ],
      },
    ]);
  });

  it('describes kinds in OpenAPI v3 under an address that changes with them, and has no v2', async () => {
    const addressOf = async (): Promise<string> => {
      const index = (await yard.get('/openapi/v3')).body as unknown as {
        paths: Record<string, { serverRelativeURL: string }>;
      };
      return index.paths['apis/rail.example.com/v1']?.serverRelativeURL ?? '';
    };
    const first = await addressOf();
    const document = (await yard.get(first)).body as unknown as {
      components: { schemas: Record<string, object> };
      paths: Record<string, { patch?: object }>;
    };
    expect(document.components.schemas['com.example.rail.v1.Train']).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'rail.example.com', version: 'v1', kind: 'Train' }],
      properties: { spec: { properties: { line: { description: 'The line that the train runs on.' } } } },
    });
    expect(document.paths['/apis/rail.example.com/v1/namespaces/{namespace}/trains/{name}']?.patch).toMatchObject({
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation' })]) as unknown,
    });
    const { body } = await yard.get(`${DEFINITIONS}/trains.rail.example.com`);
    const changed = {
      ...trains(),
      metadata: body.metadata,
      spec: JSON.parse(JSON.stringify(body.spec).replace('runs on', 'rolls on')) as unknown,
    };
    await yard.put(`${DEFINITIONS}/trains.rail.example.com`, changed);
    expect(await addressOf()).not.toBe(first);
    expect((await yard.get('/openapi/v2')).code).toBe(404);
  });

  it('refuses paths and methods that mean nothing', async () => {
    expect((await yard.get('/nowhere')).code).toBe(404);
    expect((await yard.get('/apis/rail.example.com/v1/buses')).code).toBe(404);
    expect((await yard.post('/version', {})).code).toBe(405);
    expect((await yard.post('/apis/rail.example.com/v1/trains', {})).code).toBe(404);
    expect((await yard.get('/api/v1/namespaces/default/configmaps/%E0%A4%A')).code).toBe(400);
  });

  it('counts requests by verb and resource', async () => {
    const before = yard.server.requests.of('list', 'trains');
    const writes = yard.server.requests.writes;
    await yard.get('/apis/rail.example.com/v1/trains');
    await yard.get('/apis/rail.example.com/v1/namespaces/default/trains/x/status');
    expect(yard.server.requests.of('list', 'trains')).toBe(before + 1);
    expect(yard.server.requests.of('get', 'trains/status')).toBe(1);
    expect(yard.server.requests.writes).toBe(writes);
  });
});
