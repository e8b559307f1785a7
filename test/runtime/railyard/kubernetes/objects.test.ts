import { DEFINITIONS, TRAINS, Yard } from './client';
import { applications, train } from './definitions';

describe('objects', () => {
  let yard: Yard;
  beforeEach(async () => {
    yard = await Yard.open();
    await yard.defineTrains();
  });
  afterEach(() => yard.close());

  it('are stored with uid, creationTimestamp, resourceVersion and generation 1', async () => {
    const made = await yard.createTrain('a');
    expect(made.metadata).toMatchObject({ name: 'a', namespace: 'default', generation: 1 });
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect((await yard.get(`${TRAINS}/a`)).body).toEqual(made);
  });

  it('exist once: a second creation is a 409 AlreadyExists', async () => {
    await yard.createTrain('a');
    const { code, body } = await yard.post(TRAINS, train('a'));
    expect(code).toBe(409);
    expect(body).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'AlreadyExists',
      message: 'trains.rail.example.com "a" already exists',
      details: { name: 'a', group: 'rail.example.com', kind: 'trains' },
    });
  });

  it('that do not exist are a 404 that names them', async () => {
    const { code, body } = await yard.get(`${TRAINS}/ghost`);
    expect(code).toBe(404);
    expect(body).toMatchObject({ reason: 'NotFound', message: 'trains.rail.example.com "ghost" not found' });
  });

  it('cannot be made in a namespace that does not exist', async () => {
    const path = '/apis/rail.example.com/v1/namespaces/nowhere/trains';
    const { code, body } = await yard.post(path, { ...train('a'), metadata: { name: 'a' } });
    expect([code, body.message]).toEqual([404, 'namespaces "nowhere" not found']);
  });

  it('get a name from generateName', async () => {
    const made = await yard.create(TRAINS, { ...train(''), metadata: { generateName: 'main-' } });
    expect(made.metadata.name).toMatch(/^main-[a-z0-9]{5}$/);
  });

  it('are refused with a bad name, in words', async () => {
    const { code, body } = await yard.post(TRAINS, train('Bad_Name'));
    expect(code).toBe(422);
    expect(body.details.causes).toEqual([
      expect.objectContaining({ field: 'metadata.name', reason: 'FieldValueInvalid' }),
    ]);
    expect(body.message).toContain('a lowercase RFC 1123 subdomain must consist of');
  });

  it('are refused with a bad label, annotation key or owner', async () => {
    const { body } = await yard.post(TRAINS, {
      ...train('a'),
      metadata: { name: 'a', labels: { x: 'not valid!' }, annotations: { '': 'x' }, ownerReferences: [{ name: 'b' }] },
    });
    const fields = body.details.causes.map((cause) => cause.field);
    expect(fields).toEqual(expect.arrayContaining(['metadata.labels', 'metadata.annotations']));
    expect(fields).toContain('metadata.ownerReferences.uid');
  });

  it('of another kind or version than the path are refused', async () => {
    expect((await yard.post(TRAINS, { ...train('a'), kind: 'Bus' })).code).toBe(422);
    expect((await yard.post(TRAINS, { ...train('a'), apiVersion: 'rail.example.com/v2' })).body.message).toBe(
      'the API version in the data (rail.example.com/v2) does not match the expected API version (rail.example.com/v1)',
    );
  });

  it('whose metadata has the wrong types are a 400, and nothing is stored', async () => {
    const { code } = await yard.post(TRAINS, { ...train('a'), metadata: { name: 'a', labels: { x: 1 } } });
    expect(code).toBe(400);
    expect((await yard.get(`${TRAINS}/a`)).code).toBe(404);
  });

  it('are refused when the body is no JSON, no object, too large or of an unknown media type', async () => {
    expect((await yard.call('POST', TRAINS, '{"kind":')).code).toBe(400);
    expect((await yard.call('POST', TRAINS, '[]')).code).toBe(400);
    expect((await yard.call('POST', TRAINS, 'x', { 'content-type': 'text/csv' })).code).toBe(415);
    const large = train('large', { line: 'red', signs: { text: 'x'.repeat(3 * 1024 * 1024) } });
    expect((await yard.post(TRAINS, large)).body.reason).toBe('RequestEntityTooLarge');
  });

  it('can be sent as YAML', async () => {
    const yaml = 'apiVersion: rail.example.com/v1\nkind: Train\nmetadata: {name: a}\nspec: {line: red}\n';
    const { code, body } = await yard.call('POST', TRAINS, yaml, { 'content-type': 'application/yaml' });
    expect([code, body.spec['line']]).toEqual([201, 'red']);
  });

  describe('when replaced', () => {
    it('need the resourceVersion that was read, or it is a 409 Conflict', async () => {
      const first = await yard.createTrain('a');
      const second = await yard.put(`${TRAINS}/a`, { ...first, spec: { line: 'red', speed: 100 } });
      expect(second.code).toBe(200);
      const stale = await yard.put(`${TRAINS}/a`, { ...first, spec: { line: 'red', speed: 120 } });
      expect(stale.code).toBe(409);
      expect(stale.body).toMatchObject({
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on trains.rail.example.com "a": the object has been modified; please apply your changes to the latest version and try again',
      });
      expect((await yard.get(`${TRAINS}/a`)).body.spec['speed']).toBe(100);
    });

    it('without resourceVersion are refused for custom kinds and taken for ConfigMaps', async () => {
      await yard.createTrain('a');
      const { code, body } = await yard.put(`${TRAINS}/a`, train('a'));
      expect([code, body.message]).toEqual([
        422,
        'trains.rail.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      ]);
      const maps = '/api/v1/namespaces/default/configmaps';
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { a: '1' } };
      await yard.create(maps, map);
      expect((await yard.put(`${maps}/m`, { ...map, data: { a: '2' } })).body.data).toEqual({ a: '2' });
    });

    it('count a generation for a change of spec, none for labels, and nothing at all for no change', async () => {
      const first = await yard.createTrain('a');
      const labelled = (await yard.merge(`${TRAINS}/a`, { metadata: { labels: { x: 'y' } } })).body;
      expect(labelled.metadata.generation).toBe(1);
      const changed = (await yard.merge(`${TRAINS}/a`, { spec: { speed: 90 } })).body;
      expect(changed.metadata.generation).toBe(2);
      const same = (await yard.merge(`${TRAINS}/a`, { spec: { speed: 90 } })).body;
      expect(same.metadata.resourceVersion).toBe(changed.metadata.resourceVersion);
      expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    });

    it('keep uid and creationTimestamp, and refuse another uid', async () => {
      const made = await yard.createTrain('a');
      const { uid, ...metadata } = made.metadata;
      const kept = await yard.put(`${TRAINS}/a`, { ...made, metadata: { ...metadata, creationTimestamp: null } });
      expect(kept.body.metadata).toMatchObject({ uid, creationTimestamp: made.metadata.creationTimestamp });
      const other = { ...made, metadata: { ...made.metadata, uid: 'b6e0a0d0-0000-4000-8000-000000000000' } };
      expect((await yard.put(`${TRAINS}/a`, other)).code).toBe(409);
    });

    it('must have the name of the path', async () => {
      const made = await yard.createTrain('a');
      const renamed = { ...made, metadata: { ...made.metadata, name: 'b' } };
      expect((await yard.put(`${TRAINS}/a`, renamed)).body.message).toBe(
        'the name of the object (b) does not match the name on the URL (a)',
      );
    });
  });

  describe('with a status subresource', () => {
    it('take status only through it, and nothing but status', async () => {
      const made = await yard.create(TRAINS, { ...train('a'), status: { phase: 'Going' } });
      expect(made.status).toBeUndefined();
      const moved = await yard.put(`${TRAINS}/a/status`, {
        ...made,
        metadata: { ...made.metadata, labels: { x: 'y' } },
        spec: { line: 'blue' },
        status: { phase: 'Going' },
      });
      expect(moved.body).toMatchObject({ spec: { line: 'red' }, status: { phase: 'Going' } });
      expect(moved.body.metadata.labels).toBeUndefined();
      expect(moved.body.metadata.generation).toBe(1);
      const main = await yard.merge(`${TRAINS}/a`, { status: { phase: 'Lost' }, spec: { speed: 1 } });
      expect(main.body).toMatchObject({ status: { phase: 'Going' }, spec: { speed: 1 } });
      const patched = await yard.merge(`${TRAINS}/a/status`, { status: { position: 3 }, spec: { speed: 2 } });
      expect(patched.body).toMatchObject({ status: { phase: 'Going', position: 3 }, spec: { speed: 1 } });
    });

    it('refuse a stale resourceVersion there too', async () => {
      const made = await yard.createTrain('a');
      await yard.merge(`${TRAINS}/a`, { spec: { speed: 1 } });
      expect((await yard.put(`${TRAINS}/a/status`, { ...made, status: { phase: 'Going' } })).code).toBe(409);
    });
  });

  it('without a status subresource take status with the rest, have no /status, and count a generation for it', async () => {
    await yard.create(DEFINITIONS, applications());
    const path = '/apis/argoproj.io/v1alpha1/namespaces/default/applications';
    const application = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'web' },
      spec: {},
    };
    const made = await yard.create(path, { ...application, status: { sync: { status: 'Synced' } } });
    expect(made.status).toEqual({ sync: { status: 'Synced' } });
    const changed = await yard.merge(`${path}/web`, { status: { health: { status: 'Healthy' } } });
    expect(changed.body.status).toEqual({ sync: { status: 'Synced' }, health: { status: 'Healthy' } });
    expect(changed.body.metadata.generation).toBe(2);
    expect((await yard.merge(`${path}/web/status`, { status: {} })).code).toBe(404);
  });

  it('change nothing in a dry run', async () => {
    const dry = await yard.post(`${TRAINS}?dryRun=All`, train('a'));
    expect([dry.code, dry.body.spec['speed']]).toEqual([201, 80]);
    expect((await yard.get(`${TRAINS}/a`)).code).toBe(404);
    await yard.createTrain('a');
    expect(
      (
        await yard.call(
          'PATCH',
          `${TRAINS}/a?dryRun=All`,
          { spec: { speed: 5 } },
          { 'content-type': 'application/merge-patch+json' },
        )
      ).body.spec['speed'],
    ).toBe(5);
    await yard.delete(`${TRAINS}/a?dryRun=All`);
    expect((await yard.get(`${TRAINS}/a`)).body.spec['speed']).toBe(80);
    expect((await yard.post(`${TRAINS}?dryRun=Some`, train('b'))).code).toBe(422);
  });

  it('of built-in kinds behave as theirs do', async () => {
    const secrets = '/api/v1/namespaces/default/secrets';
    const secret = await yard.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { password: 'geheim' },
    });
    expect(secret).toMatchObject({ type: 'Opaque', data: { password: Buffer.from('geheim').toString('base64') } });
    expect(secret).not.toHaveProperty('stringData');
    expect((await yard.merge(`${secrets}/s`, { type: 'other' })).code).toBe(422);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { a: '1' }, immutable: true };
    const maps = '/api/v1/namespaces/default/configmaps';
    await yard.create(maps, map);
    expect((await yard.merge(`${maps}/m`, { data: { a: '2' } })).body.message).toContain('field is immutable');
    const typo = await yard.post(`${maps}?fieldValidation=Strict`, { ...map, metadata: { name: 'n' }, dataa: {} });
    expect([typo.code, typo.body.message]).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dataa"',
    ]);
    expect((await yard.post(maps, { ...map, metadata: { name: 'n' }, data: { a: 1 } })).code).toBe(400);
  });

  it('called Lease can be made and taken over by compare-and-swap', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader' } };
    const spec = { holderIdentity: 'a', renewTime: '2026-01-01T00:00:00.000000Z', leaseDurationSeconds: 15 };
    const made = await yard.create(leases, { ...lease, spec });
    const takeOver = { ...made, spec: { ...spec, holderIdentity: 'b' } };
    const both = await Promise.all([
      yard.put(`${leases}/leader`, takeOver),
      yard.put(`${leases}/leader`, { ...made, spec: { ...spec, holderIdentity: 'c' } }),
    ]);
    expect(both.map(({ code }) => code).sort()).toEqual([200, 409]);
  });

  it('called Event are served by both groups, with the names of each', async () => {
    await yard.create('/api/v1/namespaces/default/events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Train', name: 'a', namespace: 'default' },
      reason: 'Departed',
      message: 'off it goes',
      type: 'Normal',
    });
    const { body } = await yard.get('/apis/events.k8s.io/v1/namespaces/default/events/e');
    expect(body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { name: 'a' },
      note: 'off it goes',
      reason: 'Departed',
    });
    const found = await yard.get(
      '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=a,reason=Departed',
    );
    expect(found.body.items).toHaveLength(1);
    expect((await yard.get('/api/v1/events?fieldSelector=involvedObject.name=b')).body.items).toHaveLength(0);
  });

  it('answer every review of access with yes', async () => {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get' } },
    };
    const { code, body } = await yard.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
    expect([code, body.status]).toEqual([201, { allowed: true }]);
  });
});
