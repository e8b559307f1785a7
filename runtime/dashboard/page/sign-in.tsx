/** The door: a token of the cluster, or the sign-in of the organisation. */

import { useState } from 'preact/hooks';
import type { Me } from '../protocol';
import { api, wordsOf, type Ways } from './api';
import { leaveFrom } from './route';

interface SignInProps {
  readonly ways: Ways;
  /** Whether somebody was signed in until now. */
  readonly ended: boolean;
  readonly onSignedIn: (me: Me) => void;
}

export function SignIn({ ways, ended, onSignedIn }: SignInProps) {
  const [trouble, setTrouble] = useState(() => refusalIn(location.hash));
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const token = new FormData(form).get('token');
    if (typeof token !== 'string' || token.trim() === '') return setTrouble('Paste a token first.');
    setBusy(true);
    try {
      onSignedIn(await api.signIn(token.trim()));
    } catch (error) {
      setTrouble(wordsOf(error));
      setBusy(false);
    }
  };
  return (
    <main class="door">
      <div class="card">
        <span class="roundel large" aria-hidden="true" />
        <h1>K8sTA</h1>
        <p>You see and do here what you may see and do in the cluster.</p>
        {ended && <p role="status">Your sign-in has ended. Sign in again to go on where you were.</p>}
        {ways.includes('oidc') && (
          <a class="button strong" href="/api/oidc/start" onClick={leaveFrom}>
            Sign in with your organisation
          </a>
        )}
        {ways.includes('token') && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit(event.currentTarget);
            }}
          >
            <label for="token">Kubernetes token</label>
            <input id="token" name="token" type="password" autocomplete="off" spellcheck={false} required />
            <p class="hint">
              For example of <code>kubectl create token my-account</code>. It is kept sealed in a cookie that no script
              can read.
            </p>
            <button type="submit" class="strong" disabled={busy}>
              {busy ? 'Signing in…' : 'Sign in'}
            </button>
          </form>
        )}
        {trouble !== undefined && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
      </div>
    </main>
  );
}

/** Why the organisation's sign-in was refused: the server sends whoever comes back from there to this address. */
function refusalIn(hash: string): string | undefined {
  return new URLSearchParams(hash.slice(1)).get('sign-in') ?? undefined;
}
