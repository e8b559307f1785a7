/** The difference that a ticket makes: fetched, and drawn by code that is loaded when the first one is looked at. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TicketDiff } from '../../protocol';
import { api, wordsOf } from '../api';
import type { DiffViewProps } from './diff-view';

interface DiffProps {
  readonly namespace: string;
  readonly ticket: string;
  /** Asked for anew when this changes. */
  readonly version?: string;
  readonly onLoaded?: (diff: TicketDiff) => void;
}

export function Diff({ namespace, ticket, version = '', onLoaded }: DiffProps) {
  const [loaded, setLoaded] = useState<{ diff: TicketDiff; View: ComponentType<DiffViewProps> }>();
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    let current = true;
    setTrouble(undefined);
    Promise.all([api.diff(namespace, ticket), import('./diff-view')]).then(
      ([diff, { DiffView }]) => {
        if (!current) return;
        setLoaded({ diff, View: DiffView });
        onLoaded?.(diff);
      },
      (error: unknown) => current && setTrouble(wordsOf(error)),
    );
    return () => {
      current = false;
    };
  }, [namespace, ticket, version]);
  if (trouble !== undefined) return <p class="trouble">{trouble}</p>;
  if (loaded === undefined) return <p class="hint">Working out what would change…</p>;
  return <loaded.View diff={loaded.diff} />;
}
