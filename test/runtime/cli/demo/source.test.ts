import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../../../../runtime/cli/demo/git';
import { pushSource, type Source } from '../../../../runtime/cli/demo/source';
import { startGitServer, type GitServer } from '../../../../runtime/railyard/git';

let folder: string;
let server: GitServer;
let source: Source;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-source-'));
  server = await startGitServer({ folder: join(folder, 'git') });
  await mkdir(join(folder, 'files/base'), { recursive: true });
  await writeFile(join(folder, 'files/base/web.yaml'), 'kind: Deployment\n');
  source = {
    url: `${server.url}/guestbook.git`,
    files: join(folder, 'files'),
    workFolder: join(folder, 'work'),
    layOut: (into) => writeFile(join(into, 'laid-out.yaml'), 'kind: Kustomization\n'),
  };
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const clone = 'clone';
const read = async (ref: string): Promise<string> => {
  await rm(join(folder, clone), { recursive: true, force: true });
  await git(folder, 'clone', '--quiet', '--mirror', source.url, clone);
  return git(join(folder, clone), 'ls-tree', '-r', '--name-only', ref);
};

describe('the source repository of the demo', () => {
  test('is made with the example and with what layout adds, on main', async () => {
    expect(await pushSource(source)).toBe(true);
    expect((await read('main')).split('\n').filter(Boolean)).toEqual(['base/web.yaml', 'laid-out.yaml']);
    expect(existsSync(source.workFolder)).toBe(false);
  });

  test('is left as its people made it when it exists', async () => {
    await pushSource(source);
    await writeFile(join(source.files, 'more.yaml'), 'kind: Service\n');
    expect(await pushSource(source)).toBe(false);
    expect(await read('main')).not.toContain('more.yaml');
  });

  test('a Git server that is gone is said in git’s own words', async () => {
    await server.stop();
    await expect(pushSource(source)).rejects.toThrow(/git push failed: .*guestbook\.git/);
    server = await startGitServer({ folder: join(folder, 'git') });
  });
});
