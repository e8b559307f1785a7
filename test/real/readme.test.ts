import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { podOf } from './authority';
import { COMMAND, kubectl, Line, run, RuntimeProcess, synthesise } from './line';
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

/** The fenced blocks of a section, in their order. */
function blocks(readme: string, section: string): { readonly language: string; readonly text: string }[] {
  return [...sectionOf(readme, section).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ language, text }),
  );
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

test('what the README says about a real cluster works there, line by line', async () => {
  const { folder, forge, kubernetes } = realStack();
  const place = await mkdtemp(join(folder, 'tmp', 'readme-'));
  const kubeconfig = join(place, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(kubernetes, 'default').replaceAll('"real"', '"staging"'));
  const readme = await readFile(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const [install, credential, watch] = blocks(readme, SECTION);
  expect([install?.language, credential?.language, watch?.language]).toEqual(['sh', 'yaml', 'sh']);

  const repository = await Repository.create('shop', webSource(['env/test', 'env/prod']));
  const stations = ['test', 'prod'].map((name) => ({ name, applications: [{ id: 'web' }] }));
  await synthesise(
    'test/real/network',
    { NETWORK: JSON.stringify({ namespace: 'shop', repositoryURL: repository.url, stations }) },
    join(place, 'dist'),
  );
  const secret = (credential?.text ?? '')
    .replace('https://git.example.com/', `${forge.url}/`)
    .replace('username: k8sta', `username: ${forge.username}`)
    .replace('<token>', forge.password);
  await writeFile(join(place, 'credential.yaml'), secret);

  const shell = async (line: string): Promise<string> => {
    const words = line.replaceAll('npx k8sta', `'${process.execPath}' '${COMMAND}'`);
    const { code, out } = await run('bash', ['-euo', 'pipefail', '-c', words], {
      cwd: place,
      env: { KUBECONFIG: kubeconfig },
    });
    if (code !== 0) throw new Error(`${line}: ${out}`);
    return out;
  };
  const [image = '', ...lines] = commands(install?.text ?? '');
  // There are no containers here: test/container builds the image's root as the Containerfile says.
  expect(image).toMatch(/^podman build -f Containerfile -t (\S+) \.$/);
  for (const line of lines) await shell(line);
  const line = Line.of('shop', repository);
  const pod = await podOf('readme-pod');
  await pod.start();
  await line.ticket('main-7', '1.0.0');
  await line.completed('main-7');
  await pod.stop();
  const printed = [];
  for (const words of commands(watch?.text ?? '')) printed.push(await shell(words));
  expect(printed.join('')).toContain('main-7');
  expect((await line.station('prod'))?.spec.hold).toBe(true);

  const tried = new RuntimeProcess({ name: 'readme', kubeconfig, args: optionsToTry(readme) });
  await tried.start();
  await kubectl(['patch', 'station', 'prod', '-n', 'shop', '--type', 'merge', '-p', '{"spec":{"hold":false}}']);
  await line.ticket('main-8', '1.1.0');
  await line.completed('main-8');
  await tried.stop();
});
