/** The import rules of the house: who may see whom. `npm run lint` fails on any breach. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});
const client = (name, module, room) => ({
  name,
  comment: `Only ${room} talks to ${module}; everything else asks that room.`,
  severity: 'error',
  from: { path: '^(lib|testing|runtime)/', pathNot: `^${room}/` },
  to: { path: `node_modules/${module}/` },
});

/** The rooms of the decisions, each on those before it. */
const JOURNEY = ['facts', 'plan', 'visits', 'gates', 'order', 'arrival'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'lib-is-alone',
      comment: 'Constructs never see the machine that runs them.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(runtime|testing|test|examples|bench)/' },
    },
    {
      name: 'api-is-below-all',
      comment: 'The resource model imports nothing of ours.',
      severity: 'error',
      from: { path: '^lib/api/' },
      to: { path: '^(lib/(?!api/)|runtime|testing)' },
    },
    {
      name: 'network-sees-only-api',
      comment: 'The graph serves constructs, command and runtime alike.',
      severity: 'error',
      from: { path: '^lib/network/' },
      to: { path: '^(lib/(?!api/|network/)|runtime|testing)|node_modules/(cdk8s|constructs)/' },
    },
    only(
      'journey-is-pure',
      '^runtime/journey/',
      '^(runtime/journey/|lib/api/|lib/network/|node_modules/(croner|re2js|semver)/|crypto$)',
      'Decisions are functions of snapshot and time: no client, no I/O, no clock, no logger. Of crypto: hashes.',
    ),
    only(
      'verbs-are-pure',
      '^runtime/verbs/',
      '^(runtime/verbs/|lib/api/)',
      'What people say is a function of what they see: command, dashboard and simulation say it alike.',
    ),
    ...JOURNEY.map((room, floor) => ({
      name: `journey-${room}-stands-on-what-is-below`,
      comment: 'What is below is understood without what is above.',
      severity: 'error',
      from: { path: `^runtime/journey/${room}/` },
      to: { path: `^runtime/journey/(?!(${JOURNEY.slice(0, floor + 1).join('|')})/)` },
    })),
    {
      name: 'journey-subscriptions-stand-on-visits',
      comment: 'Where tickets come from is decided without how they ride.',
      severity: 'error',
      from: { path: '^runtime/journey/subscriptions/' },
      to: { path: '^runtime/journey/(?!(facts|plan|visits|subscriptions)/)' },
    },
    only(
      'page-knows-words-and-places-only',
      '^runtime/dashboard/',
      '^(runtime/dashboard/|lib/api/|node_modules/(@dagrejs/dagre|diff|highlight\\.js|lowlight|preact)/)',
      'It runs in a browser: nothing that it imports may want a cluster, a disk or a process.',
    ),
    {
      name: 'testing-sees-only-decisions',
      comment: 'A simulated ride touches no cluster, Git or network.',
      severity: 'error',
      from: { path: '^testing/' },
      to: { path: '^runtime/(?!journey/|verbs/)' },
    },
    {
      name: 'runtime-is-not-testing',
      comment: 'What runs in a cluster carries no test code.',
      severity: 'error',
      from: { path: '^runtime/' },
      to: { path: '^(testing|test|examples|bench)/' },
    },
    {
      name: 'plus-only-in-install',
      comment: 'cdk8s-plus doubles load time; only the installer pays for it.',
      severity: 'error',
      from: { path: '^(lib|testing|runtime)/', pathNot: '^lib/install/' },
      to: { path: 'node_modules/cdk8s-plus' },
    },
    client('kubernetes-client-in-its-room', '@kubernetes/client-node', 'runtime/(kube|cli)'),
    client('git-client-in-its-room', 'simple-git', 'runtime/git'),
    client('metrics-client-in-its-room', 'prom-client', 'runtime/metrics'),
    client('server-in-its-room', 'fastify', 'runtime/server'),
    {
      name: 'railyard-is-a-world-of-its-own',
      comment: 'The runtime meets the railyard over sockets only; the command starts both.',
      severity: 'error',
      from: { path: '^runtime/(?!railyard/|cli/)' },
      to: { path: '^runtime/railyard/' },
    },
    {
      name: 'railyard-takes-no-short-cut',
      comment: 'The railyard serves protocols; it never calls the runtime.',
      severity: 'error',
      from: { path: '^runtime/railyard/' },
      to: { path: '^runtime/(?!railyard/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'import'] },
  },
};
