import { KNOWN_EXCEPTIONS } from '../../../../runtime/railyard/exceptions';
import { DEFINITIONS, TRAINS, Yard } from './client';
import { train, trains } from './definitions';

const CORE = '/api/v1/namespaces/default';
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { madeUp: true } };

/** For each exception that a client can see: a look that is true as long as the exception is. */
const LOOKS: Readonly<Record<string, (yard: Yard) => Promise<boolean>>> = {
  'no-authentication': async (yard) => (await yard.get(TRAINS, { authorization: 'Bearer wrong' })).code === 200,
  'plain-http': async (yard) => yard.server.url.startsWith('http://'),
  'no-workloads': async (yard) => {
    await yard.create(`${CORE}/pods`, pod);
    return (await yard.get(`${CORE}/pods/p`)).body.status === undefined;
  },
  'outline-schemas': async (yard) =>
    (await yard.post(`${CORE}/pods?fieldValidation=Strict&dryRun=All`, { ...pod, metadata: { name: 'q' } })).code ===
    201,
  'no-quota': async (yard) => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { configmaps: '0' } },
    };
    await yard.create(`${CORE}/resourcequotas`, quota);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };
    return (await yard.post(`${CORE}/configmaps`, map)).code === 201;
  },
  'no-admission': async (yard) => {
    const admission = '/apis/admissionregistration.k8s.io/v1';
    const object = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'none' } };
    const matchConstraints = {
      resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
    };
    await yard.create(`${admission}/validatingadmissionpolicies`, {
      ...object,
      kind: 'ValidatingAdmissionPolicy',
      spec: { failurePolicy: 'Fail', matchConstraints, validations: [{ expression: 'false' }] },
    });
    await yard.create(`${admission}/validatingadmissionpolicybindings`, {
      ...object,
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: 'none', validationActions: ['Deny'] },
    });
    return (await yard.post(TRAINS, train('admitted'))).code === 201;
  },
  'no-storage-version-hash': async (yard) =>
    !JSON.stringify((await yard.get('/apis/rail.example.com/v1')).body).includes('storageVersionHash'),
  'whole-paths-in-status': async (yard) => {
    await yard.create(TRAINS, train('late'));
    const { body } = await yard.call(
      'PATCH',
      `${TRAINS}/late/status`,
      { status: { position: 'x' } },
      { 'content-type': 'application/merge-patch+json' },
    );
    return body.message.includes('status.position in body');
  },
  'no-field-ownership': async (yard) => {
    const apply = (spec: object): Promise<unknown> =>
      yard.call(
        'PATCH',
        `${TRAINS}/owned?fieldManager=t`,
        { ...train('owned'), spec },
        { 'content-type': 'application/apply-patch+yaml' },
      );
    await apply({ line: 'red', fare: 1 });
    await apply({ line: 'red' });
    return (await yard.get(`${TRAINS}/owned`)).body.spec['fare'] === 1;
  },
  'no-default-service-account': async (yard) => (await yard.get(`${CORE}/serviceaccounts/default`)).code === 404,
  'no-conversion-webhooks': async (yard) => {
    const webhook = trains((spec) => {
      spec['conversion'] = { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'] } };
    });
    return (await yard.post(`${DEFINITIONS}?dryRun=All`, webhook)).code === 422;
  },
  'no-scale': async (yard) => (await yard.get('/apis/apps/v1/namespaces/default/deployments/d/scale')).code === 404,
  'no-connect': async (yard) => (await yard.get(`${CORE}/pods/p/log`)).code === 404,
  'no-duplicate-field-check': async (yard) => {
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}';
    return (await yard.call('POST', `${CORE}/configmaps?fieldValidation=Strict`, body)).body.data['a'] === '2';
  },
  'protobuf-of-some-kinds': async (yard) => {
    const accept = 'application/vnd.kubernetes.protobuf';
    return (await yard.get(`${CORE}/pods`, { accept })).code === 406;
  },
  'json-only': async (yard) => (await yard.get('/openapi/v2')).code === 404,
  'typed-lists': async (yard) => (await yard.get('/api/v1/namespaces')).body.items[0]?.kind === 'Namespace',
  'no-legacy-watch-paths': async (yard) => (await yard.get('/api/v1/watch/namespaces')).code === 404,
};

/** Exceptions that other tests show (a refused rule, a 410 after a restart), or that no client can see. */
const ELSEWHERE = [
  'any-destination',
  'health-with-words',
  'no-event-expiry',
  'no-cel-cost-budget',
  'cel-library-gaps',
  'no-fsync',
  'history-ends-with-process',
  'no-priority-and-fairness',
  'words-of-parsers',
];

describe('the known exceptions', () => {
  let yard: Yard;
  beforeAll(async () => {
    yard = await Yard.open();
    await yard.defineTrains();
  });
  afterAll(() => yard.close());

  it('have names of their own, and each is looked at', () => {
    const names = KNOWN_EXCEPTIONS.map(({ name }) => name);
    expect([...names].sort()).toEqual([...Object.keys(LOOKS), ...ELSEWHERE].sort());
  });

  it.each(Object.keys(LOOKS))('%s is still one', async (name) => {
    expect(await LOOKS[name]?.(yard)).toBe(true);
  });
});
