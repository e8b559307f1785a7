import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMAND, Line, run, synthesise } from './line';
import { Repository, webSource } from './people';
import { environment, kubeconfigOf, realStack } from './stack';
import { Workloads } from './workloads';

const workloads = new Workloads();
afterAll(() => workloads.stop());

/** The fenced blocks of a section, in their order. */
function blocks(readme: string, section: string): { readonly language: string; readonly text: string }[] {
  const [, after = ''] = readme.split(`\n## ${section}\n`);
  const [body = ''] = after.split('\n## ');
  return [...body.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }));
}

const commands = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '');

test('what the README says about a real cluster works there, line by line', async () => {
  const { folder, forge, kubernetes, registryURL, servers } = realStack();
  const place = await mkdtemp(join(folder, 'tmp', 'readme-'));
  const kubeconfig = join(place, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(kubernetes, 'default').replaceAll('"real"', '"staging"'));
  const readme = await readFile(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const [install, credential, watch] = blocks(readme, 'On a real cluster');
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
  for (const line of commands(install?.text ?? '')) {
    const [, args] = /^npx k8sta run (.*)$/.exec(line) ?? [];
    if (args === undefined) {
      await shell(line);
      continue;
    }
    await servers.start('readme', {
      file: process.execPath,
      args: [COMMAND, 'run', ...args.split(' '), `--registry-mirror=ghcr.io=${registryURL}`],
      env: environment(folder, { KUBECONFIG: kubeconfig }),
    });
    await servers.ready('readme', async () => (await servers.log('readme')).includes('The runtime runs'));
  }
  const line = Line.of('shop', repository);
  await line.ticket('main-7', '1.0.0');
  await line.completed('main-7');
  const printed = [];
  for (const words of commands(watch?.text ?? '')) printed.push(await shell(words));
  expect(printed.join('')).toContain('main-7');
  expect((await line.station('prod'))?.spec.hold).toBe(true);
  await servers.stop('readme', 'SIGTERM');
});
