/** Every check of a network (rule L11), one by one, with the words that a person reads. */

import { formatProblem } from '../../../lib/network/problem';
import { check, found, line, type World } from './world';
import { application, image, junction, reference, source, station, track } from './resources';

test('a sound line has no problems', () => {
  expect(found(line)).toEqual([]);
});

interface Case {
  readonly what: string;
  readonly world: World;
  readonly severity?: 'warning';
  readonly path: string;
  readonly value: string;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    what: 'a track that leads back to itself through junctions',
    world: {
      tracks: [track('main', ['a']), track('eu', ['b'])],
      stations: [
        station('a', { junctions: [junction('eu')] }),
        station('b', { junctions: [junction('main')], path: 'shop/eu/b' }),
      ],
    },
    path: 'shop/eu/b',
    value: 'shop/main',
    says: /leads back to itself: main -> eu -> main; remove one/,
  },
  {
    what: 'a track that branches off at one of its own stations',
    world: { tracks: [track('main', ['a'])], stations: [station('a', { junctions: [junction('main')] })] },
    path: 'shop/a',
    value: 'shop/main',
    says: /main -> main/,
  },
  {
    what: 'one rendered branch for two Applications, however the repository is spelt',
    world: {
      tracks: [track('main', ['test', 'prod'])],
      stations: [
        station('test'),
        station('prod', {
          applications: [reference('prod', { branch: 'env/test', repoURL: 'git@git.example.com:shop' })],
        }),
      ],
    },
    path: 'shop/prod',
    value: 'env/test',
    says: /rendered for two Applications, argocd\/shop-test \(shop\/test\) and argocd\/shop-prod; give each/,
  },
  {
    what: 'a rendered branch below another',
    world: {
      tracks: [track('main', ['test', 'prod'])],
      stations: [station('test'), station('prod', { applications: [reference('prod', { branch: 'env/test/prod' })] })],
    },
    path: 'shop/prod',
    value: 'env/test/prod',
    says: /lies below the rendered branch 'env\/test'.*Git cannot hold both.*; rename one/,
  },
  {
    what: 'a rendered branch that is the source branch',
    world: {
      tracks: [track('main', ['test'])],
      stations: [station('test', { applications: [reference('test', { branch: 'main' })] })],
    },
    path: 'shop/test',
    value: 'main',
    says: /is the source of .* and rendered for argocd\/shop-test/,
  },
  {
    what: 'a subscription to a rendered branch',
    world: {
      tracks: [track('main', ['test'], { subscriptions: [source('env/test')] })],
      stations: [station('test')],
    },
    path: 'shop/main',
    value: 'env/test',
    says: /source of subscription source and rendered for argocd\/shop-test/,
  },
  {
    what: 'a rendered branch below the source branch',
    world: {
      tracks: [track('main', ['test'])],
      stations: [station('test', { applications: [reference('test', { branch: 'main/test' })] })],
    },
    path: 'shop/test',
    value: 'main/test',
    says: /below the source branch 'main'/,
  },
  {
    what: 'a rendered branch in the way of pull requests',
    world: {
      tracks: [track('main', ['test', 'prod'])],
      stations: [
        station('test', { applications: [reference('test', { branch: 'k8sta/shop' })] }),
        station('prod', { via: 'PullRequest' }),
      ],
    },
    path: 'shop/prod',
    value: 'k8sta/shop/prod/shop-prod/<ticket>',
    says: /for the pull requests of argocd\/shop-prod lies below the rendered branch 'k8sta\/shop'/,
  },
  {
    what: 'a station twice on a track',
    world: { tracks: [track('main', ['test', 'prod', 'test'])], stations: [station('test'), station('prod')] },
    path: 'shop/main',
    value: 'shop/test',
    says: /stops at station 'shop\/test' more than once; list each station once/,
  },
  {
    what: 'a track without stations',
    world: { tracks: [track('main', [])] },
    path: 'shop/main',
    value: 'main',
    says: /has no stations; list at least one/,
  },
  {
    what: 'an Application at two stations',
    world: {
      tracks: [track('main', ['test', 'prod'])],
      stations: [station('test', { path: 'shop/here/test' }), station('prod', { applications: [reference('test')] })],
    },
    path: 'shop/prod',
    value: 'argocd/shop-test',
    says: /driven by station 'shop\/prod' and by station 'shop\/test' \(shop\/here\/test\); let one station/,
  },
  {
    what: 'an Application twice at one station',
    world: {
      tracks: [track('main', ['test'])],
      stations: [station('test', { applications: [reference('test'), reference('test')] })],
    },
    path: 'shop/test',
    value: 'argocd/shop-test',
    says: /drives Application 'argocd\/shop-test' twice/,
  },
  {
    what: 'the same object twice',
    world: {
      ...line,
      stations: [station('test', { path: 'a/test' }), station('test', { path: 'b/test' }), station('prod')],
    },
    path: 'a/test',
    value: 'shop/test',
    says: /Station shop\/test is described again by b\/test; give one of them another `name`/,
  },
  {
    what: 'two Applications with one destination at different stations of a track',
    world: { ...line, applications: [application('shop-test', 'web'), application('shop-prod', 'web')] },
    path: 'argocd/shop-prod',
    value: "namespace 'web' of cluster 'in-cluster'",
    says: /'argocd\/shop-test' \(station 'test'\) and 'argocd\/shop-prod' \(station 'prod'\).*`sharedDestination: true`/,
  },
  {
    what: 'one destination, said by name and by address',
    world: {
      ...line,
      applications: [
        application('shop-test', 'web'),
        {
          metadata: { name: 'shop-prod', namespace: 'argocd' },
          spec: { destination: { server: 'https://kubernetes.default.svc', namespace: 'web' } },
        },
      ],
    },
    path: 'argocd/shop-prod',
    value: "namespace 'web' of cluster 'in-cluster'",
    says: /deploy to the same place/,
  },
  {
    what: 'a junction of no namespace into one',
    world: {
      tracks: [
        { ...track('main', ['release']), metadata: { name: 'main' } },
        track('eu', ['eu-web'], { namespace: 'eu' }),
      ],
      stations: [
        {
          ...station('release', { applications: [], junctions: [junction('eu', 'eu')] }),
          metadata: { name: 'release' },
        },
        station('eu-web', { namespace: 'eu' }),
      ],
    },
    path: 'release',
    value: 'eu/eu',
    says: /does not consent; give release a namespace/,
  },
  {
    what: 'a junction into another namespace without consent',
    world: {
      tracks: [track('main', ['release']), track('eu', ['eu-web'], { namespace: 'eu', path: 'europe/eu' })],
      stations: [
        station('release', { applications: [], junctions: [junction('eu', 'eu')] }),
        station('eu-web', { namespace: 'eu' }),
      ],
    },
    path: 'shop/release',
    value: 'eu/eu',
    says: /of another namespace, which does not consent; add { namespace: shop, station: release } to `boardedFrom` of europe\/eu/,
  },
  {
    what: 'a name that is too long',
    world: { tracks: [track('m'.repeat(41), ['test'])], stations: [station('test')] },
    path: `shop/${'m'.repeat(41)}`,
    value: 'm'.repeat(41),
    says: /has 41 characters, at most 40 fit; set a shorter/,
  },
  {
    what: 'a name that is reserved',
    world: { tracks: [track('lock', ['test'])], stations: [station('test')] },
    path: 'shop/lock',
    value: 'lock',
    says: /is reserved: Git refuses refs that end in '.lock'/,
  },
  {
    what: 'a namespace that cannot be',
    world: {
      tracks: [track('main', ['test'], { namespace: 'Shop' })],
      stations: [station('test', { namespace: 'Shop' })],
    },
    path: 'Shop/main',
    value: 'Shop',
    says: /'Shop' is not a DNS label/,
  },
  {
    what: 'a branch that Git refuses',
    world: {
      tracks: [track('main', ['test'])],
      stations: [station('test', { applications: [reference('test', { branch: 'env/test.lock' })] })],
    },
    path: 'shop/test',
    value: 'env/test.lock',
    says: /the branch 'env\/test.lock' has the part 'test.lock'.*; set another `branch`/,
  },
  {
    what: 'an overlay that leaves the repository',
    world: {
      tracks: [track('main', ['test'])],
      stations: [station('test', { applications: [reference('test', { overlay: '../test' })] })],
    },
    path: 'shop/test',
    value: '../test',
    says: /the overlay '..\/test' has the part '..'; write a folder inside/,
  },
  {
    what: 'an Application whose name no pull request ref can hold',
    world: {
      tracks: [track('main', ['test'])],
      stations: [station('test', { via: 'PullRequest', applications: [reference('test', { name: 'web.lock' })] })],
    },
    path: 'shop/test',
    value: 'k8sta/shop/test/web.lock',
    says: /part 'web.lock'.*; rename the Application, or use `via: Push`/,
  },
  {
    what: 'a station that does not exist',
    world: { tracks: [track('main', ['test', 'pord'])], stations: [station('test')] },
    path: 'shop/main',
    value: 'shop/pord',
    says: /refers to station 'shop\/pord', which is not described here; .*Station.fromName/,
  },
  {
    what: 'a track that does not exist',
    world: { tracks: [track('main', ['test'])], stations: [station('test', { junctions: [junction('eu')] })] },
    path: 'shop/test',
    value: 'shop/eu',
    says: /refers to track 'shop\/eu', which is not described here/,
  },
  {
    what: 'a track in a namespace that is described elsewhere',
    severity: 'warning',
    world: { tracks: [track('main', ['test'])], stations: [station('test', { junctions: [junction('eu', 'eu')] })] },
    path: 'shop/test',
    value: 'eu/eu',
    says: /refers to track 'eu\/eu'/,
  },
  {
    what: 'a station that no track stops at',
    severity: 'warning',
    world: { ...line, stations: [station('test'), station('prod'), station('lost')] },
    path: 'shop/lost',
    value: 'lost',
    says: /no track stops at station 'lost'/,
  },
  {
    what: 'a station at which nothing happens',
    severity: 'warning',
    world: { ...line, stations: [station('test'), station('prod', { applications: [] })] },
    path: 'shop/prod',
    value: 'prod',
    says: /nothing happens at station 'prod'/,
  },
  {
    what: 'a track that nothing boards',
    severity: 'warning',
    world: { ...line, tracks: [track('main', ['test', 'prod'], { subscriptions: [] })] },
    path: 'shop/main',
    value: 'main',
    says: /nothing boards track 'main'/,
  },
  {
    what: 'a dead end: a gate that waits for tickets that nothing makes',
    severity: 'warning',
    world: {
      tracks: [track('main', ['test', 'prod']), track('eu', ['eu-web'])],
      stations: [
        station('test'),
        station('prod', { entry: { completed: { tracks: ['eu'] } }, junctions: [junction('eu')] }),
        station('eu-web'),
      ],
    },
    path: 'shop/prod',
    value: 'shop/eu',
    says: /wait before station 'prod' for track 'shop\/eu', which no station before it boards/,
  },
  {
    what: 'an Application that no station drives',
    severity: 'warning',
    world: { ...line, applications: [application('idle', 'idle')] },
    path: 'argocd/idle',
    value: 'argocd/idle',
    says: /no station drives Application 'argocd\/idle'/,
  },
  {
    what: 'an image that no application on the way lists',
    severity: 'warning',
    world: {
      tracks: [track('main', ['test'], { subscriptions: [image('ghcr.io/acme/api')] })],
      stations: [station('test', { applications: [reference('test', { images: ['ghcr.io/acme/web'] })] })],
    },
    path: 'shop/main',
    value: 'ghcr.io/acme/api',
    says: /lists the image 'ghcr.io\/acme\/api' of subscription 'images'/,
  },
];

test.each(cases)('finds $what', ({ world, severity = 'error', path, value, says }) => {
  const problems = check(world);
  const [problem] = problems;
  expect(problems.map(formatProblem)).toHaveLength(1);
  expect(problem).toMatchObject({ severity, path, value });
  expect(problem === undefined ? '' : formatProblem(problem)).toMatch(says);
  expect(problem === undefined ? '' : formatProblem(problem)).toContain(path);
  expect(problem?.fix).not.toBe('');
});

test('all problems are reported at once, errors first, in one order whatever the order of the resources', () => {
  const tracks = [track('lock', ['test', 'test', 'gone']), track('idle', ['prod'], { subscriptions: [] })];
  const stations = [station('test'), station('prod', { applications: [reference('prod', { branch: 'env/test' })] })];
  const problems = check({ tracks, stations });
  expect(problems.map(({ severity, path }) => `${severity} ${path}`)).toEqual([
    'error shop/lock',
    'error shop/lock',
    'error shop/lock',
    'error shop/prod',
    'warning shop/idle',
  ]);
  expect(check({ tracks: [...tracks].reverse(), stations })).toEqual(problems);
});

test('a thousand stations on one track, each with its branch, take a moment', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `stop-${index}`);
  const world = { tracks: [track('main', names)], stations: names.map((name) => station(name)) };
  const start = process.hrtime.bigint();
  expect(check(world)).toEqual([]);
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(1_000);
});

test('a chain of ten thousand tracks does not exhaust the stack', () => {
  const count = 10_000;
  const tracks = Array.from({ length: count }, (_, index) => track(`t${index}`, [`s${index}`]));
  const stations = Array.from({ length: count }, (_, index) =>
    station(`s${index}`, { junctions: [junction(`t${(index + 1) % count}`)] }),
  );
  expect(check({ tracks, stations }).map(({ path, value }) => [path, value])).toEqual([
    [`shop/s${count - 1}`, 'shop/t0'],
  ]);
});
