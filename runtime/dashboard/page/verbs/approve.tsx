/** Approval: yes to exactly the change that is shown, and to no other. */

import { useState } from 'preact/hooks';
import type { TicketDiff } from '../../protocol';
import { Diff } from '../diff/lazy';
import { Dialog, Trouble } from './act';
import type { Permission } from './rights';
import { useVerb } from './verb';

interface ApproveProps {
  readonly namespace: string;
  readonly ticket: string;
  readonly station: string;
  readonly permission: Permission;
}

export function Approve({ namespace, ticket, station, permission }: ApproveProps) {
  const [open, setOpen] = useState(false);
  const [diff, setDiff] = useState<TicketDiff>();
  const { busy, trouble, perform } = useVerb();
  const digest = diff?.station === station ? diff.digest : undefined;
  const ready = permission.allowed && digest !== undefined && !busy;
  const approve = (): void => {
    if (ready) void perform({ verb: 'approve', namespace, ticket, station, digest }, () => setOpen(false));
  };
  return (
    <div class="act">
      <button type="button" class="strong" onClick={() => setOpen(true)}>
        Review and approve
      </button>
      {open && (
        <Dialog title={`${ticket} before ${station}`} wide onClose={() => setOpen(false)}>
          <div class="review">
            <Diff namespace={namespace} ticket={ticket} onLoaded={setDiff} />
          </div>
          {diff !== undefined && digest === undefined && (
            <p class="trouble">Nothing stands to be approved here just now: the change is still being worked out.</p>
          )}
          <Trouble words={trouble} />
          <div class="buttons">
            {!permission.allowed && <span class="why">{permission.reason ?? 'You may not approve here.'}</span>}
            <button type="button" onClick={() => setOpen(false)}>
              Not now
            </button>
            <button type="button" class="strong" aria-disabled={!ready} onClick={approve}>
              {busy ? 'Approving…' : `Approve for ${station}`}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
