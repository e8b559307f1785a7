/** What a hostile or broken chart can do: fail its own render, in words of helm, while others render beside it. */

import { createRenderer, type RenderRequest } from '../../../runtime/render';
import { chart, configMapOf } from './charts';
import { helmBeforeAll } from './real-programs';
import { configMap, render, tree } from './trees';

const MIB = 2 ** 20;
const commands = new Map([['helm', helmBeforeAll()]]);
const limits = { deadlineMs: 2_500, memoryBytes: 400 * MIB, outputBytes: 8 * MIB };
const renderer = createRenderer({ commands, ...limits, pullChart: async () => Buffer.from('no archive at all') });
afterAll(() => renderer.close());

const overlay = { 'env/prod/.gitkeep': '' };
const innocent = tree({ 'env/prod/a.yaml': configMap('a') });

/** A render that fails, beside one that does not. @returns the words of the first */
async function fails(files: Record<string, string>, rest: Partial<RenderRequest> = {}): Promise<string> {
  const [bad, good] = await Promise.allSettled([
    render(renderer, tree({ ...overlay, ...files }), rest),
    render(renderer, innocent),
  ]);
  expect(good).toMatchObject({ status: 'fulfilled' });
  expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'TerminalError', reason: 'RenderFailed' } });
  return bad.status === 'rejected' ? (bad.reason as Error).message : '';
}

const base = (template: string, metadata = ''): Record<string, string> =>
  chart('base', { 'a.yaml': template }, metadata);

describe('S6', () => {
  test('a template without end is ended', async () => {
    const endless = '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}';
    expect(await fails(base(endless))).toMatch(/did not finish within 2.5 s and was ended|more than 400 MiB of memory/);
  });

  test('a template that calls itself is an answer of helm', async () => {
    const words = await fails(base('{{ define "again" }}{{ include "again" . }}{{ end }}{{ include "again" . }}'));
    expect(words).toContain('rendering template has a nested reference name: again: unable to execute template');
  });

  test('50 MB of output are not read to their end', async () => {
    const words = await fails(base(configMapOf('a', 'a: {{ repeat 52428800 "x" }}')));
    expect(words).toMatch(/(printed more than 8 MiB|more than 400 MiB of memory|within 2.5 s) and was ended/);
  });

  test('an alias bomb in the values is an answer of helm, or ended', async () => {
    const line = (i: number): string => `a${i + 1}: &a${i + 1} [${Array<string>(9).fill(`*a${i}`).join(', ')}]`;
    const bomb = ['a0: &a0 [x, x, x]', ...Array.from({ length: 9 }, (_, i) => line(i))].join('\n');
    const words = await fails({ ...base(configMapOf('a', 'a: b')), 'env/prod/values.yaml': bomb });
    expect(words).toMatch(/excessive aliasing|was ended/);
  });
});

describe('S5', () => {
  test('a broken template is told in words of helm, with its line', async () => {
    const words = await fails(base('\n\n{{ required "say who owns it" .Values.owner }}'));
    expect(words).toContain('helm does not build "env/prod": Error: execution error at (base/templates/a.yaml:3:');
    expect(words).toContain('say who owns it');
  });

  test("a dependency that stands elsewhere or is somebody else's is refused unless it is vendored", async () => {
    const on = (repository: string) => `dependencies: [{name: lib, version: 1.0.0, repository: "${repository}"}]\n`;
    for (const repository of ['file://../../etc', '@stable', 'ssh://git@example.com/lib', '']) {
      const words = await fails(base('', on(repository)));
      expect(words).toContain(`dependency lib has the repository ${JSON.stringify(repository)}`);
    }
  });

  test.each(['.', '..', '../../up', '-f--post-renderer', 'a/b'])('a chart named %s is refused', async (name) => {
    const text = `apiVersion: v2\nname: ${JSON.stringify(name)}\nversion: 0.1.0\n`;
    expect(await fails({ 'base/Chart.yaml': text })).toContain(`${JSON.stringify(name)} is no name of a chart`);
  });

  test('what was fetched and is no archive is told in words of helm', async () => {
    const helm = { chart: { repoURL: 'oci://x.io/y', name: 'web', version: '1.0.0' } };
    expect(await fails({}, { render: { helm } })).toContain('helm does not build "env/prod": Error:');
  });

  test('no template reaches the network, a cluster, a variable, or a file of ours', async () => {
    const lines = [
      'dns: {{ getHostByName "example.com" | quote }}',
      'cluster: {{ lookup "v1" "Secret" "" "" | toJson | quote }}',
      'file: {{ .Files.Get "../../../../etc/passwd" | quote }}',
    ];
    const { manifests } = await render(renderer, tree({ ...overlay, ...base(configMapOf('a', ...lines)) }));
    expect(manifests[0]?.data).toEqual({ dns: '', cluster: '{}', file: '' });
    expect(await fails(base('{{ env "HOME" }}'))).toContain('function "env" not defined');
  });
});

describe('S1', () => {
  test('no word of a team becomes an option: overlay, release, versions, namespace', async () => {
    const option = '-f--post-renderer';
    const files = { ...base(configMapOf('a', 'v: {{ .Values.v }}')), [`${option}/values.yaml`]: 'v: mine\n' };
    const { manifests } = await render(renderer, tree(files), { overlay: option });
    expect(manifests[0]?.data).toEqual({ v: 'mine' });
    const named = { application: { name: '--post-renderer=sh', namespace: 'argocd' } };
    expect(await fails(files, named)).toContain('the release cannot be "--post-renderer=sh"');
    for (const helm of [{ kubeVersion: option }, { apiVersions: [option] }]) {
      expect(await fails(files, { render: { helm } })).toContain(`cannot be "${option}"`);
    }
    const placed = { application: { name: 'shop', namespace: 'argocd', destinationNamespace: option } };
    expect(await fails(files, placed)).toContain(`the namespace cannot be "${option}"`);
  });
});

describe('S3', () => {
  test('a folder named like a list of values or an address is a folder', async () => {
    const folder = 'env/a,https:/example.com';
    const files = { ...base(configMapOf('a', 'v: {{ .Values.v }}')), [`${folder}/values.yaml`]: 'v: mine\n' };
    expect((await render(renderer, tree(files), { overlay: folder })).manifests[0]?.data).toEqual({ v: 'mine' });
  });

  test('a chart outside of the folder of the Application, and a path that climbs, are not found', async () => {
    const files = { 'shop/env/prod/.gitkeep': '', ...chart('other/web', { 'a.yaml': configMapOf('a', 'a: b') }) };
    for (const path of ['../other/web', '/other/web', 'other/web']) {
      expect(await fails(files, { folder: 'shop', render: { helm: { path } } })).toContain('does not exist');
    }
  });
});

describe('S2', () => {
  test('control and bidi characters that a template chose are shown and not done', async () => {
    const words = await fails(base('{{ fail (printf "a%sb%sc" "\\u001b[2J" "\\u202e") }}'));
    expect(words).toContain('a\\u001b[2Jb\\u202ec');
    const named = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "a\\u202eb"}\n';
    expect(await fails(base(named))).toContain('metadata.name holds a control character');
  });
});
