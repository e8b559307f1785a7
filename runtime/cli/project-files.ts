/** The files of a new project: small enough to read in a minute, and each of them meant to be changed. */

export interface Project {
  /** Name of the project and of its namespace. */
  readonly name: string;
  /** Repository of an image. */
  readonly image: string;
  /** Address of the source repository. */
  readonly repository: string;
  /** What package.json says of k8sta: a version, or `file:` with a path. */
  readonly k8sta: string;
  /** What package.json says of everything else. */
  readonly versions: ReadonlyMap<string, string>;
}

export interface ProjectFile {
  /** From the folder of the project. */
  readonly path: string;
  readonly content: string;
}

/** What k8sta does not bring itself, where the versions that it is tested with are not known. */
const ANY = '*';
const TOOLS = ['@types/jest', '@types/node', 'cdk8s-cli', 'jest', 'ts-node', 'typescript', '@swc/core'];

export function projectFiles(project: Project): ProjectFile[] {
  return Object.entries({
    'package.json': manifest(project),
    'tsconfig.json': TSCONFIG,
    'cdk8s.yaml': 'language: typescript\napp: npx ts-node main.ts\n',
    '.gitignore': 'node_modules/\ndist/\n',
    'main.ts': MAIN.replaceAll('NAME', project.name),
    'network.ts': network(project),
    'network.test.ts': TEST.replaceAll('NAME', project.name),
    'README.md': README.replaceAll('NAME', project.name),
  }).map(([path, content]) => ({ path, content }));
}

function manifest({ name, k8sta, versions }: Project): string {
  const version = (tool: string): string => versions.get(tool) ?? ANY;
  const tools = Object.fromEntries(TOOLS.map((tool) => [tool, version(tool)]));
  const content = {
    name: `${name}-delivery`,
    private: true,
    engines: { node: '>=20.19' },
    scripts: {
      synth: 'cdk8s synth',
      test: 'jest',
      check: 'cdk8s synth && k8sta check',
      types: 'tsc --noEmit',
    },
    jest: { testEnvironment: 'node', roots: ['<rootDir>'], transform: { '^.+\\.ts$': '@swc/jest' } },
    dependencies: { cdk8s: version('cdk8s'), constructs: version('constructs'), k8sta },
    devDependencies: { ...tools, '@swc/jest': '^0.2.39' },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'ES2022',
      module: 'node16',
      strict: true,
      noUncheckedIndexedAccess: true,
      esModuleInterop: true,
      isolatedModules: true,
      skipLibCheck: true,
      types: ['node', 'jest'],
    },
    'ts-node': { swc: true },
  },
  undefined,
  2,
)}\n`;

const MAIN = `import { App } from 'cdk8s';
import { Network } from './network';

const app = new App();
new Network(app, 'NAME');
app.synth();
`;

const network = ({ name, image, repository }: Project): string => `import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Duration, Gate, GitRepository, Station, Subject, Subscription, Track, type StationProps } from 'k8sta';

/** The image whose new versions ride. */
export const IMAGE = ${quoted(image)};
/** Holds \`base/\` and a folder for each environment on \`main\`; K8sTA writes what Argo CD syncs to branches beside it. */
const REPOSITORY = ${quoted(repository)};

/** How a change reaches prod. */
export class Network extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: '${name}' });
    const repository = GitRepository.at(REPOSITORY);
    const stop = (environment: string, gates?: StationProps) =>
      new Station(this, environment, gates).application('web', {
        repository,
        overlay: \`env/\${environment}\`,
        images: [IMAGE],
      });

    new Track(this, 'main', {
      subscriptions: [Subscription.image(IMAGE, { semver: '^1.0.0' }), Subscription.source(repository)],
      stations: [
        stop('test'),
        stop('stage', { exit: [Gate.soak(Duration.minutes(10))] }),
        stop('prod', { entry: [Gate.approval({ by: [Subject.group('release')] })] }),
      ],
    });
  }
}
`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const TEST = `import { Testing } from 'cdk8s';
import { simulate } from 'k8sta/testing';
import { IMAGE, Network } from './network';

const network = () => simulate(new Network(Testing.app(), 'NAME'));

test('a new image waits for a yes before prod', async () => {
  const journey = await network().image(\`\${IMAGE}:1.2.3\`).run();
  expect(journey).toVisit('test', 'stage');
  expect(journey).toWaitAt('prod', 'Approval');
});

test('with the yes it goes live', async () => {
  const journey = await network().image(\`\${IMAGE}:1.2.3\`).approve('prod').run();
  expect(journey).toHaveCommitted('prod', \`\${IMAGE}:1.2.3\`);
  expect(journey).toComplete();
});

test('an image that crashes on stage never reaches prod', async () => {
  const journey = await network().health('stage', { degraded: 'crash loop' }).image(\`\${IMAGE}:1.2.3\`).run();
  expect(journey).not.toHaveCommitted('prod', \`\${IMAGE}:1.2.3\`);
});
`;

const README = `# How NAME is delivered

\`network.ts\` says how a change reaches prod; \`network.test.ts\` rides it.

\`\`\`sh
npm install
npm test          # rides the network in a simulation
npm run synth     # compiles it into dist/
npm run check     # looks for what is wrong with it
\`\`\`

\`npx k8sta layout --into <folder>\` makes what is missing of the source repository. \`kubectl apply --server-side -f dist/\`
brings the network to a cluster where K8sTA and Argo CD are.
`;
