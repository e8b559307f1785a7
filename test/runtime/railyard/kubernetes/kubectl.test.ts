import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../waiting';
import { TRAINS, Yard } from './client';
import { train, trains } from './definitions';

/** A stock kubectl against the server: what it prints is what people see. */
describe('kubectl', () => {
  let yard: Yard;
  let folder: string;

  beforeAll(async () => {
    const found = spawnSync('kubectl', ['version', '--client']);
    if (found.error)
      throw new Error('There is no kubectl on the PATH: install kubectl 1.32 or newer to run these tests.');
    folder = mkdtempSync(join(tmpdir(), 'railyard-kubectl-'));
    yard = await Yard.open();
    writeFileSync(join(folder, 'kubeconfig'), yard.server.kubeconfig());
    file('trains.json', trains());
    expect((await run('apply', '-f', join(folder, 'trains.json'))).out).toContain('created');
  });
  afterAll(async () => {
    await yard.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const environment = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => ({
    ...process.env,
    KUBECONFIG: join(folder, 'kubeconfig'),
    ...extra,
  });
  const run = (...words: string[]): Promise<{ code: number | null; out: string }> => runWith({}, ...words);
  const runWith = async (
    extra: Record<string, string>,
    ...words: string[]
  ): Promise<{ code: number | null; out: string }> => {
    const child = spawn('kubectl', ['--cache-dir', join(folder, 'cache'), ...words], { env: environment(extra) });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out };
  };
  const prints = async (words: string[], ...expected: (string | RegExp)[]): Promise<void> => {
    const { code, out } = await run(...words);
    for (const text of expected)
      expect(out).toEqual(typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text));
    expect(code).toBe(0);
  };

  it('sees kinds in api-resources as soon as they are defined, and waits for them', async () => {
    await prints(
      ['wait', '--for=condition=Established', 'crd/trains.rail.example.com', '--timeout=5s'],
      'condition met',
    );
    await prints(['api-resources'], /trains +trn +rail\.example\.com\/v1 +true +Train/, /namespaces +ns +v1 +false/);
    await prints(['version'], 'Server Version: v1.35');
  });

  it('applies, says what differs, and applies the change', async () => {
    const path = file('a.json', train('a'));
    await prints(['apply', '-f', path], 'train.rail.example.com/a created');
    await prints(['apply', '-f', path], 'train.rail.example.com/a unchanged');
    file('a.json', train('a', { line: 'red', speed: 100 }));
    const differs = await run('diff', '-f', path);
    expect([differs.code, differs.out]).toEqual([1, expect.stringMatching(/^-  speed: 80\n\+  speed: 100$/m)]);
    await prints(['apply', '-f', path], 'configured');
    await prints(['apply', '--server-side', '--force-conflicts', '-f', path], 'serverside-applied');
    expect((await run('diff', '-f', path)).code).toBe(0);
  });

  it('says what is wrong with what it applies', async () => {
    const typo = await run('apply', '-f', file('typo.json', train('typo', { line: 'red', colour: 'x' })));
    expect([typo.code, typo.out]).toEqual([
      1,
      expect.stringContaining('strict decoding error: unknown field "spec.colour"'),
    ]);
    const wrong = await run('apply', '-f', file('wrong.json', train('wrong', { line: 'RED' })));
    expect(wrong.out).toContain(`The Train "wrong" is invalid: `);
    expect(wrong.out).toContain(`spec.line: Invalid value: "RED"`);
  });

  it('gets tables, wide tables, by short name, category, label, and as YAML and JSONPath', async () => {
    await yard.createTrain('shown');
    await prints(['annotate', 'trn', 'shown', 'rail.example.com/owner=ada'], 'annotated');
    await prints(['label', 'trn', 'shown', 'tier=one'], 'labeled');
    await prints(['get', 'trn', '-l', 'tier=one'], /^NAME +LINE +SPEED +READY +AGE\nshown +red +80 +\d+s\n$/);
    await prints(['get', 'trains', 'shown', '-o', 'wide'], /OWNER +AGE\nshown +red +80 +ada +/);
    await prints(['get', 'rail'], 'shown');
    await prints(['get', 'trn', 'shown', '-o', 'yaml'], 'kind: Train', 'speed: 80');
    await prints(['get', 'trn', 'shown', '-o', 'jsonpath={.spec.line}'], /^red$/);
    await prints(['get', 'trn', '-A'], /^NAMESPACE +NAME/);
    const none = await run('get', 'trn', 'ghost');
    expect(none.out).toBe('Error from server (NotFound): trains.rail.example.com "ghost" not found\n');
  });

  it('patches in three ways, status too, and waits for a condition', async () => {
    await yard.createTrain('p');
    await prints(['patch', 'trn', 'p', '--type=merge', '-p', '{"spec":{"speed":120}}'], 'patched');
    await prints(
      ['patch', 'trn', 'p', '--type=json', '-p', '[{"op":"replace","path":"/spec/speed","value":130}]'],
      'patched',
    );
    expect((await run('patch', 'trn', 'p', '-p', '{"spec":{"speed":1}}')).out).toContain(
      'is not supported by rail.example.com/v1',
    );
    const waiting = run('wait', '--for=condition=Ready', 'trn/p', '--timeout=10s');
    const status = '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}';
    await prints(['patch', 'trn', 'p', '--subresource=status', '--type=merge', '-p', status], 'patched');
    expect((await waiting).out).toContain('condition met');
    await prints(['get', 'trn', 'p'], /p +red +130 +True/);
  });

  it('edits with an editor', async () => {
    await yard.createTrain('e');
    const editor = file('editor.sh', '#!/bin/sh\nsed -i.bak "s/speed: 80/speed: 90/" "$1"\n');
    chmodSync(editor, 0o755);
    const { out } = await runWith({ EDITOR: editor, KUBE_EDITOR: editor }, 'edit', 'trn', 'e');
    expect(out).toContain('train.rail.example.com/e edited');
    expect((await yard.get(`${TRAINS}/e`)).body.spec['speed']).toBe(90);
  });

  it('explains fields with the words of the definition', async () => {
    await prints(['explain', 'trn.spec.line'], 'FIELD: line <string>', 'The line that the train runs on.');
    await prints(['explain', 'secret.data'], 'data <map[string]string>');
  });

  it('describes an object with its events', async () => {
    const made = await yard.createTrain('d');
    await yard.create('/api/v1/namespaces/default/events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'd.1' },
      involvedObject: {
        kind: 'Train',
        apiVersion: 'rail.example.com/v1',
        name: 'd',
        namespace: 'default',
        uid: made.metadata.uid,
      },
      reason: 'Departed',
      message: 'left the yard',
      type: 'Normal',
      count: 1,
      lastTimestamp: made.metadata.creationTimestamp,
    });
    await prints(['describe', 'trn', 'd'], /Name: +d/, /Normal +Departed +\S+ +left the yard/);
    await prints(['get', 'events'], /Departed +train\/d +left the yard/);
  });

  it('watches', async () => {
    const child = spawn('kubectl', ['--cache-dir', join(folder, 'cache'), 'get', 'trn', '-w', '-l', 'watched=yes'], {
      env: environment(),
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await eventually('kubectl watches', () => yard.server.openWatches > 0);
    await yard.create(TRAINS, { ...train('w'), metadata: { name: 'w', labels: { watched: 'yes' } } });
    await yard.merge(`${TRAINS}/w`, { spec: { speed: 99 } });
    await eventually('both states are printed', () => /w +red +80[^]*w +red +99/.test(out));
    child.kill();
  });

  it('creates namespaces, secrets, configmaps, accounts and roles, which it sends in protobuf', async () => {
    await prints(['create', 'namespace', 'made'], 'namespace/made created');
    await prints(['-n', 'made', 'create', 'secret', 'generic', 's', '--from-literal=word=geheim'], 'secret/s created');
    await prints(['-n', 'made', 'get', 'secret', 's', '-o', 'jsonpath={.data.word}'], /^Z2VoZWlt$/);
    await prints(['-n', 'made', 'create', 'configmap', 'c', '--from-literal=a=b'], 'configmap/c created');
    await prints(['-n', 'made', 'create', 'serviceaccount', 'robot'], 'serviceaccount/robot created');
    await prints(['-n', 'made', 'create', 'role', 'r', '--verb=get', '--resource=pods'], 'created');
    await prints(['-n', 'made', 'create', 'rolebinding', 'b', '--role=r', '--serviceaccount=made:robot'], 'created');
    await prints(
      ['-n', 'made', 'get', 'secret,cm,sa,role,rolebinding'],
      /secret\/s +Opaque +1/,
      /configmap\/c +1/,
      /Role\/r/,
    );
    await prints(['auth', 'can-i', 'delete', 'pods'], 'yes');
    await prints(['delete', 'namespace', 'made'], 'deleted');
    expect((await run('get', 'namespace', 'made')).code).toBe(1);
    const job = await run('create', 'job', 'j', '--image=x');
    expect(job.out).toContain('Job is not understood in protobuf here: send it as JSON');
  });

  it('applies a Deployment, changes one container, and removes a port', async () => {
    const container = { name: 'web', image: 'web:1', ports: [{ containerPort: 80 }] };
    const deployment = (containers: unknown[]): object => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
      },
    });
    const path = file('deployment.json', deployment([container, { name: 'side', image: 'side:1' }]));
    await prints(['apply', '-f', path], 'created');
    await prints(['apply', '-f', path], 'unchanged');
    await prints(['set', 'image', 'deployment/web', 'side=side:2'], 'image updated');
    file(
      'deployment.json',
      deployment([
        { name: 'web', image: 'web:2' },
        { name: 'side', image: 'side:2' },
      ]),
    );
    await prints(['apply', '-f', path], 'configured');
    await prints(
      ['get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers}'],
      /^\[\{"image":"web:2","name":"web"\},\{"image":"side:2","name":"side"\}\]$/,
    );
    await prints(['get', 'all'], /deployment.apps\/web +0\/2/);
  });

  it('deletes and waits until it is so', async () => {
    await yard.createTrain('gone');
    await prints(['delete', 'trn', 'gone'], 'train.rail.example.com "gone" deleted');
    expect((await yard.get(`${TRAINS}/gone`)).code).toBe(404);
  });
});
