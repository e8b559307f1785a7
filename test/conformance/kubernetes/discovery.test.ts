import { exceptFor } from '../except-for';
import { inOwnWords, Server, type Space } from './server';

let server: Server;
let space: Space;
beforeAll(async () => {
  server = await Server.open();
  space = await server.space();
}, 60_000);
afterAll(() => server.close());

const AGGREGATED = {
  accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
};

interface Named {
  readonly name?: string;
  readonly resource?: string;
}

/** Kinds that the runtime, kubectl and people of a railyard meet. The real server has many more. */
const COMMON = ['configmaps', 'events', 'namespaces', 'namespaces/status', 'secrets', 'serviceaccounts'];

describe('discovery', () => {
  it('lists the kinds of a group with their verbs and short names', async () => {
    expect(await space.ask('GET', '/apis/rail.example.com/v1')).toMatchSnapshot();
  });

  it('lists the core kinds alike', async () => {
    const { body } = await space.ask('GET', '/api/v1');
    const { resources, ...rest } = body as { resources: Named[] };
    const common = resources.filter(({ name }) => COMMON.includes(name ?? '')).sort(byName);
    // The railyard finalises Namespaces by itself.
    expect({ ...rest, resources: common }).toMatchSnapshot();
  });

  it('tells of groups and their versions', async () => {
    const { code, body } = await space.ask('GET', '/apis');
    const { groups, ...rest } = body as { groups: Named[] };
    expect([code, rest, groups.filter(({ name }) => name === 'rail.example.com')]).toMatchSnapshot();
    expect(await space.ask('GET', '/apis/rail.example.com')).toMatchSnapshot();
  });

  it('tells everything in one answer to who asks for that', async () => {
    const { code, body } = await space.ask('GET', '/apis', undefined, AGGREGATED);
    const { items, kind, apiVersion } = body as { items: { metadata: Named }[]; kind: string; apiVersion: string };
    const ours = items.filter(({ metadata }) => metadata.name === 'rail.example.com');
    expect([code, kind, apiVersion, ours]).toMatchSnapshot();
  });

  it('tells its version', async () => {
    const { body } = await space.ask('GET', '/version');
    expect(body).toMatchObject({ major: '1', minor: '35' });
  });

  it('has schemas of what was defined', async () => {
    const { body } = await space.ask('GET', '/openapi/v3');
    const { paths } = body as { paths: Record<string, { serverRelativeURL: string }> };
    const { serverRelativeURL = '' } = paths['apis/rail.example.com/v1'] ?? {};
    const { body: schema } = await space.ask('GET', serverRelativeURL);
    const { components } = schema as { components: { schemas: Record<string, { properties?: object }> } };
    const [train] = Object.entries(components.schemas).filter(([name]) => /\.Train$/.test(name));
    expect(Object.keys(train?.[1].properties ?? {}).sort()).toEqual([
      'apiVersion',
      'kind',
      'metadata',
      'spec',
      'status',
    ]);
  });

  it('says of what it does not have that it is not there', async () => {
    expect({
      group: await space.ask('GET', '/apis/nothing.example.com/v1/things'),
      version: await space.ask('GET', '/apis/rail.example.com/v9/trains'),
      kind: await space.ask('GET', '/apis/rail.example.com/v1/trams'),
      object: await space.ask('GET', 'trains/nobody'),
      'a core object': await space.ask('GET', 'configmaps/nobody'),
      verb: inOwnWords(await space.ask('POST', 'trains/a', {})),
      subresource: await space.ask('GET', 'trains/a/scale'),
    }).toMatchSnapshot();
  });

  it('lets nobody in without a right (exception: no-authentication)', async () => {
    const { code } = await space.ask('GET', 'trains', undefined, { authorization: 'Bearer wrong' });
    exceptFor('no-authentication', () => expect(code).toBe(401));
  });
});

const byName = (one: Named, other: Named): number => ((one.name ?? '') < (other.name ?? '') ? -1 : 1);
