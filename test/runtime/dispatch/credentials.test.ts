import { gitCredential, signingKey } from '../../../runtime/dispatch/credentials';

const secret = (url: string, values: Record<string, string>) => ({
  metadata: { namespace: 'k8sta', name: url, uid: url, resourceVersion: '1' },
  created: '2030-01-01T00:00:00Z',
  serves: `git ${url}`,
  values,
});
const among = (...secrets: ReturnType<typeof secret>[]) => ({ credentials: { list: () => secrets } });
const REPO = 'https://github.com/acme/deploy.git';

describe('the credential for a repository', () => {
  test('is that of the longest prefix, at a path boundary', () => {
    const world = among(
      secret('https://github.com', { password: 'all' }),
      secret('https://github.com/acme', { username: 'ada', password: 'acme' }),
      secret('https://github.com/acme/dep', { password: 'other' }),
    );
    expect(gitCredential(world, REPO)).toEqual({ username: 'ada', password: 'acme' });
    expect(gitCredential(world, 'https://gitlab.com/acme/deploy')).toBeUndefined();
  });

  test('is a GitHub App by the keys that Argo CD gives it', () => {
    const keys = { githubAppID: '7', githubAppInstallationID: '42', githubAppPrivateKey: 'PEM' };
    const enterprise = { ...keys, githubAppEnterpriseBaseUrl: 'https://ghe.acme.com/api/v3/' };
    const githubApp = { appId: '7', installationId: '42', privateKey: 'PEM' };
    expect(gitCredential(among(secret('https://github.com', keys)), REPO)).toEqual({ githubApp });
    expect(gitCredential(among(secret('https://github.com', enterprise)), REPO)).toEqual({
      githubApp: { ...githubApp, api: 'https://ghe.acme.com/api/v3' },
    });
  });

  test.each<Record<string, string>>([{}, { sshPrivateKey: 'k' }, { githubAppID: '7', githubAppPrivateKey: 'PEM' }])(
    'that lacks something (%j) is an error that names the Secret and the keys',
    (values) => {
      const world = among(secret('https://github.com', values));
      expect(() => gitCredential(world, REPO)).toThrow(/k8sta\/https:\/\/github.com serves .*githubAppInstallationID/);
    },
  );
});

describe('the key that signs the commits of a repository', () => {
  const signing = (url: string, values: Record<string, string>) => ({
    ...secret(url, values),
    serves: `signing ${url}`,
  });

  test('is that of the longest prefix among the Secrets for signing, and none where there is none', () => {
    const world = among(
      secret('https://github.com/acme/deploy', { sshPrivateKey: 'login', knownHosts: 'k' }),
      signing('https://github.com', { sshPrivateKey: 'all' }),
      signing('https://github.com/acme', { sshPrivateKey: 'acme' }),
    );
    expect(signingKey(world, REPO)).toBe('acme');
    expect(signingKey(world, 'https://gitlab.com/acme/deploy')).toBeUndefined();
  });

  test('that is missing from its Secret is an error that names it', () => {
    const world = among(signing('https://github.com', { key: 'k' }));
    expect(() => signingKey(world, REPO)).toThrow('k8sta/https://github.com signs the commits of');
  });
});
