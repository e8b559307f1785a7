/** Boarding by hand: a ticket for a change that no subscription brought. */

import { useState } from 'preact/hooks';
import type { Change, Subscription } from '../../../../lib/api';
import { goTo } from '../route';
import { Dialog, Trouble } from './act';
import type { Permission } from './rights';
import { useVerb } from './verb';

interface BoardProps {
  readonly namespace: string;
  readonly track: string;
  readonly subscriptions: readonly Subscription[];
  readonly permission: Permission;
}

export function BoardByHand({ namespace, track, subscriptions, permission }: BoardProps) {
  const [open, setOpen] = useState(false);
  return (
    <div class="act">
      <button
        type="button"
        aria-disabled={!permission.allowed}
        onClick={() => {
          if (permission.allowed) setOpen(true);
        }}
      >
        Board a ticket by hand
      </button>
      {!permission.allowed && <span class="why">{permission.reason ?? 'You may not do this here.'}</span>}
      {open && (
        <Dialog title={`Board a ticket on ${track}`} onClose={() => setOpen(false)}>
          <Form namespace={namespace} track={track} subscriptions={subscriptions} onClose={() => setOpen(false)} />
        </Dialog>
      )}
    </div>
  );
}

type FormProps = Omit<BoardProps, 'permission'> & { readonly onClose: () => void };

function Form({ namespace, track, subscriptions, onClose }: FormProps) {
  const [chosen, setChosen] = useState(subscriptions[0]?.name ?? '');
  const { busy, trouble, setTrouble, perform } = useVerb();
  const subscription = subscriptions.find(({ name }) => name === chosen);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const fields = new FormData(form);
    const field = (name: string): string => {
      const value = fields.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const change = changeOf(subscription, field);
    if (change === undefined) return setTrouble('Say what the ticket carries: a version, or a full commit.');
    await perform({ verb: 'board', namespace, track, change }, ({ resources }) => {
      onClose();
      const made = resources.find(({ kind }) => kind === 'Ticket');
      if (made !== undefined) goTo({ subject: 'ticket', namespace, name: made.metadata.name });
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {subscriptions.length > 0 && (
        <label>
          What
          <select value={chosen} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {subscriptions.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
            <option value="">another image</option>
          </select>
        </label>
      )}
      {subscription === undefined && (
        <label>
          Image, without tag
          <input name="image" required placeholder="ghcr.io/acme/web" spellcheck={false} />
        </label>
      )}
      {subscription?.source === undefined ? (
        <label>
          {subscription?.chart === undefined ? 'Tag' : 'Version'}
          <input name="version" required placeholder="1.4.0" spellcheck={false} autocomplete="off" />
        </label>
      ) : (
        <label>
          Commit of {subscription.source.repoURL}
          <input name="commit" required pattern="[0-9a-f]{40}|[0-9a-f]{64}" title="the full SHA" spellcheck={false} />
        </label>
      )}
      <Trouble words={trouble} />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Not now
        </button>
        <button type="submit" class="strong" aria-disabled={busy}>
          {busy ? 'Boarding…' : 'Board'}
        </button>
      </div>
    </form>
  );
}

function changeOf(subscription: Subscription | undefined, field: (name: string) => string): Change | undefined {
  const version = field('version');
  if (subscription?.source !== undefined) {
    const commit = field('commit');
    return commit === '' ? undefined : { sources: [{ repoURL: subscription.source.repoURL, commit }] };
  }
  if (version === '') return undefined;
  if (subscription?.chart !== undefined) {
    const { repoURL, name } = subscription.chart;
    return { charts: [{ repoURL, name, version }] };
  }
  const repositories = subscription?.images?.repositories ?? [field('image')];
  if (repositories.some((repoURL) => repoURL === '')) return undefined;
  return { images: repositories.map((repoURL) => ({ repoURL, tag: version })) };
}
