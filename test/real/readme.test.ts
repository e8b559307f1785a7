import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { podOf } from './authority';
import { COMMAND, Line, run, RuntimeProcess, synthesise } from './line';
import { Repository, webSource } from './people';
import { kubeconfigOf, realStack } from './stack';
import { Workloads } from './workloads';

const workloads = new Workloads();
afterAll(() => workloads.stop());

const SECTION = 'On a real cluster';

function sectionOf(readme: string, section: string): string {
  const [, after = ''] = readme.split(`\n## ${section}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** The fenced blocks of a section, which are of these languages. */
function blocks(readme: string, section: string, languages: readonly string[]): string[] {
  const found = [...sectionOf(readme, section).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  expect(found.map(([, language]) => language)).toEqual(languages);
  return found.map(([, , text = '']) => text);
}

/** What the section gives `k8sta run` to try it without an image. */
function optionsToTry(readme: string): string[] {
  const [, options = ''] = /`npx k8sta run ([^`]*)`/.exec(sectionOf(readme, SECTION)) ?? [];
  return options.split(' ');
}

const commands = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '');

/** Runs a line as it stands, with the command of this clone. */
const shellIn =
  (cwd: string, kubeconfig: string) =>
  async (line: string): Promise<string> => {
    const words = line.replaceAll('npx k8sta', `'${process.execPath}' '${COMMAND}'`);
    const { code, out } = await run('bash', ['-euo', 'pipefail', '-c', words], {
      cwd,
      env: { KUBECONFIG: kubeconfig },
    });
    if (code !== 0) throw new Error(`${line}: ${out}`);
    return out;
  };

/** The Secret of the README, with the credential of the forge. */
function credentialFor({ url, username, password }: { url: string; username: string; password: string }, text: string) {
  return text
    .replace('https://git.example.com/', `${url}/`)
    .replace('username: k8sta', `username: ${username}`)
    .replace('<token>', password);
}

test('what the README says about a real cluster works there, line by line', async () => {
  const { folder, forge, kubernetes } = realStack();
  const place = await mkdtemp(join(folder, 'tmp', 'readme-'));
  const kubeconfig = join(place, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(kubernetes, 'default').replaceAll('"real"', '"staging"'));
  const readme = await readFile(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const [install = '', credential = '', watch = ''] = blocks(readme, SECTION, ['sh', 'yaml', 'sh']);

  const repository = await Repository.create('shop', webSource(['env/test', 'env/prod']));
  const stations = ['test', 'prod'].map((name) => ({ name, applications: [{ id: 'web' }] }));
  await synthesise(
    'test/real/network',
    { NETWORK: JSON.stringify({ namespace: 'shop', repositoryURL: repository.url, stations }) },
    join(place, 'dist'),
  );
  await writeFile(join(place, 'credential.yaml'), credentialFor(forge, credential));

  const shell = shellIn(place, kubeconfig);
  const [image = '', ...lines] = commands(install);
  // There are no containers here: test/container builds the image's root as the Containerfile says.
  expect(image).toMatch(/^podman build -f Containerfile -t (\S+) \.$/);
  for (const line of lines) await shell(line);
  const line = Line.of('shop', repository);
  const pod = await podOf('readme-pod');
  await pod.start();
  for (const [name, tag] of [
    ['main-6', '0.9.0'],
    ['main-7', '1.0.0'],
  ] as const) {
    await line.ticket(name, tag);
    await line.completed(name);
  }
  await pod.stop();
  const printed = [];
  for (const words of commands(watch)) printed.push(await shell(words));
  expect(printed.join('')).toContain('main-7');
  const [back = ''] = /prod-rollback-\w+/.exec(printed.join('')) ?? [];

  const tried = new RuntimeProcess({ name: 'readme', kubeconfig, args: optionsToTry(readme) });
  await tried.start();
  await line.completed(back);
  expect((await line.station('prod'))?.status).toMatchObject({
    holdBy: { ticket: back },
    states: [{ images: [{ tag: '0.9.0' }] }],
  });
  await shell('npx k8sta resume station/prod -n shop');
  await line.ticket('main-8', '1.1.0');
  await line.completed('main-8');
  await tried.stop();
});
