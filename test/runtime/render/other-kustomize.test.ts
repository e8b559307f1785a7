import { join } from 'node:path';
import { createRenderer } from '../../../runtime/render';
import { kustomizeBeforeAll } from './real-programs';
import { folderTree, render, tree } from './trees';

const folder = join(__dirname, 'overlay');
const renderer = createRenderer();
afterAll(() => renderer.close());

describe("a kustomize of the operator's choice", () => {
  const commands = new Map([['kustomize', kustomizeBeforeAll()]]);
  const chosen = createRenderer({ commands });
  afterAll(() => chosen.close());

  test('renders in place of the one inside, and is on record with its version', async () => {
    const rendered = await render(chosen, folderTree(folder));
    expect(rendered).toEqual({
      ...(await render(renderer, folderTree(folder))),
      renderer: { name: 'kustomize', version: 'v5.8.2' },
    });
  });

  test('fails in its own words', async () => {
    const files = tree({ 'env/prod/kustomization.yaml': 'resorces: []\n' });
    await expect(render(chosen, files)).rejects.toMatchObject({ name: 'TerminalError', reason: 'RenderFailed' });
    await expect(render(chosen, files)).rejects.toThrow(
      /^kustomize does not build "env\/prod": .*unknown field "resorces"/s,
    );
  });

  test('that is not there is said with its file, and is waited for', async () => {
    const nowhere = createRenderer({ commands: new Map([['kustomize', '/nowhere/kustomize']]) });
    try {
      await expect(render(nowhere, folderTree(folder))).rejects.toMatchObject({
        name: 'TransientError',
        message:
          'kustomize is needed and not to be had: there is no program at /nowhere/kustomize of the runtime. Put kustomize there, ' +
          'or leave --render-command kustomize=<file> out to render with the one that ships inside',
      });
    } finally {
      await nowhere.close();
    }
  });
});
