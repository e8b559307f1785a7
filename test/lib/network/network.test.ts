import { consentLines } from '../../../lib/network/consent';
import { networkOf, writtenKey } from '../../../lib/network/network';
import { overlaysByRepository, pullRequestRef } from '../../../lib/network/overlays';
import { application, junction, reference, station, track } from './resources';

test('stations know the tracks that stop at them, and tracks the junctions that board them', () => {
  const network = networkOf(
    [track('main', ['test', 'release']), track('hotfix', ['test']), track('eu', ['eu-web'], { namespace: 'eu' })],
    [
      station('test'),
      station('release', { junctions: [junction('eu', 'eu')] }),
      station('eu-web', { namespace: 'eu' }),
    ],
  );
  expect(network.stations.get('shop/test')?.tracks).toEqual(['shop/main', 'shop/hotfix']);
  expect(network.stations.get('shop/release')?.junctions).toEqual(['eu/eu']);
  expect(network.tracks.get('eu/eu')).toMatchObject({ stations: ['eu/eu-web'], boardedAt: ['shop/release'] });
  expect(network.tracks.get('shop/main')?.boardedAt).toEqual([]);
});

test('of two resources with one key the first is kept', () => {
  const network = networkOf([], [station('test', { path: 'a' }), station('test', { path: 'b' })]);
  expect([...network.stations.values()].map(({ path }) => path)).toEqual(['a']);
});

test('resources without a namespace are known by their name', () => {
  const network = networkOf([{ ...track('main', ['test']), metadata: { name: 'main' } }], []);
  expect(network.tracks.get('main')?.stations).toEqual(['test']);
});

test('a gate names a track of its own namespace, or of another', () => {
  expect(writtenKey('eu', 'shop')).toBe('shop/eu');
  expect(writtenKey('europe/eu', 'shop')).toBe('europe/eu');
});

test('the overlays of a repository are those of all Applications in it, however it is spelt (rule L5)', () => {
  const spelt = (environment: string, repoURL: string, folder = '') =>
    station(environment, { applications: [reference(environment, { repoURL, folder })] });
  const network = networkOf(
    [],
    [
      spelt('test', 'https://git.example.com/shop.git'),
      spelt('prod', 'git@git.example.com:shop'),
      spelt('api', 'ssh://git@git.example.com/shop.git', 'services/api'),
      spelt('other', 'https://git.example.com/other.git'),
    ],
  );
  const overlays = overlaysByRepository(network);
  expect([...overlays].map(([repository, list]) => [repository, list.map(({ path }) => path)])).toEqual([
    ['git.example.com/shop', ['env/test', 'env/prod', 'services/api/env/api']],
    ['git.example.com/other', ['env/other']],
  ]);
});

test('commits by pull request wait below a ref of their own (rule D9)', () => {
  expect(pullRequestRef({ namespace: 'shop', name: 'prod' }, 'shop-prod')).toBe('k8sta/shop/prod/shop-prod');
});

test('consent is asked for Applications that exist already, in another namespace than their station (rule L4)', () => {
  const network = networkOf(
    [],
    [station('test'), station('prod'), station('local', { applications: [reference('local', { namespace: 'shop' })] })],
    [application('shop-test', 'web')],
  );
  expect(consentLines(network)).toEqual([
    'kubectl annotate application shop-prod --namespace argocd --overwrite k8sta.io/authorized-station=shop/prod',
  ]);
});
