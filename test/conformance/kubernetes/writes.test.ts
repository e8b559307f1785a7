import { exceptFor } from '../except-for';
import { APPLY, inOwnWords, JSON_PATCH, MERGE, Server, STRATEGIC, train, type Answer, type Space } from './server';

let server: Server;
let space: Space;
beforeAll(async () => {
  server = await Server.open();
}, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  space = await server.space();
});

/** Sends objects that are refused or changed, and gives the answers by what is odd about each. */
const creations = async (cases: Readonly<Record<string, unknown>>, query = ''): Promise<Record<string, Answer>> => {
  const answers: Record<string, Answer> = {};
  for (const [what, body] of Object.entries(cases)) answers[what] = await space.ask('POST', `trains${query}`, body);
  return answers;
};

describe('creating', () => {
  it('fills in defaults, drops unknown fields, and gives the object its identity', async () => {
    expect(
      await creations({
        defaults: train('a'),
        pruned: train('b', { line: 'red', unknown: 1, brakes: { kind: 'disc', extra: true }, freight: { any: [1] } }),
        nulls: train('c', { line: 'red', speed: null, note: null }),
        'status is ignored': { ...train('d'), status: { phase: 'Riding' } },
        'metadata of its own': train('e', { line: 'red' }, { uid: 'mine', generation: 9, labels: { a: 'b' } }),
        'a list keyed by name': train('f', { line: 'red', cars: [{ name: 'one' }, { name: 'two', seats: 1 }] }),
      }),
    ).toMatchSnapshot();
  });

  it('refuses what the schema forbids, with every cause', async () => {
    expect(
      await creations({
        'required is missing': train('a', {}),
        'no spec': { ...train('a'), spec: undefined },
        'wrong type': train('a', { line: 7 }),
        pattern: train('a', { line: 'RED' }),
        'too long': train('a', { line: 'averyveryverylongline' }),
        'below the minimum': train('a', { line: 'red', speed: -1 }),
        'above the maximum': train('a', { line: 'red', speed: 301 }),
        'not in the enumeration': train('a', { line: 'red', kind: 'Slow' }),
        'no date': train('a', { line: 'red', departs: 'tomorrow' }),
        'twice in a set': train('a', { line: 'red', stops: ['x', 'x'] }),
        'twice in a map': train('a', { line: 'red', cars: [{ name: 'one' }, { name: 'one' }] }),
        'without its key': train('a', { line: 'red', cars: [{ seats: 1 }] }),
        'neither integer nor string': train('a', { line: 'red', fare: true }),
        'null where none may be': train('a', { line: null }),
        'a rule of its own': train('a', { line: 'red', cars: ['1', '2', '3', '4'].map((name) => ({ name })) }),
      }),
    ).toMatchSnapshot();
  });

  it('is strict about unknown fields on demand, warns by default of kubectl, and says nothing when told to', async () => {
    const odd = (name: string): object => train(name, { line: 'red', colour: 'x', brakes: { kind: 'air', pads: 2 } });
    expect({
      strict: await space.ask('POST', 'trains?fieldValidation=Strict', odd('a')),
      warn: await space.ask('POST', 'trains?fieldValidation=Warn', odd('b')),
      ignore: await space.ask('POST', 'trains?fieldValidation=Ignore', odd('c')),
      unknown: await space.ask('POST', 'trains?fieldValidation=Perhaps', odd('d')),
      'a built-in kind': await space.ask('POST', 'configmaps?fieldValidation=Strict', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'odd' },
        dato: {},
      }),
    }).toMatchSnapshot();
  });

  it('refuses names, namespaces and kinds that do not fit', async () => {
    await space.train('taken');
    expect(
      await creations({
        taken: train('taken'),
        'bad name': train('Not A Name'),
        'no name': train('x', { line: 'red' }, { name: undefined }),
        'another namespace': train('x', { line: 'red' }, { namespace: 'default' }),
        'another kind': { ...train('x'), kind: 'Tram' },
        'another version': { ...train('x'), apiVersion: 'rail.example.com/v2', spec: undefined },
        'a bad label': train('x', { line: 'red' }, { labels: { 'a b': 'c' } }),
        'a bad value of a label': train('x', { line: 'red' }, { labels: { d: 'e f' } }),
        'bad annotations': train('x', { line: 'red' }, { annotations: { 'a b': 'c' } }),
        'bad finalizers': train('x', { line: 'red' }, { finalizers: ['not a name'] }),
        'bad owners': train('x', { line: 'red' }, { ownerReferences: [{ name: 'y' }] }),
        'a resourceVersion': train('x', { line: 'red' }, { resourceVersion: '1' }),
      }),
    ).toMatchSnapshot();
    const unreadable = await creations({
      'no kind': { ...train('x'), kind: undefined },
      'broken JSON': '{"apiVersion":',
      'no object': '[]',
    });
    for (const answer of Object.values(unreadable)) expect(inOwnWords(answer)).toMatchSnapshot();
  });

  it('makes up a name from a prefix', async () => {
    expect(
      await space.ask('POST', 'trains', train('x', { line: 'red' }, { name: undefined, generateName: 'generated-' })),
    ).toMatchSnapshot();
  });

  it('does nothing on a dry run but answers as if', async () => {
    expect({
      made: await space.ask('POST', 'trains?dryRun=All', train('a')),
      read: await space.ask('GET', 'trains/a'),
      refused: await space.ask('POST', 'trains?dryRun=All', train('a', {})),
      'another word': await space.ask('POST', 'trains?dryRun=Some', train('a')),
    }).toMatchSnapshot();
  });

  it('needs a namespace that is there', async () => {
    const path = '/apis/rail.example.com/v1/namespaces/nowhere/trains';
    expect({
      trains: await space.ask('POST', path, train('a')),
      list: await space.ask('GET', '/api/v1/namespaces/nowhere/configmaps/x'),
    }).toMatchSnapshot();
  });
});

describe('replacing', () => {
  it('needs the version that is there, or none', async () => {
    const made = await space.train('a');
    const replace = (metadata: object, speed: number): Promise<Answer> =>
      space.ask('PUT', 'trains/a', train('a', { line: 'red', speed }, metadata));
    const { resourceVersion, uid } = made.metadata;
    expect({
      first: await replace({ resourceVersion }, 1),
      stale: await replace({ resourceVersion }, 2),
      'without a version': await replace({}, 3),
      'another uid': await replace({ uid: '00000000-0000-4000-8000-000000000000' }, 4),
      'its own uid': await replace({ uid }, 5),
      'another name': await space.ask('PUT', 'trains/a', train('b')),
      'not there': await space.ask('PUT', 'trains/nobody', train('nobody')),
      'not there, with a version': await space.ask(
        'PUT',
        'trains/nobody',
        train('nobody', { line: 'red' }, { resourceVersion }),
      ),
    }).toMatchSnapshot();
  });

  it('keeps the version when nothing changes, and counts generations of the spec alone', async () => {
    await space.train('a');
    const steps = {
      same: await space.ask('PUT', 'trains/a', train('a')),
      label: await space.ask('PUT', 'trains/a', train('a', { line: 'red' }, { labels: { a: 'b' } })),
      spec: await space.ask('PUT', 'trains/a', train('a', { line: 'red', speed: 1 }, { labels: { a: 'b' } })),
      status: await space.ask('PUT', 'trains/a/status', { ...train('a'), status: { phase: 'Riding' } }),
    };
    expect(steps).toMatchSnapshot();
  });

  it('keeps what may not change, by the rules of the definition', async () => {
    await space.train('a');
    expect({
      replaced: await space.ask('PUT', 'trains/a', train('a', { line: 'blue' })),
      patched: await space.ask('PATCH', 'trains/a', { spec: { line: 'blue' } }, MERGE),
      twice: await space.ask(
        'PATCH',
        'trains/a',
        { spec: { line: 'blue', cars: [{ name: '1' }, { name: '2' }, { name: '3' }, { name: '4' }] } },
        MERGE,
      ),
      'set anew to the same': await space.ask('PATCH', 'trains/a', { spec: { line: 'red' } }, MERGE),
    }).toMatchSnapshot();
  });
});

describe('the status', () => {
  it('is written by its own path alone, which writes nothing else', async () => {
    await space.train('a');
    const riding = { phase: 'Riding', position: 3 };
    expect({
      'by the object': await space.ask('PUT', 'trains/a', { ...train('a'), status: riding }),
      'by its path': await space.ask('PUT', 'trains/a/status', {
        ...train('a', { line: 'blue', speed: 9 }, { labels: { x: 'y' }, annotations: { x: 'y' } }),
        status: riding,
      }),
      patched: await space.ask('PATCH', 'trains/a/status', { spec: { speed: 9 }, status: { position: 4 } }, MERGE),
      'a null takes away': await space.ask('PATCH', 'trains/a/status', { status: { phase: null } }, MERGE),
      'of the wrong type': await space.ask('PATCH', 'trains/a/status', { status: { position: 'x' } }, MERGE),
      'with unknown fields': await space.ask('PATCH', 'trains/a/status', { status: { odd: 1 } }, MERGE),
      read: await space.ask('GET', 'trains/a/status'),
      stale: await space.ask('PUT', 'trains/a/status', {
        ...train('a', { line: 'red' }, { resourceVersion: '1' }),
        status: riding,
      }),
      'of nobody': await space.ask('PUT', 'trains/nobody/status', train('nobody')),
    }).toMatchSnapshot();
  });
});

describe('patching', () => {
  it('merges, and takes away what is null', async () => {
    const made = await space.train('a', { line: 'red', signs: { a: '1', b: '2' } }, { annotations: { keep: 'it' } });
    const patch = (body: unknown): Promise<Answer> => space.ask('PATCH', 'trains/a', body, MERGE);
    expect({
      merged: await patch({ metadata: { annotations: { new: 'one' } }, spec: { signs: { a: null, c: '3' } } }),
      nothing: await patch({}),
      'a null default': await patch({ spec: { speed: null } }),
      'a list is replaced': await patch({ spec: { stops: ['x'] } }),
      stale: await patch({ metadata: { resourceVersion: made.metadata.resourceVersion }, spec: { speed: 1 } }),
      'another name': await patch({ metadata: { name: 'b' } }),
      'another uid': await patch({ metadata: { uid: '00000000-0000-4000-8000-000000000000' } }),
      'against the schema': await patch({ spec: { speed: 'x' } }),
      'unknown fields, strictly': await space.ask(
        'PATCH',
        'trains/a?fieldValidation=Strict',
        { spec: { odd: 1 } },
        MERGE,
      ),
      broken: inOwnWords(await space.ask('PATCH', 'trains/a', '{"spec":', MERGE)),
      'of nobody': await space.ask('PATCH', 'trains/nobody', {}, MERGE),
    }).toMatchSnapshot();
  });

  it('works by the steps of a JSON patch, all or none', async () => {
    await space.train('a', { line: 'red', stops: ['x'] });
    const patch = (...body: object[]): Promise<Answer> => space.ask('PATCH', 'trains/a', body, JSON_PATCH);
    expect({
      steps: await patch(
        { op: 'test', path: '/spec/line', value: 'red' },
        { op: 'add', path: '/spec/stops/-', value: 'y' },
        { op: 'replace', path: '/spec/speed', value: 5 },
        { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
      ),
      removed: await patch({ op: 'remove', path: '/spec/speed' }),
      'a test that fails': await patch(
        { op: 'replace', path: '/spec/speed', value: 9 },
        { op: 'test', path: '/spec/line', value: 'blue' },
      ),
      'a path that is not there': await patch({ op: 'remove', path: '/spec/nothing/here' }),
      'no list': inOwnWords(await space.ask('PATCH', 'trains/a', {}, JSON_PATCH)),
      after: await space.ask('GET', 'trains/a'),
    }).toMatchSnapshot();
  });

  it('knows no strategic merge for kinds that were defined, and none of other types', async () => {
    await space.train('a');
    expect({
      strategic: await space.ask('PATCH', 'trains/a', { spec: { speed: 1 } }, STRATEGIC),
      json: await space.ask('PATCH', 'trains/a', { spec: { speed: 1 } }),
      text: await space.ask('PATCH', 'trains/a', 'speed: 1', { 'content-type': 'text/plain' }),
    }).toMatchSnapshot();
  });

  it('merges built-in kinds strategically', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1', b: '2' } };
    await space.raw('POST', 'configmaps', map);
    expect({
      data: await space.ask('PATCH', 'configmaps/a', { data: { a: null, c: '3' } }, STRATEGIC),
      finalizers: await space.ask(
        'PATCH',
        'configmaps/a',
        { metadata: { finalizers: ['x.example.com/a'] } },
        STRATEGIC,
      ),
      'one more': await space.ask(
        'PATCH',
        'configmaps/a',
        { metadata: { finalizers: ['x.example.com/b'] } },
        STRATEGIC,
      ),
      'one less': await space.ask(
        'PATCH',
        'configmaps/a',
        { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.example.com/a'] } },
        STRATEGIC,
      ),
    }).toMatchSnapshot();
  });

  it('applies: makes or merges, and needs to know who', async () => {
    const apply = (name: string, spec: object, query = 'fieldManager=tests'): Promise<Answer> =>
      space.ask('PATCH', `trains/${name}?${query}`, train(name, spec), APPLY);
    expect({
      made: await apply('a', { line: 'red', speed: 7 }),
      again: await apply('a', { line: 'red', speed: 7 }),
      changed: await apply('a', { line: 'red', speed: 8, signs: { a: '1' } }),
      'by nobody': await apply('a', { line: 'red' }, ''),
      'by force': await apply('a', { line: 'red', speed: 9 }, 'fieldManager=others&force=true'),
      invalid: await apply('b', { line: 'RED' }),
      'on a dry run': await apply('c', { line: 'red' }, 'fieldManager=tests&dryRun=All'),
      'as YAML': await space.ask(
        'PATCH',
        'trains/d?fieldManager=tests',
        'apiVersion: rail.example.com/v1\nkind: Train\nmetadata: {name: d}\nspec: {line: red}\n',
        APPLY,
      ),
      'without a kind': await space.ask('PATCH', 'trains/e?fieldManager=tests', { spec: { line: 'red' } }, APPLY),
      'with a name of its own': await space.ask('PATCH', 'trains/e?fieldManager=tests', train('f'), APPLY),
      'with a version': await space.ask(
        'PATCH',
        'trains/a?fieldManager=tests',
        train('a', { line: 'red' }, { resourceVersion: '1' }),
        APPLY,
      ),
    }).toMatchSnapshot();
  });

  it('reports conflicts of field owners (exception: no-field-ownership)', async () => {
    const apply = (who: string, spec: object): Promise<Answer> =>
      space.ask('PATCH', `trains/a?fieldManager=${who}`, train('a', spec), APPLY);
    await apply('one', { line: 'red', speed: 1 });
    const conflict = await apply('two', { line: 'red', speed: 2 });
    exceptFor('no-field-ownership', () => expect(conflict.code).toBe(409));
    await apply('one', { line: 'red' });
    const { body } = await space.raw('GET', 'trains/a');
    exceptFor('no-field-ownership', () => expect(body.spec?.['speed']).toBe(80));
  });
});
