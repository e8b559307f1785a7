/** Git hosts. Their payloads are those of their own documentation; where several spellings are given, all are taken. */

import { at, listAt, textAt, textsAt } from '../delivery';
import { type Hint, imageHint, requestHint, sourceHint } from '../hint';
import { anyOf, authorized, signed, told } from '../proof';
import type { Sender } from './sender';

/** GitHub stops listing files, and GitLab and Gitea commits, at some number: what may be cut counts as unknown. */
const MOST_COMMITS = 20;
const MOST_FILES = 1_000;

/** Every path that the commits of a push touch; `undefined` where the sender may have left some out. */
function touched(document: unknown): string[] | undefined {
  const commits = listAt(document, 'commits');
  if (commits.length === 0 || commits.length >= MOST_COMMITS) return undefined;
  const total = at(document, 'total_commits') ?? at(document, 'total_commits_count');
  if (typeof total === 'number' && total !== commits.length) return undefined;
  const lists = commits.map((commit) => ['added', 'removed', 'modified'].map((key) => at(commit, key)));
  if (!lists.flat().every(Array.isArray)) return undefined;
  const paths = commits.flatMap((commit) => ['added', 'removed', 'modified'].flatMap((key) => textsAt(commit, key)));
  return paths.length === 0 || paths.length >= MOST_FILES || at(document, 'forced') === true ? undefined : paths;
}

const addresses = (repository: unknown, ...keys: readonly string[]): string[] =>
  keys.map((key) => textAt(repository, key));

function pushOf(document: unknown): Hint[] {
  const urls = addresses(at(document, 'repository'), 'clone_url', 'ssh_url', 'html_url', 'git_url');
  return sourceHint(urls, textAt(document, 'ref'), touched(document));
}

/** A pull request as GitHub and Gitea tell of it; merged ones are closed too. */
const closedRequest = (document: unknown): Hint[] =>
  textAt(document, 'action') === 'closed' ? requestHint(textAt(document, 'pull_request', 'head', 'ref')) : [];

/** @see https://docs.github.com/webhooks/webhook-events-and-payloads */
export const github: Sender = {
  proof: signed('x-hub-signature-256', 'sha256='),
  hints: (document, headers) => {
    if (headers['x-github-event'] === 'push') return pushOf(document);
    if (headers['x-github-event'] === 'pull_request') return closedRequest(document);
    // `package` for all packages, `registry_package` for those of GitHub's registries; the shapes are the same.
    return ['package', 'registry_package'].flatMap((kind) => {
      const found = at(document, kind);
      if (textAt(found, 'package_type').toUpperCase() !== 'CONTAINER') return [];
      const url = textAt(found, 'package_version', 'package_url');
      return imageHint(url.replace(/:$/, '') || `ghcr.io/${textAt(found, 'namespace')}/${textAt(found, 'name')}`);
    });
  },
  setUp: [
    'In the repository, or the organisation, open Settings, Webhooks, Add webhook.',
    'Payload URL: ADDRESS',
    'Content type: application/json. Secret: the value of the key secret.',
    'Events: Pushes for source subscriptions; Registry packages for images on ghcr.io; Pull requests for stations that are entered by them.',
  ],
};

/** @see https://docs.gitlab.com/user/project/integrations/webhook_events/ */
export const gitlab: Sender = {
  proof: told('x-gitlab-token'),
  hints: (document) => {
    const merge = at(document, 'object_attributes');
    if (textAt(document, 'object_kind') === 'merge_request') {
      return ['merge', 'close'].includes(textAt(merge, 'action')) ? requestHint(textAt(merge, 'source_branch')) : [];
    }
    if (!['push', 'tag_push'].includes(textAt(document, 'object_kind'))) return [];
    const urls = addresses(at(document, 'project'), 'git_http_url', 'git_ssh_url', 'web_url');
    return sourceHint(urls, textAt(document, 'ref'), touched(document));
  },
  setUp: [
    'In the project, or the group, open Settings, Webhooks, Add new webhook.',
    'URL: ADDRESS',
    'Secret token: the value of the key secret. Trigger: Push events; Tag push events for subscriptions to tags; Merge request events.',
  ],
};

/** Gitea and Forgejo. @see https://docs.gitea.com/usage/webhooks */
export const gitea: Sender = {
  proof: anyOf(signed('x-gitea-signature'), signed('x-hub-signature-256', 'sha256=')),
  hints: (document, headers) => {
    const event = headers['x-gitea-event'] ?? headers['x-forgejo-event'];
    if (event === 'push') return pushOf(document);
    if (event === 'pull_request') return closedRequest(document);
    const found = at(document, 'package');
    if (event !== 'package' || textAt(found, 'type') !== 'container') return [];
    const page = textAt(found, 'html_url');
    const host = URL.canParse(page) ? new URL(page).host : '';
    return imageHint(`${host}/${textAt(found, 'owner', 'username').toLowerCase()}/${textAt(found, 'name')}`);
  },
  setUp: [
    'In the repository, or the organisation, open Settings, Webhooks, Add webhook, Gitea (or Forgejo).',
    'Target URL: ADDRESS',
    'POST content type: application/json. Secret: the value of the key secret.',
    'Trigger on: Push for source subscriptions; Package for images of its registry; Pull Request.',
  ],
};

const ENDED_CLOUD: readonly string[] = ['pullrequest:fulfilled', 'pullrequest:rejected'];
const ENDED_SERVER: readonly string[] = ['pr:merged', 'pr:declined', 'pr:deleted'];

/** Cloud and Data Center. @see https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ */
export const bitbucket: Sender = {
  proof: signed('x-hub-signature', 'sha256='),
  hints: (document, headers) => {
    const event = headers['x-event-key'] ?? '';
    if (ENDED_CLOUD.includes(event)) return requestHint(textAt(document, 'pullrequest', 'source', 'branch', 'name'));
    if (ENDED_SERVER.includes(event)) return requestHint(textAt(document, 'pullRequest', 'fromRef', 'id'));
    const links = at(document, 'repository', 'links');
    if (event === 'repo:push') {
      const page = textAt(links, 'html', 'href');
      return listAt(document, 'push', 'changes').flatMap((change) => {
        const [kind, name] = [textAt(change, 'new', 'type'), textAt(change, 'new', 'name')];
        if (kind === 'tag') return sourceHint([page], `refs/tags/${name}`);
        return kind === 'branch' ? sourceHint([page], name) : [];
      });
    }
    if (event !== 'repo:refs_changed') return [];
    const urls = listAt(links, 'clone').map((link) => textAt(link, 'href'));
    return listAt(document, 'changes').flatMap((change) => sourceHint(urls, textAt(change, 'ref', 'id')));
  },
  setUp: [
    'In the repository, open Repository settings, Webhooks, Add webhook.',
    'URL: ADDRESS',
    'Secret: the value of the key secret. Triggers: Repository push; Pull request merged and declined.',
  ],
};

/** @see https://learn.microsoft.com/azure/devops/service-hooks/events#git.push */
export const azureDevOps: Sender = {
  proof: authorized,
  hints: (document) => {
    const event = textAt(document, 'eventType');
    // A merge that was tried and failed is told by the first one as well: a look finds it open.
    if (event === 'git.pullrequest.merged' || event === 'git.pullrequest.updated') {
      const isOpen = textAt(document, 'resource', 'status') === 'active';
      return isOpen ? [] : requestHint(textAt(document, 'resource', 'sourceRefName'));
    }
    if (event !== 'git.push') return [];
    const urls = addresses(at(document, 'resource', 'repository'), 'remoteUrl', 'sshUrl', 'webUrl');
    return listAt(document, 'resource', 'refUpdates').flatMap((update) => sourceHint(urls, textAt(update, 'name')));
  },
  setUp: [
    'In the project, open Project settings, Service hooks, Create subscription, Web Hooks.',
    'Trigger: Code pushed, and another one: Pull request updated. URL: ADDRESS',
    'Basic authentication username: k8sta. Basic authentication password: the value of the key secret.',
  ],
};
