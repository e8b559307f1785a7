import { application, image, junction, reference, station, track } from './resources';
import { found, line, type World } from './world';

describe('what looks like a problem and is none', () => {
  test.each<[string, World]>([
    [
      'a diamond of junctions',
      {
        tracks: [track('main', ['a']), track('left', ['b']), track('right', ['c']), track('end', ['d'])],
        stations: [
          station('a', { junctions: [junction('left'), junction('right')] }),
          station('b', { junctions: [junction('end')] }),
          station('c', { junctions: [junction('end')] }),
          station('d'),
        ],
      },
    ],
    [
      'one station on two tracks',
      { tracks: [track('main', ['test']), track('hotfix', ['test'])], stations: [station('test')] },
    ],
    [
      'one destination for two Applications of one station',
      {
        tracks: [track('main', ['test'])],
        stations: [station('test', { applications: [reference('test'), reference('extra')] })],
        applications: [application('shop-test', 'web'), application('shop-extra', 'web')],
      },
    ],
    [
      'a destination that is shared on purpose',
      {
        ...line,
        applications: [
          application('shop-test', 'web'),
          application('shop-prod', 'web', { 'k8sta.io/shared-destination': 'true' }),
        ],
      },
    ],
    [
      'one destination at stations of different tracks',
      {
        tracks: [track('main', ['test']), track('eu', ['prod'])],
        stations: [station('test'), station('prod')],
        applications: [application('shop-test', 'web'), application('shop-prod', 'web')],
      },
    ],
    [
      'a junction into another namespace with consent',
      {
        tracks: [
          track('main', ['release']),
          track('eu', ['eu-web'], {
            namespace: 'eu',
            subscriptions: [],
            boardedFrom: [{ namespace: 'shop', station: 'release' }],
          }),
        ],
        stations: [
          station('release', { applications: [], junctions: [junction('eu', 'eu')] }),
          station('eu-web', { namespace: 'eu' }),
        ],
      },
    ],
    [
      'references to what is described elsewhere on purpose',
      {
        tracks: [track('main', ['test', 'prod'])],
        stations: [station('test', { junctions: [junction('eu')] })],
        options: { elsewhere: ['shop/prod', 'shop/eu'] },
      },
    ],
    [
      'one branch name in two repositories',
      {
        tracks: [track('main', ['test', 'prod'])],
        stations: [
          station('test'),
          station('prod', {
            applications: [reference('prod', { branch: 'env/test', repoURL: 'https://git.example.com/other.git' })],
          }),
        ],
      },
    ],
    [
      'branches that only start alike',
      {
        tracks: [track('main', ['test', 'prod'])],
        stations: [station('test'), station('prod', { applications: [reference('prod', { branch: 'env/test-2' })] })],
      },
    ],
    [
      'an image, while some application does not list its images',
      { ...line, tracks: [track('main', ['test', 'prod'], { subscriptions: [image('ghcr.io/acme/api')] })] },
    ],
    [
      'an image that an application behind a junction lists, in another spelling',
      {
        tracks: [track('main', ['test'], { subscriptions: [image('nginx')] }), track('eu', ['prod'])],
        stations: [
          station('test', { applications: [], junctions: [junction('eu')] }),
          station('prod', { applications: [reference('prod', { images: ['docker.io/library/nginx'] })] }),
        ],
      },
    ],
    [
      'a gate for a track that an earlier station boards',
      {
        tracks: [track('main', ['test', 'prod']), track('eu', ['eu-web'])],
        stations: [
          station('test', { junctions: [junction('eu')] }),
          station('prod', { entry: { completed: { tracks: ['shop/eu'] } } }),
          station('eu-web'),
        ],
      },
    ],
    [
      'a stop for a gate alone',
      { ...line, stations: [station('test'), station('prod', { applications: [], entry: { approval: {} } })] },
    ],
  ])('%s', (_, world) => {
    expect(found(world)).toEqual([]);
  });
});
