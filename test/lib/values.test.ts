/** The value objects that props take: repositories, charts, subscriptions, gates, durations. */

import {
  Duration,
  Gate,
  GitRepository,
  HelmChart,
  Subject,
  Subscription,
  Value,
  type GateWindow,
  type ImageSubscriptionOptions,
} from '../../lib';

describe('GitRepository', () => {
  test('is seen from its root, or from a folder', () => {
    const repository = GitRepository.at('https://git.example.com/shop.git');
    expect(repository).toMatchObject({ url: 'https://git.example.com/shop.git', branch: 'main', path: '' });
    expect(repository.folder('services').folder('api')).toMatchObject({ path: 'services/api', branch: 'main' });
    expect(repository.path).toBe('');
  });

  test.each(['git@git.example.com:shop.git', 'ssh://git@git.example.com/shop', 'http://127.0.0.1:8080/shop.git'])(
    'takes %s',
    (url) => {
      expect(GitRepository.at(url).url).toBe(url);
    },
  );

  test.each([
    ['ext::sh -c touch', /is no Git address; write 'https/],
    ['file:///etc', /is no Git address/],
    ['--upload-pack=x', /is no Git address/],
    ['git.example.com/shop', /is no Git address/],
    ['', /url '' is no Git address/],
  ])('refuses %j', (url, says) => {
    expect(() => GitRepository.at(url)).toThrow(says);
  });

  test('refuses a password without repeating it', () => {
    const refused = () => GitRepository.at('https://ada:hunter2@git.example.com/shop.git');
    expect(refused).toThrow(/holds a password.*store it in a Secret/);
    expect(refused).not.toThrow(/hunter2/);
  });

  test('refuses branches and folders that cannot be', () => {
    expect(() => GitRepository.at('https://x/y', { branch: '-f' })).toThrow(/branch '-f' starts with '-'/);
    expect(() => GitRepository.at('https://x/y').folder('/abs')).toThrow(/folder '\/abs' starts with a slash/);
    expect(() => GitRepository.at('https://x/y').folder('')).toThrow(/folder '' is empty/);
  });
});

describe('HelmChart', () => {
  test('reads name and registry path from an OCI address, and takes the name of an index', () => {
    expect(HelmChart.at('oci://ghcr.io/acme/charts/web', { version: '2.1.0' })).toMatchObject({
      repositoryURL: 'oci://ghcr.io/acme/charts',
      name: 'web',
      version: '2.1.0',
    });
    expect(HelmChart.at('https://charts.example.com/', { name: 'web', version: 'v2.1.0-rc.1' })).toMatchObject({
      repositoryURL: 'https://charts.example.com',
      name: 'web',
    });
  });

  test.each([
    ['ftp://x/y', { version: '1.0.0' }, /is no chart address/],
    ['oci://ghcr.io', { version: '1.0.0' }, /names a registry, but no chart/],
    ['https://charts.example.com', { version: '1.0.0' }, /is an index of charts; add the `name`/],
    ['oci://ghcr.io/acme/web', { version: '^2' }, /version '\^2' is no exact version/],
  ])('refuses %s %j', (url, options, says) => {
    expect(() => HelmChart.at(url, options)).toThrow(says);
  });
});

describe('Subscription', () => {
  test.each<[ImageSubscriptionOptions, object]>([
    [{ semver: '^1.0.0' }, { semver: { constraint: '^1.0.0', prereleases: false } }],
    [{ semver: '>=1, <3', prereleases: true }, { semver: { constraint: '>=1, <3', prereleases: true } }],
    [{ newest: true }, { newest: {} }],
    [{ name: true }, { name: {} }],
    [{ digest: 'stable' }, { digest: { tag: 'stable' } }],
  ])('an image is chosen by %j', (options, select) => {
    expect(Subscription.image('ghcr.io/acme/web', options).spec.images?.select).toEqual(select);
  });

  test('is named after what it looks at, or as said', () => {
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const chart = HelmChart.at('oci://ghcr.io/acme/charts/web', { version: '1.0.0' });
    expect(Subscription.image('ghcr.io/acme/Web'.toLowerCase(), { newest: true }).name).toBe('web');
    expect(Subscription.image('ghcr.io/acme/my_web', { newest: true }).name).toBe('my-web');
    expect(Subscription.images(['nginx', 'redis'], { newest: true }).name).toBe('images');
    expect(Subscription.source(repository).name).toBe('source');
    expect(Subscription.chart(chart, { semver: '^1' }).name).toBe('chart');
    expect(Subscription.image('nginx', { newest: true, as: 'frontend' }).name).toBe('frontend');
  });

  test('takes the releases of a source by tags with a prefix, and refuses one that no tag can have', () => {
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const tags = Subscription.source(repository, { semver: '^1.0.0', tagPrefix: 'api/' }).spec.source?.tags;
    expect(tags).toEqual({ semver: { constraint: '^1.0.0', prereleases: false }, prefix: 'api/' });
    expect(() => Subscription.source(repository, { semver: '*', tagPrefix: 'the api' })).toThrow(
      /tagPrefix 'the api' can begin no tag; write one such as 'api\/'/,
    );
  });

  test('carries every default, since lists are compared as a whole', () => {
    const repository = GitRepository.at('https://git.example.com/shop.git', { branch: 'trunk' }).folder('services/api');
    const chart = HelmChart.at('https://charts.example.com', { name: 'web', version: '1.0.0' });
    expect(Subscription.source(repository, { exclude: ['docs/**'] }).spec).toEqual({
      name: 'source',
      source: {
        repoURL: 'https://git.example.com/shop.git',
        branch: 'trunk',
        folder: 'services/api',
        exclude: ['docs/**'],
        interval: '1m',
      },
    });
    expect(Subscription.chart(chart, { semver: '^1', secretName: 'pull' }).spec).toEqual({
      name: 'chart',
      chart: { repoURL: 'https://charts.example.com', name: 'web', semver: '^1', interval: '5m', secretName: 'pull' },
    });
    const filter = { allowTags: '^v', ignoreTags: '-rc', platform: 'linux/amd64', interval: Duration.seconds(90) };
    expect(Subscription.images(['nginx', 'ghcr.io/acme/web'], { newest: true, ...filter }).spec).toEqual({
      name: 'images',
      images: {
        repositories: ['docker.io/library/nginx', 'ghcr.io/acme/web'],
        select: { newest: {} },
        allowTags: '^v',
        ignoreTags: '-rc',
        platform: 'linux/amd64',
        interval: '1m30s',
      },
    });
  });

  test('refuses an expression of tags that the runtime could not use', () => {
    const allowing = (allowTags: string) => () => Subscription.image('nginx', { newest: true, allowTags });
    expect(allowing('(')).toThrow(/allowTags '\(' is no RE2 expression: .*; write one such as/);
    expect(allowing('(?=a)b')).toThrow(/is no RE2 expression/);
    expect(allowing('(a?){450}a{450}')).toThrow(/is too large/);
    const repository = GitRepository.at('https://git.example.com/shop.git');
    expect(() => Subscription.source(repository, { semver: '*', ignoreTags: '[' })).toThrow(
      /ignoreTags '\[' is no RE2/,
    );
  });

  test('refuses what cannot be', () => {
    const image = (repository: string, options: ImageSubscriptionOptions) => () =>
      Subscription.image(repository, options);
    expect(image('nginx:1', { newest: true })).toThrow(/repository 'nginx:1' carries a version/);
    expect(image('Not an image', { newest: true })).toThrow(/Image reference "Not an image" does not parse/);
    expect(image('nginx', { semver: 'one' })).toThrow(/semver 'one' is no range of versions; write one such as/);
    expect(image('nginx', { digest: 'a b' })).toThrow(/digest 'a b' is no tag/);
    expect(image('nginx', { newest: true, platform: 'linux' })).toThrow(/platform 'linux' is no platform/);
    expect(image('nginx', { newest: true, as: 'My Web' })).toThrow(/as 'My Web' is not a DNS label/);
    expect(image('nginx', { newest: true, secretName: 'Pull' })).toThrow(/secretName 'Pull'/);
    expect(image('nginx', { newest: true, interval: Duration.seconds(0) })).toThrow(/interval .* is no time at all/);
    expect(() => Subscription.images([], { newest: true })).toThrow(/names no image/);
    expect(() => Subscription.images(['nginx', 'docker.io/library/nginx'], { newest: true })).toThrow(
      /stands there twice/,
    );
    expect(() => Subscription.source(GitRepository.at('https://x/y'), { include: [' '] })).toThrow(
      /include ' ' is no glob/,
    );
    // @ts-expect-error exactly one way to choose
    expect(image('nginx', { semver: '*', newest: true })).toThrow(/is not one way to choose; give exactly one/);
    // @ts-expect-error some way to choose
    expect(image('nginx', {})).toThrow(/\[\] is not one way to choose/);
  });
});

describe('Gate', () => {
  const day = { duration: Duration.hours(8) };
  test.each<[GateWindow, RegExp]>([
    [{ ...day, allow: 'nine' }, /allow 'nine' does not parse: .*; write minute, hour/],
    [{ ...day, deny: '0 0 30 2 *' }, /deny '0 0 30 2 \*' never comes up/],
    [{ ...day, allow: '0 9 * * *', timeZone: 'Mars/Olympus' }, /timeZone 'Mars\/Olympus' is no time zone/],
    [{ allow: '0 9 * * *', duration: Duration.seconds(0) }, /duration .* is no time at all; give it a positive length/],
  ])('refuses the window %j', (window, says) => {
    expect(() => Gate.window(window)).toThrow(says);
  });

  test('a window either allows or denies', () => {
    // @ts-expect-error not both
    expect(() => Gate.window({ ...day, allow: '0 9 * * *', deny: '0 9 * * *' })).toThrow(/both allows and denies/);
    // @ts-expect-error not neither
    expect(() => Gate.window({ ...day })).toThrow(/or neither; give exactly one of them/);
  });

  test('refuses gates that nobody or nothing could open', () => {
    expect(() => Gate.approval({ by: [] })).toThrow(/by \[\] names nobody; name who may approve/);
    expect(() => Gate.completed()).toThrow(/names no track/);
    expect(() => Gate.soak(Duration.millis(0))).toThrow(/is no time at all/);
    expect(() => Gate.analysis('Smoke Test')).toThrow(/template 'Smoke Test' is not a Kubernetes name/);
    expect(() => Subject.group('  ')).toThrow(/group '  ' is empty/);
  });

  test('an analysis gets texts and typed values (rule L10)', () => {
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const args = {
      suite: 'short',
      tag: Value.imageTag('nginx'),
      digest: Value.imageDigest('ghcr.io/acme/web'),
      commit: Value.sourceCommit(repository),
      ticket: Value.ticket(),
      station: Value.station(),
    };
    expect(Gate.analysis('smoke', { args }).condition).toEqual({
      type: 'analysis',
      analysis: {
        template: 'smoke',
        clusterScope: false,
        args: [
          { name: 'suite', value: 'short' },
          { name: 'tag', valueFrom: { imageTag: 'docker.io/library/nginx' } },
          { name: 'digest', valueFrom: { imageDigest: 'ghcr.io/acme/web' } },
          { name: 'commit', valueFrom: { sourceCommit: 'https://git.example.com/shop.git' } },
          { name: 'ticket', valueFrom: { ticket: {} } },
          { name: 'station', valueFrom: { station: {} } },
        ],
      },
    });
  });
});
