import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConflictError, TerminalError } from '../../../runtime/errors';
import { silentLog } from '../../../runtime/log';
import {
  AlreadyExistsError,
  type Cluster,
  connect,
  EventRecorder,
  EVENTS,
  metadataOf,
  NotFoundError,
  type Objects,
  Store,
} from '../../../runtime/kube';
import type { Follower, KubeObject } from '../../../runtime/kube';
import { type KubernetesServer, startKubernetes } from '../../../runtime/railyard/kubernetes';
import { eventually } from '../../waiting';
import { WIDGETS, type Widget } from './fake-api';

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { value: { type: 'string', maxLength: 10 } } },
              status: { type: 'object', properties: { phase: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};

/** A value that the schema does not know. */
const MISSPELT: Widget['spec'] & { valeu: string } = { value: '1', valeu: '2' };

type WidgetWithStatus = Widget & { readonly status?: { readonly phase: string } };

describe('Against the railyard', () => {
  let folder: string;
  let server: KubernetesServer;
  let cluster: Cluster;
  let widgets: Objects<WidgetWithStatus>;
  const reflectors: Follower[] = [];

  const serve = async (port = 0): Promise<void> => {
    server = await startKubernetes({ folder: path.join(folder, 'state'), port });
    writeFileSync(path.join(folder, 'kubeconfig'), server.kubeconfig());
    cluster = connect({ kubeconfig: path.join(folder, 'kubeconfig') });
    widgets = cluster.objects<WidgetWithStatus>(WIDGETS);
  };
  const widget = (
    name: string,
    value = '1',
  ): { metadata: { name: string; namespace: string }; spec: { value: string } } => ({
    metadata: { name, namespace: 'default' },
    spec: { value },
  });
  const ref = { namespace: 'default', name: 'a' };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'k8sta-kube-railyard-'));
    await serve();
    await cluster.apply(DEFINITION);
    await eventually('widgets are served', () => cluster.check([{ resource: WIDGETS, fix: 'wait' }]));
  });
  afterEach(async () => {
    await Promise.all(reflectors.splice(0).map((reflector) => reflector.stop()));
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('names a kind that is not served, with its fix', async () => {
    const resource = { ...WIDGETS, group: 'nowhere.example.com' };
    await expect(cluster.check([{ resource, fix: 'apply it' }])).rejects.toThrow(
      'widgets.nowhere.example.com/v1 is not served: apply it',
    );
  });

  test('creates, reads, changes and deletes', async () => {
    const created = await widgets.create(widget('a'));
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    await expect(widgets.get(ref)).resolves.toEqual(created);
    const merged = await widgets.merge(ref, { metadata: { annotations: { seen: 'yes' } } });
    expect(merged.metadata.annotations).toEqual({ seen: 'yes' });
    const patched = await widgets.patch(ref, [{ op: 'replace', path: '/spec/value', value: '2' }]);
    const replaced = await widgets.replace({ ...patched, spec: { value: '3' } });
    const punched = await widgets.replaceStatus({ ...replaced, status: { phase: 'Ready' } });
    await expect(widgets.get(ref)).resolves.toMatchObject({ spec: { value: '3' }, status: { phase: 'Ready' } });
    expect(punched.metadata.generation).toBe(replaced.metadata.generation);
    await expect(widgets.delete(ref, { uid: created.metadata.uid })).resolves.toBe(true);
    await expect(widgets.get(ref)).resolves.toBeUndefined();
    await expect(widgets.delete(ref)).resolves.toBe(false);
  });

  test('applies twice with one result', async () => {
    const first = await cluster.apply({ ...widget('a'), apiVersion: 'example.com/v1', kind: 'Widget' });
    const second = await widgets.apply(widget('a'));
    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(second.metadata.generation).toBe(1);
  });

  test('refuses each thing with its own kind of error', async () => {
    const created = await widgets.create(widget('a'));
    await expect(widgets.create(widget('a'))).rejects.toThrow(AlreadyExistsError);
    await widgets.merge(ref, { spec: { value: '2' } });
    await expect(widgets.replace(created)).rejects.toThrow(ConflictError);
    await expect(widgets.replaceStatus({ ...created, status: { phase: 'Late' } })).rejects.toThrow(ConflictError);
    await expect(widgets.delete(ref, { uid: 'another' })).rejects.toThrow(ConflictError);
    await expect(widgets.merge({ ...ref, name: 'none' }, {})).rejects.toThrow(NotFoundError);
    await expect(widgets.create({ ...widget('b'), metadata: { name: 'b', namespace: 'none' } })).rejects.toThrow(
      NotFoundError,
    );
    await expect(widgets.create(widget('b', 'much too long a value'))).rejects.toThrow(TerminalError);
    await expect(widgets.create({ ...widget('b'), spec: MISSPELT })).rejects.toThrow(/valeu/);
  });

  test('of many who write the same version, one wins', async () => {
    const created = await widgets.create(widget('a'));
    const writers = ['one', 'two', 'three', 'four'].map((phase) =>
      widgets.replaceStatus({ ...created, status: { phase } }),
    );
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConflictError);
  });

  test('keeps a cache in step, also over a restart of the server', async () => {
    const store = new Store<Widget>({ log: silentLog, identity: metadataOf });
    const times = { backoff: { baseMs: 20, capMs: 100 }, paceMs: 20 };
    const options = {
      resource: WIDGETS,
      store,
      project: (object: Widget): Widget => object,
      log: silentLog,
      times,
      pageSize: 2,
    };
    const reflector = cluster.reflector(options);
    reflectors.push(reflector);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await widgets.create(widget(name));
    reflector.start();
    await reflector.synced();
    const held = (): string[] =>
      store
        .list()
        .map(({ metadata, spec }) => `${metadata.name}=${spec.value}`)
        .sort();
    expect(held()).toEqual(['a=1', 'b=1', 'c=1', 'd=1', 'e=1']);
    await widgets.merge(ref, { spec: { value: '2' } });
    await widgets.delete({ ...ref, name: 'b' });
    await eventually('the watch told it', () => held().join() === 'a=2,c=1,d=1,e=1');
    const { port } = server;
    await server.stop();
    await serve(port);
    await widgets.delete({ ...ref, name: 'c' });
    const written = await widgets.merge(ref, { spec: { value: '3' } });
    reflector.observe(written);
    expect(held()).toContain('a=3');
    await eventually('the cache has caught up', () => held().join() === 'a=3,d=1,e=1');
  });

  test('follows only what a selector matches', async () => {
    const store = new Store<Widget>({ log: silentLog, identity: metadataOf });
    const labelled = (name: string, labels: Record<string, string>): Promise<KubeObject> =>
      widgets.create({ ...widget(name), metadata: { ...widget(name).metadata, labels } });
    await labelled('a', { track: 'shop' });
    await labelled('b', { track: 'other' });
    const options = {
      resource: WIDGETS,
      store,
      project: (object: Widget): Widget => object,
      log: silentLog,
      labelSelector: 'track=shop',
    };
    const reflector = cluster.reflector(options);
    reflectors.push(reflector);
    reflector.start();
    await reflector.synced();
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['a']);
    await widgets.merge(ref, { metadata: { labels: { track: 'other' } } });
    await widgets.merge({ ...ref, name: 'b' }, { metadata: { labels: { track: 'shop' } } });
    await eventually(
      'b is in, a is out',
      () =>
        store
          .list()
          .map(({ metadata }) => metadata.name)
          .join() === 'b',
    );
  });

  test('records Events that count', async () => {
    const object = await widgets.create(widget('a'));
    const recorder = new EventRecorder({ events: cluster.objects(EVENTS), log: silentLog });
    recorder.record({ object, reason: 'Arrived', message: 'Arrived at prod' });
    await recorder.flush();
    recorder.record({ object, reason: 'Arrived', message: 'Arrived at prod' });
    await recorder.flush();
    const { items } = await cluster
      .objects(EVENTS)
      .list({ namespace: 'default', fieldSelector: 'involvedObject.name=a' });
    expect(items).toMatchObject([
      { reason: 'Arrived', count: 2, involvedObject: { kind: 'Widget', uid: object.metadata.uid } },
    ]);
  });
});
