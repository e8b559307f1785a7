/** What senders say of a push, in the shapes that their documentation gives. */

import type { SenderName } from '../../../runtime/webhooks';

export interface Payload {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const commit = { added: ['base/new.yaml'], removed: [], modified: ['env/prod/kustomization.yaml'] };

const gitHubRepository = {
  full_name: 'acme/shop',
  html_url: 'https://github.com/acme/shop',
  git_url: 'git://github.com/acme/shop.git',
  ssh_url: 'git@github.com:acme/shop.git',
  clone_url: 'https://github.com/acme/shop.git',
};

const giteaRepository = {
  full_name: 'acme/shop',
  html_url: 'https://git.example.com/acme/shop',
  ssh_url: 'git@git.example.com:acme/shop.git',
  clone_url: 'https://git.example.com/acme/shop.git',
};

/** A push to branch main of a repository: what it may be called in a subscription. */
export const PUSHES: readonly (readonly [SenderName, Payload, readonly string[]])[] = [
  [
    'github',
    {
      headers: { 'x-github-event': 'push' },
      body: { ref: 'refs/heads/main', forced: false, repository: gitHubRepository, commits: [commit] },
    },
    ['https://github.com/acme/shop', 'git@github.com:acme/shop.git', 'https://github.com/Acme/Shop.git'],
  ],
  [
    'gitlab',
    {
      headers: { 'x-gitlab-event': 'Push Hook' },
      body: {
        object_kind: 'push',
        ref: 'refs/heads/main',
        project: {
          web_url: 'https://gitlab.example.com/acme/shop',
          git_ssh_url: 'git@gitlab.example.com:acme/shop.git',
          git_http_url: 'https://gitlab.example.com/acme/shop.git',
        },
        commits: [commit],
        total_commits_count: 1,
      },
    },
    ['https://gitlab.example.com/acme/shop.git', 'ssh://git@gitlab.example.com/acme/shop.git'],
  ],
  [
    'gitea',
    {
      headers: { 'x-gitea-event': 'push' },
      body: { ref: 'refs/heads/main', repository: giteaRepository, commits: [commit], total_commits: 1 },
    },
    ['https://git.example.com/acme/shop.git'],
  ],
  [
    'bitbucket',
    {
      headers: { 'x-event-key': 'repo:push' },
      body: {
        repository: { full_name: 'acme/shop', links: { html: { href: 'https://bitbucket.org/acme/shop' } } },
        push: { changes: [{ new: { type: 'branch', name: 'main' }, old: null }] },
      },
    },
    ['https://bitbucket.org/acme/shop.git', 'git@bitbucket.org:acme/shop.git'],
  ],
  [
    'bitbucket',
    {
      headers: { 'x-event-key': 'repo:refs_changed' },
      body: {
        repository: {
          slug: 'shop',
          links: {
            clone: [
              { href: 'https://bitbucket.example.com/scm/acme/shop.git', name: 'http' },
              { href: 'ssh://git@bitbucket.example.com:7999/acme/shop.git', name: 'ssh' },
            ],
          },
        },
        changes: [{ ref: { id: 'refs/heads/main', displayId: 'main', type: 'BRANCH' }, type: 'UPDATE' }],
      },
    },
    ['https://bitbucket.example.com/scm/acme/shop.git', 'ssh://git@bitbucket.example.com:7999/acme/shop.git'],
  ],
  [
    'azure-devops',
    {
      body: {
        eventType: 'git.push',
        resource: {
          refUpdates: [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40), newObjectId: '1'.repeat(40) }],
          repository: {
            remoteUrl: 'https://acme@dev.azure.com/acme/web/_git/shop',
            sshUrl: 'git@ssh.dev.azure.com:v3/acme/web/shop',
          },
        },
      },
    },
    ['https://dev.azure.com/acme/web/_git/shop', 'git@ssh.dev.azure.com:v3/acme/web/shop'],
  ],
  [
    'generic',
    { body: { repository: 'https://git.example.com/acme/shop.git', branch: 'main' } },
    ['https://git.example.com/acme/shop'],
  ],
];

const googleNotice = (tag: string): string =>
  Buffer.from(
    JSON.stringify({ action: 'INSERT', digest: tag.replace(/:.*/, `@sha256:${'a'.repeat(64)}`), tag }),
  ).toString('base64');

/** A push of an image: what it is called in a subscription. */
export const IMAGES: readonly (readonly [SenderName, Payload, string])[] = [
  [
    'github',
    {
      headers: { 'x-github-event': 'registry_package' },
      body: {
        action: 'published',
        registry_package: {
          name: 'web',
          namespace: 'Acme',
          package_type: 'CONTAINER',
          package_version: { package_url: 'ghcr.io/acme/web:1.2.0' },
        },
      },
    },
    'ghcr.io/acme/web',
  ],
  [
    'github',
    {
      headers: { 'x-github-event': 'package' },
      body: {
        action: 'published',
        package: { name: 'web', namespace: 'Acme', package_type: 'CONTAINER', package_version: { package_url: '' } },
      },
    },
    'ghcr.io/acme/web',
  ],
  [
    'gitea',
    {
      headers: { 'x-gitea-event': 'package' },
      body: {
        action: 'created',
        package: {
          type: 'container',
          name: 'web',
          version: '1.2.0',
          owner: { username: 'Acme' },
          html_url: 'https://git.example.com/Acme/-/packages/container/web/1.2.0',
        },
      },
    },
    'git.example.com/acme/web',
  ],
  [
    'docker-hub',
    { body: { push_data: { tag: '1.2.0', pusher: 'ada' }, repository: { repo_name: 'acme/web', name: 'web' } } },
    'acme/web',
  ],
  ['docker-hub', { body: { push_data: { tag: '3' }, repository: { repo_name: 'library/redis' } } }, 'redis'],
  [
    'quay',
    { body: { repository: 'acme/web', docker_url: 'quay.io/acme/web', updated_tags: ['1.2.0'] } },
    'quay.io/acme/web',
  ],
  [
    'harbor',
    {
      body: {
        type: 'PUSH_ARTIFACT',
        event_data: {
          resources: [{ tag: '1.2.0', resource_url: 'harbor.example.com/acme/web:1.2.0' }],
          repository: { repo_full_name: 'acme/web' },
        },
      },
    },
    'harbor.example.com/acme/web',
  ],
  [
    'harbor',
    {
      body: {
        specversion: '1.0',
        type: 'harbor.artifact.pushed',
        data: { resources: [{ tag: '1.2.0', resource_url: 'harbor.example.com/acme/web:1.2.0' }] },
      },
    },
    'harbor.example.com/acme/web',
  ],
  [
    'artifactory',
    {
      body: {
        domain: 'docker',
        event_type: 'pushed',
        jpd_origin: 'https://acme.jfrog.io',
        data: { repo_key: 'docker-local', path: 'web/1.2.0/manifest.json', image_name: 'web', tag: '1.2.0' },
      },
    },
    'acme.jfrog.io/docker-local/web',
  ],
  [
    'azure-registry',
    {
      body: {
        action: 'push',
        target: {
          mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
          repository: 'acme/web',
          tag: '1.2.0',
        },
        request: { host: 'acme.azurecr.io', method: 'PUT' },
      },
    },
    'acme.azurecr.io/acme/web',
  ],
  [
    'distribution',
    {
      headers: { 'content-type': 'application/vnd.docker.distribution.events.v2+json' },
      body: {
        events: [
          { action: 'pull', target: { repository: 'acme/other' }, request: { host: 'registry.example.com:5000' } },
          {
            action: 'push',
            target: { repository: 'acme/web', tag: '1.2.0' },
            request: { host: 'registry.example.com:5000' },
          },
        ],
      },
    },
    'registry.example.com:5000/acme/web',
  ],
  [
    'google',
    { body: { message: { data: googleNotice('europe-docker.pkg.dev/acme/images/web:1.2.0'), messageId: '1' } } },
    'europe-docker.pkg.dev/acme/images/web',
  ],
  [
    'google',
    {
      body: {
        specversion: '1.0',
        type: 'google.cloud.pubsub.topic.v1.messagePublished',
        data: { message: { data: googleNotice('gcr.io/acme/web:1.2.0') } },
      },
    },
    'gcr.io/acme/web',
  ],
  [
    'aws',
    {
      body: {
        'detail-type': 'ECR Image Action',
        source: 'aws.ecr',
        account: '123456789012',
        region: 'eu-central-1',
        detail: { result: 'SUCCESS', 'repository-name': 'acme/web', 'action-type': 'PUSH', 'image-tag': '1.2.0' },
      },
    },
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/web',
  ],
  ['generic', { body: { image: 'ghcr.io/acme/web' } }, 'ghcr.io/acme/web'],
  ['generic', { body: { specversion: '1.0', data: { image: 'ghcr.io/acme/web:1.2.0' } } }, 'ghcr.io/acme/web'],
];
