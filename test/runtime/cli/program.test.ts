import { spawnSync } from 'node:child_process';
import { nodeProblem } from '../../../runtime/cli/node-version';
import { k8sta } from './terminal';

describe('the command line', () => {
  test('help names every command, gives examples and explains the exit codes', async () => {
    const { code, out, err } = await k8sta(['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const command of [
      'status',
      'approve',
      'wait',
      'run',
      'crds',
      'manifests',
      'init',
      'layout',
      'check',
      'consent',
      'railyard',
      'demo',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(out).toContain('Examples:');
    expect(out).toContain('2  the command line makes no sense');
  });

  test.each([
    'status',
    'get',
    'tickets',
    'describe',
    'history',
    'why',
    'approve',
    'hold',
    'resume',
    'abort',
    'retry',
    'rollback',
    'board',
    'wait',
    'render',
    'doctor',
    'completion',
    'run',
    'crds',
    'manifests',
    'init',
    'layout',
    'check',
    'consent',
    'why-image',
    'railyard',
    'demo',
  ])('the help of %s says what it does and shows an example', async (command) => {
    const { code, out } = await k8sta([command, '-h']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: k8sta ${command}`));
    expect(out).toMatch(/Examples?:\n/);
  });

  test('without a command it prints its help on stderr and ends with 2', async () => {
    const { code, out, err } = await k8sta([]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('Usage: k8sta');
  });

  test.each([
    [['lay'], "unknown command 'lay'"],
    [['layuot', 'dist'], 'Did you mean layout?'],
    [['run', '--kubeconf', 'x'], 'Did you mean --kubeconfig?'],
    [['layout', 'dist'], "required option '--into <folder>' not specified"],
    [['railyard', '--git-port', '99999'], "'99999' is no port"],
    [['demo', '--latency-scale', '-1'], "'-1' is no factor"],
    [['demo', '--timeout', '0'], "'0' is no number of seconds above 0"],
    [['run', '--registry-mirror', 'ghcr.io'], "'ghcr.io' is no mirror: write host=url"],
    [
      ['run', '--registry-mirror', 'ghcr.io=http://a', '--registry-mirror', 'ghcr.io=http://b'],
      "'ghcr.io' has two mirrors",
    ],
    [['run', '--log-level', 'loud'], 'Allowed choices are debug, info, warn, error, silent'],
    [['manifests'], "required option '--image <image>' not specified"],
    [
      ['manifests', '--image', 'k8sta:1', '--pull-secret', 'registry'],
      "'registry' is no pull secret: write namespace/name",
    ],
    [['run', '--watch-namespace', 'Shop'], "'Shop' is no name of a Kubernetes object"],
    [['railyard', 'publish'], "missing required argument 'image'"],
  ])('%j makes no sense: said on stderr, exit code 2', async (args, words) => {
    const { code, out, err } = await k8sta(args);
    expect(err).toContain(words);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test('crds prints the definitions of all kinds', async () => {
    const { code, out } = await k8sta(['crds']);
    expect(code).toBe(0);
    expect([...out.matchAll(/^ {2}name: (\w+\.k8sta\.io)$/gm)].map(([, name]) => name)).toEqual([
      'tracks.k8sta.io',
      'stations.k8sta.io',
      'tickets.k8sta.io',
    ]);
  });
});

describe('the Node that a command needs', () => {
  test.each([
    ['20.20.2', ['run']],
    ['22.18.0', ['demo', '--once']],
    ['22.18.0', ['railyard']],
    ['20.19.0', ['check', '--cluster']],
    ['20.19.0', ['map', '--cluster']],
  ])('Node %s is too old for %j, and that is said in a sentence', (version, args) => {
    expect(nodeProblem(version, args)).toContain(`k8sta ${args[0]} needs Node 22.19 or newer, this is Node ${version}`);
  });

  test.each([
    ['22.19.0', ['run']],
    ['24.1.0', ['demo']],
    ['20.19.0', ['crds']],
    ['20.19.0', ['layout', 'dist', '--into', 'x']],
    ['20.19.0', ['check', 'dist']],
    ['20.19.0', ['map', 'dist']],
    ['20.19.0', ['manifests', '--image', 'x']],
    ['20.19.0', ['railyard', 'publish', 'x']],
    ['20.19.0', ['run', '--help']],
    ['20.19.0', []],
  ])('Node %s will do for %j', (version, args) => {
    expect(nodeProblem(version, args)).toBeUndefined();
  });
});

describe('completion', () => {
  test('bash offers what k8sta says, word by word', async () => {
    const { out } = await k8sta(['completion', 'bash']);
    const shell = [
      out,
      // Says back what it was asked.
      'k8sta() { printf "%s|" "$@" >&2; printf "main-7\\twaits\\nmain-8\\n"; }',
      'COMP_WORDS=(k8sta approve "") COMP_CWORD=2',
      '_k8sta; echo "${COMPREPLY[0]},${COMPREPLY[1]}"',
      'k8sta __complete "${COMP_WORDS[@]:1:COMP_CWORD}" >/dev/null',
    ].join('\n');
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['main-7,main-8\n', '__complete|approve||']);
  });

  test('a shell that it does not know is refused with those that it does', async () => {
    expect(await k8sta(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      err: "k8sta: there is no completion for 'tcsh': say bash, zsh or fish\n",
    });
  });
});
