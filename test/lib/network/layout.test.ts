import { layoutOf } from '../../../lib/network/layout';
import { networkOf } from '../../../lib/network/network';
import type { ApplicationReference } from '../../../lib/api';
import { reference, station } from './resources';

const layout = (...references: readonly ApplicationReference[]) =>
  layoutOf(
    networkOf(
      [],
      references.map((each) => station(each.name, { applications: [each] })),
    ),
  );

test('a repository for kustomize gets a base and overlays that point to it (rule L12)', () => {
  const { sources } = layout(reference('test'), reference('prod', { render: { kustomize: {} } }));
  expect(sources).toHaveLength(1);
  expect(sources[0]).toMatchObject({ repoURL: 'https://git.example.com/shop.git', branch: 'main' });
  expect(sources[0]?.files.map(({ path }) => path)).toEqual([
    'base/kustomization.yaml',
    'env/prod/kustomization.yaml',
    'env/test/kustomization.yaml',
  ]);
  expect(sources[0]?.files[1]?.content).toBe(
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ../../base\n',
  );
});

test('an overlay in a folder points to the base of that folder', () => {
  const { sources } = layout(reference('test', { folder: 'services/api', overlay: 'test' }));
  expect(sources[0]?.files.map(({ path }) => path)).toEqual([
    'services/api/base/kustomization.yaml',
    'services/api/test/kustomization.yaml',
  ]);
  expect(sources[0]?.files[1]?.content).toContain('  - ../base\n');
});

test('a repository for Helm gets values', () => {
  const { sources } = layout(reference('test', { render: { helm: { path: 'chart' } } }));
  expect(sources[0]?.files.map(({ path }) => path)).toEqual(['base/values.yaml', 'env/test/values.yaml']);
});

test('for any other renderer the folders are there, and empty', () => {
  const { sources } = layout(reference('test', { render: { ytt: {} } }));
  expect(sources[0]?.files).toEqual([
    { path: 'base/.gitkeep', content: '' },
    { path: 'env/test/.gitkeep', content: '' },
  ]);
});

test('each source branch has its own layout, and one spelling of the repository is enough', () => {
  const { sources } = layout(
    reference('test'),
    reference('prod', { repoURL: 'git@git.example.com:shop.git' }),
    reference('next', { sourceBranch: 'next' }),
    reference('other', { repoURL: 'https://git.example.com/other.git' }),
  );
  expect(sources.map(({ repoURL, branch, files }) => [repoURL, branch, files.length])).toEqual([
    ['https://git.example.com/shop.git', 'main', 3],
    ['https://git.example.com/shop.git', 'next', 2],
    ['https://git.example.com/other.git', 'main', 2],
  ]);
});

test('the rendered branches are listed with repository, overlay and Application', () => {
  const { branches } = layout(reference('test'), reference('api', { folder: 'services/api', branch: 'live/api' }));
  expect(branches).toEqual([
    {
      repoURL: 'https://git.example.com/shop.git',
      branch: 'env/test',
      overlay: 'env/test',
      application: 'argocd/shop-test',
    },
    {
      repoURL: 'https://git.example.com/shop.git',
      branch: 'live/api',
      overlay: 'services/api/env/api',
      application: 'argocd/shop-api',
    },
  ]);
});
