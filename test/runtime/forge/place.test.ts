import { azureRepositoryOf, bitbucketRepositoryOf, placeOf } from '../../../runtime/forge/place';

test.each([
  ['https://github.com/acme/shop.git', 'https://github.com', 'acme/shop'],
  ['https://git.example.com:8443/group/sub/shop', 'https://git.example.com:8443', 'group/sub/shop'],
  ['git@git.example.com:acme/shop.git', 'https://git.example.com', 'acme/shop'],
  ['ssh://git@git.example.com:2222/acme/shop.git', 'https://git.example.com', 'acme/shop'],
])('%s is on the forge at %s', (url, origin, path) => {
  expect(placeOf(url)).toMatchObject({ origin, path });
});

const shop = { collection: 'https://dev.azure.com/acme', project: 'team', name: 'shop' };

test.each([
  ['https://dev.azure.com/acme/team/_git/shop', shop],
  ['git@ssh.dev.azure.com:v3/acme/team/shop', shop],
  ['https://dev.azure.com/acme/_git/shop', { ...shop, project: 'shop' }],
  ['https://acme.visualstudio.com/team/_git/shop', { ...shop, collection: 'https://acme.visualstudio.com' }],
  [
    'https://acme.visualstudio.com/_git/shop',
    { ...shop, collection: 'https://acme.visualstudio.com', project: 'shop' },
  ],
  ['https://tfs.example.com/tfs/All/team/_git/shop', { ...shop, collection: 'https://tfs.example.com/tfs/All' }],
  ['https://dev.azure.com/acme/My%20Team/_git/shop', { ...shop, project: 'My Team' }],
])('%s is a repository of Azure DevOps', (url, expected) => {
  expect(azureRepositoryOf(placeOf(url))).toMatchObject(expected);
});

test('a path without _git is no repository of Azure DevOps, and says so', () => {
  expect(() => azureRepositoryOf(placeOf('https://dev.azure.com/acme/shop'))).toThrow('its path has /_git/ in it');
});

test.each([
  ['https://git.example.com/scm/ACME/shop.git', { project: 'ACME', slug: 'shop', home: 'https://git.example.com' }],
  ['https://example.com/bitbucket/scm/ACME/shop.git', { project: 'ACME', home: 'https://example.com/bitbucket' }],
  ['ssh://git@git.example.com:7999/acme/shop.git', { project: 'acme', slug: 'shop', home: 'https://git.example.com' }],
  ['https://git.example.com/scm/~ada/shop.git', { web: 'https://git.example.com/users/ada/repos/shop' }],
])('%s is a repository of Bitbucket Data Center', (url, expected) => {
  expect(bitbucketRepositoryOf(placeOf(url))).toMatchObject(expected);
});

test('a path that names no project is no repository of Bitbucket, and says so', () => {
  expect(() => bitbucketRepositoryOf(placeOf('https://git.example.com/shop'))).toThrow('ends in a project and a name');
});
