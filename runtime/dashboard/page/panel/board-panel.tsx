/** The departure board: who asks for a person, who rides, and who came through lately. */

import { useMemo } from 'preact/hooks';
import { boardOf, type Row } from '../../view/board';
import type { World } from '../../view/world';
import { addressTo } from '../route';
import { Since } from './parts';

export function BoardPanel({ world }: { world: World }) {
  const { asking, riding, ended } = useMemo(() => boardOf(world), [world.tickets]);
  return (
    <div class="board">
      <Section title="Waiting for you" rows={asking} />
      <Section title="Under way" rows={riding} none={asking.length === 0 ? 'Nothing is under way.' : undefined} />
      <Section title="Lately" rows={ended} />
    </div>
  );
}

/** Rows of a section that are drawn; a cluster can have thousands. */
const MOST_ROWS = 100;

function Section({ title, rows, none }: { title: string; rows: readonly Row[]; none?: string | undefined }) {
  if (rows.length === 0 && none === undefined) return null;
  return (
    <section>
      <h2>
        {title} {rows.length > 0 && <span class="count">{rows.length}</span>}
      </h2>
      {rows.length === 0 ? (
        <p class="hint">{none}</p>
      ) : (
        <ul class="rows">
          {rows.slice(0, MOST_ROWS).map((row) => (
            <li key={row.key} class={row.tone}>
              <a href={addressTo('ticket', row.key)}>
                <span class="what">{row.change === '' ? row.name : row.change}</span>
                <span class="when">{row.since !== undefined && <Since time={row.since} />}</span>
                <span class="who">
                  {row.name} {row.place}
                </span>
                {row.words !== '' && <span class="words">{row.words}</span>}
              </a>
            </li>
          ))}
        </ul>
      )}
      {rows.length > MOST_ROWS && <p class="hint">and {rows.length - MOST_ROWS} more; the search above finds them</p>}
    </section>
  );
}
