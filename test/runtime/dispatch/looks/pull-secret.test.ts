import { chartCredential, pullSecretIn } from '../../../../runtime/dispatch/looks/pull-secret';

const json = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const encode = (text: string): string => Buffer.from(text).toString('base64');
const secret = (auths: object) => pullSecretIn({ '.dockerconfigjson': json({ auths }) }, 'shop/registry');
const ada = { username: 'ada', password: 'lovelace' };

test.each([
  'https://index.docker.io/v1/',
  'index.docker.io',
  'docker.io',
  'https://registry-1.docker.io',
  'https://index.docker.io/v2/',
])('the name %s is Docker Hub', (key) => {
  const pull = secret({ [key]: ada });
  expect([pull('nginx'), pull('docker.io/acme/web'), pull('ghcr.io/acme/web')]).toEqual([ada, ada, undefined]);
});

test.each([
  ['https://ghcr.io', 'ghcr.io/acme/web'],
  ['ghcr.io/', 'ghcr.io/acme/web'],
  ['GHCR.io', 'ghcr.io/acme/web'],
  ['https://registry.example.com:5000/v2/', 'registry.example.com:5000/acme/web'],
  ['*.dkr.ecr.*.amazonaws.com', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web'],
  ['ghcr.io/acme', 'ghcr.io/acme/web'],
])('%s serves %s', (key, repoURL) => {
  expect(secret({ [key]: ada })(repoURL)).toEqual(ada);
});

test.each([
  ['ghcr.io/acme', 'ghcr.io/acmeco/web'],
  ['registry.example.com', 'registry.example.com:5000/acme/web'],
  ['*.example.com', 'example.com/web'],
  ['*.example.com', 'a.b.example.com/web'],
  ['example.com', 'evil-example.com/web'],
])('%s does not serve %s', (key, repoURL) => {
  expect(secret({ [key]: ada })(repoURL)).toBeUndefined();
});

test('the longest path wins, whatever the order', () => {
  const own = { username: 'web', password: 'own' };
  const pull = secret({ 'ghcr.io/acme/web': own, 'ghcr.io': ada, 'ghcr.io/acme': { username: 'x', password: 'y' } });
  expect(pull('ghcr.io/acme/web')).toEqual(own);
  expect(pull('ghcr.io/other/web')).toEqual(ada);
});

test('name and password may stand in auth, or be an identity token; older Secrets have no auths', () => {
  expect(secret({ 'ghcr.io': { auth: encode('ada:love:lace') } })('ghcr.io/a/b')).toEqual({
    username: 'ada',
    password: 'love:lace',
  });
  const token = { auth: encode('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' };
  expect(secret({ 'acme.azurecr.io': token })('acme.azurecr.io/web')).toEqual({ identityToken: 'refresh' });
  const older = pullSecretIn({ '.dockercfg': json({ 'ghcr.io': ada }) }, 'shop/registry');
  expect(older('ghcr.io/acme/web')).toEqual(ada);
});

test('what is no pull secret is named, without a word of what is in it', () => {
  const read = (values: Record<string, string> | undefined) => () =>
    pullSecretIn(values, 'shop/registry')('ghcr.io/a/b');
  expect(read(undefined)).toThrow('Secret shop/registry does not exist');
  expect(read({ password: 'lovelace' })).toThrow(/neither \.dockerconfigjson nor \.dockercfg/);
  for (const wrong of ['lovelace', '{"lovelace"', [], { auths: 'lovelace' }]) {
    expect(read({ '.dockerconfigjson': json(wrong) })).toThrow(
      /^Secret shop\/registry is no pull secret: its JSON has no auths$/,
    );
  }
  const empty = read({ '.dockerconfigjson': json({ auths: { 'ghcr.io': { auth: encode('lovelace') } } }) });
  expect(empty).toThrow(
    'Secret shop/registry for ghcr.io has neither username with password, nor auth, nor identitytoken',
  );
});

describe('the credential for a chart', () => {
  const chart = { repoURL: 'https://charts.example.com/stable/', name: 'web' };

  test('is name and password of the Secret, or what a pull secret has for its place', () => {
    expect(chartCredential({ username: 'ada', password: 'lovelace' }, 'shop/x', chart)).toEqual(ada);
    const pull = { '.dockerconfigjson': json({ auths: { 'charts.example.com': ada, 'ghcr.io': {} } }) };
    expect(chartCredential(pull, 'shop/x', chart)).toEqual(ada);
    expect(chartCredential(pull, 'shop/x', { repoURL: 'oci://charts.example.com', name: 'web' })).toEqual(ada);
  });

  test('that a Secret does not have is said', () => {
    const pull = { '.dockerconfigjson': json({ auths: { 'other.example.com': ada } }) };
    expect(() => chartCredential(pull, 'shop/x', chart)).toThrow(
      'Secret shop/x has no credential for charts.example.com/stable/web',
    );
    expect(() => chartCredential(undefined, 'shop/x', chart)).toThrow('Secret shop/x does not exist');
  });
});
