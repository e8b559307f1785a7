import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** Files of a planted repository: what each imports. */
type Plants = Readonly<Record<string, readonly string[]>>;

let room = '';
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'k8sta-rules-'));
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

/** What the linter objects to in a planted repository, as `rule: from -> to`. */
function objections(plants: Plants): string[] {
  symlinkSync(join(root, 'node_modules'), join(room, 'node_modules'));
  writeFileSync(join(room, 'tsconfig.json'), JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['.'] }));
  const all: Plants = { 'lib/a.ts': [], 'testing/a.ts': [], 'runtime/a.ts': [], ...plants };
  for (const [file, imports] of Object.entries(all)) {
    mkdirSync(dirname(join(room, file)), { recursive: true });
    const lines = imports.map(
      (module, index) => `import * as m${index} from '${module}';\nexport const v${String(index)} = m${index};\n`,
    );
    writeFileSync(join(room, file), lines.length > 0 ? lines.join('') : 'export const nothing = 0;\n');
  }
  const report = cruise('json');
  if (report.stdout === '') throw new Error(report.stderr);
  // The linter's own report.
  const { summary } = JSON.parse(report.stdout) as { summary: { violations: Violation[] } };
  return summary.violations.map(inWords).sort();
}

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

const inWords = ({ rule, from, to }: Violation): string =>
  `${rule.name}: ${from} -> ${to.replace(/^.*node_modules\/((@[^/]+\/)?[^/]+)\/.*$/, '$1')}`;

/** The linter as `npm run lint` calls it, on the planted repository. */
function cruise(report: 'json' | 'err'): SpawnSyncReturns<string> {
  return spawnSync(
    join(root, 'node_modules/.bin/depcruise'),
    // The planted node_modules is a link, and the rules speak of its own path.
    [
      '--config',
      join(root, '.dependency-cruiser.js'),
      '--preserve-symlinks',
      '--output-type',
      report,
      'lib',
      'testing',
      'runtime',
    ],
    { cwd: room, encoding: 'utf8' },
  );
}

test('what the rules allow is let through', () => {
  expect(
    objections({
      'lib/api/track.ts': ['@sinclair/typebox'],
      'lib/network/graph.ts': ['../api/track'],
      'lib/station.ts': ['cdk8s', 'constructs', './network/graph'],
      'lib/install/authority.ts': ['cdk8s-plus-33'],
      'runtime/journey/decide.ts': ['../../lib/api/track', '../../lib/network/graph', 'croner', 'semver'],
      'testing/simulate.ts': ['../lib/station', '../runtime/journey/decide'],
      'runtime/kube/client.ts': ['@kubernetes/client-node'],
      'runtime/git/push.ts': ['simple-git'],
      'runtime/dispatch/loop.ts': ['../kube/client', '../git/push', '../journey/decide'],
      'runtime/railyard/server.ts': ['../../lib/api/track'],
      'runtime/cli/demo.ts': ['../railyard/server', '../dispatch/loop', '@kubernetes/client-node'],
    }),
  ).toEqual([]);
});

test('every breach is refused, by the rule that it breaks', () => {
  expect(
    objections({
      'runtime/kube/client.ts': [],
      'runtime/railyard/server.ts': [],
      'lib/imports-runtime.ts': ['../runtime/kube/client'],
      'lib/imports-testing.ts': ['../testing/a'],
      'lib/imports-plus.ts': ['cdk8s-plus-33'],
      'lib/api/imports-lib.ts': ['../a'],
      'lib/network/imports-cdk8s.ts': ['cdk8s'],
      'lib/network/imports-lib.ts': ['../a'],
      'lib/cycle-a.ts': ['./cycle-b'],
      'lib/cycle-b.ts': ['./cycle-a'],
      'runtime/journey/imports-adapter.ts': ['../kube/client'],
      'runtime/journey/imports-logger.ts': ['pino'],
      'runtime/journey/imports-node.ts': ['node:fs'],
      'runtime/dispatch/imports-kubernetes.ts': ['@kubernetes/client-node'],
      'runtime/dispatch/imports-git.ts': ['simple-git'],
      'runtime/dispatch/imports-railyard.ts': ['../railyard/server'],
      'runtime/dispatch/imports-testing.ts': ['../../testing/a'],
      'runtime/railyard/imports-runtime.ts': ['../kube/client'],
      'testing/imports-adapter.ts': ['../runtime/kube/client'],
    }),
  ).toEqual(
    [
      'lib-is-alone: lib/imports-runtime.ts -> runtime/kube/client.ts',
      'lib-is-alone: lib/imports-testing.ts -> testing/a.ts',
      'plus-only-in-install: lib/imports-plus.ts -> cdk8s-plus-33',
      'api-is-below-all: lib/api/imports-lib.ts -> lib/a.ts',
      'network-sees-only-api: lib/network/imports-cdk8s.ts -> cdk8s',
      'network-sees-only-api: lib/network/imports-lib.ts -> lib/a.ts',
      'no-cycles: lib/cycle-a.ts -> lib/cycle-b.ts',
      'journey-is-pure: runtime/journey/imports-adapter.ts -> runtime/kube/client.ts',
      'journey-is-pure: runtime/journey/imports-logger.ts -> pino',
      'journey-is-pure: runtime/journey/imports-node.ts -> fs',
      'kubernetes-client-in-its-room: runtime/dispatch/imports-kubernetes.ts -> @kubernetes/client-node',
      'git-client-in-its-room: runtime/dispatch/imports-git.ts -> simple-git',
      'railyard-is-a-world-of-its-own: runtime/dispatch/imports-railyard.ts -> runtime/railyard/server.ts',
      'runtime-is-not-testing: runtime/dispatch/imports-testing.ts -> testing/a.ts',
      'railyard-takes-no-short-cut: runtime/railyard/imports-runtime.ts -> runtime/kube/client.ts',
      'testing-sees-only-decisions: testing/imports-adapter.ts -> runtime/kube/client.ts',
    ].sort(),
  );
  expect(cruise('err').status).not.toBe(0);
});
