/** Pull requests on the real forge: what every forge has to do for us. */

import { createForges } from '../../runtime/forge';
import { conforms } from '../conformance/forge/suite';
import { eventually } from '../waiting';
import { ask, Repository } from './people';
import { realStack } from './stack';

const stack = realStack();
const { forge } = stack;
const WRONG = 'a-token-that-nobody-has-given-to-us';
const secretName = 'k8sta-system/forge';

const DO = { Merge: 'merge', Squash: 'squash', Rebase: 'rebase' } as const;
const STATES = { Pending: 'pending', Passed: 'success', Failed: 'failure' } as const;

conforms('Gitea', async () => {
  const repository = await Repository.create('requests', { 'README.md': 'requests\n' });
  const { username, password } = forge;
  const path = `/api/v1/repos/${repository.path}`;
  return {
    repoURL: repository.url,
    forges: createForges({ credentials: async () => ({ kind: 'gitea', username, password, secretName }) }),
    strangers: createForges({ credentials: async () => ({ kind: 'gitea', password: WRONG, secretName }) }),
    wrongToken: WRONG,
    branch: async (name, files, onto) => {
      if (onto === undefined) return repository.commit(name, files);
      const base = await repository.head(onto);
      // For a moment after its first push the forge takes a repository for empty.
      await eventually('the branch is made', () =>
        ask(stack, 'POST', `${path}/branches`, { new_branch_name: name, old_ref_name: base }),
      );
      return repository.commit(name, files);
    },
    head: (branch) => repository.head(branch),
    merge: async (id, method) => {
      await ask(stack, 'POST', `${path}/pulls/${id}/merge`, { Do: DO[method] });
    },
    close: async (id) => {
      await ask(stack, 'PATCH', `${path}/pulls/${id}`, { state: 'closed' });
    },
    notes: async (id) => {
      const text = await ask(stack, 'GET', `${path}/issues/${id}/comments`);
      return (JSON.parse(text) as readonly { readonly body: string }[]).map(({ body }) => body);
    },
    texts: async (id) => JSON.parse(await ask(stack, 'GET', `${path}/pulls/${id}`)) as { title: string; body: string },
    statuses: async (commit) => {
      const said = JSON.parse(await ask(stack, 'GET', `${path}/commits/${commit}/statuses`)) as readonly {
        readonly id: number;
        readonly status: string;
        readonly description: string;
      }[];
      const oldestFirst = [...said].sort((one, other) => one.id - other.id);
      return oldestFirst.map(({ status, description }) => ({
        state: status === 'success' ? 'Passed' : 'Failed',
        description,
      }));
    },
    check: async (commit, state) => {
      await ask(stack, 'POST', `${path}/statuses/${commit}`, { state: STATES[state], context: 'ci' });
    },
  };
});
