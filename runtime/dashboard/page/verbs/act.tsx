/** Buttons that do something to the cluster: off where the API server would refuse, and asking twice where it hurts. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { VerbRequest } from '../../protocol';
import type { Permission } from './rights';
import { useVerb } from './verb';

interface ActProps {
  readonly label: string;
  readonly permission: Permission;
  readonly request: VerbRequest;
  /** What is asked before it is done; nothing is asked where this is absent. */
  readonly confirm?: { readonly title: string; readonly words: string };
  readonly tone?: 'strong' | 'danger' | 'plain';
  /** The reason of a refusal is on the page already; it is only read out. */
  readonly explained?: boolean;
}

export function Act({ label, permission, request, confirm, tone = 'plain', explained = false }: ActProps) {
  const [asking, setAsking] = useState(false);
  const { busy, trouble, perform } = useVerb();
  const [said, setSaid] = useState<string>();
  const reason = useId();
  const act = (): void => {
    setSaid(undefined);
    void perform(request, ({ says }) => {
      setSaid(says);
      setAsking(false);
    });
  };
  return (
    <div class="act">
      <button
        type="button"
        class={tone}
        aria-disabled={!permission.allowed || busy}
        {...(permission.allowed ? {} : { 'aria-describedby': reason })}
        onClick={() => {
          if (!permission.allowed || busy) return;
          if (confirm === undefined) act();
          else setAsking(true);
        }}
      >
        {label}
      </button>
      {!permission.allowed && (
        <span class={explained ? 'unseen' : 'why'} id={reason}>
          {permission.reason ?? 'You may not do this here.'}
        </span>
      )}
      <span class="why" role="status">
        {said}
      </span>
      {confirm === undefined && <Trouble words={trouble} />}
      {confirm !== undefined && asking && (
        <Dialog title={confirm.title} onClose={() => setAsking(false)}>
          <p>{confirm.words}</p>
          <Trouble words={trouble} />
          <div class="buttons">
            <button type="button" onClick={() => setAsking(false)}>
              Leave it as it is
            </button>
            <button type="button" class={tone} aria-disabled={busy} onClick={() => void (busy || act())}>
              {busy ? 'Doing it…' : label}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** The server's own words. */
export const Trouble = ({ words }: { words: string | undefined }) =>
  words === undefined ? null : (
    <p class="trouble" role="alert">
      {words}
    </p>
  );

interface DialogProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** In front of everything, with the focus in it until it is closed. */
export function Dialog({ title, wide = false, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog ref={element} class={wide ? 'wide' : ''} aria-labelledby={heading} onClose={onClose}>
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" class="plain close" aria-label="Close" onClick={() => element.current?.close()}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}
