/** The rendered difference, application by application and file by file, side by side. */

import { useMemo, useState } from 'preact/hooks';
import type { ApplicationDiff, FileDiff, TicketDiff } from '../../protocol';
import { changedIn, folded, rowsOf, type Fold, type Line, type Row } from '../../view/difference';
import { coloursOf, type Colours } from './colour';

export interface DiffViewProps {
  readonly diff: TicketDiff;
}

/** Rows of a file that are drawn at first; the others come when they are asked for. */
const MOST_ROWS = 400;
/** Files that are open at first. */
const MOST_OPEN = 8;

export function DiffView({ diff }: DiffViewProps) {
  if (diff.applications.length === 0) return <p class="hint">Nothing changes at {diff.station}.</p>;
  let open = MOST_OPEN;
  return (
    <div class="diff">
      {diff.applications.map((application) => {
        const first = open;
        open -= application.files.length;
        return <Application key={application.application} application={application} open={Math.max(0, first)} />;
      })}
    </div>
  );
}

function Application({ application, open }: { application: ApplicationDiff; open: number }) {
  const { files, moreFiles = 0, truncated, problem, branch } = application;
  return (
    <section>
      <h3>
        {application.application} <span class="hint">branch {branch}</span>
      </h3>
      {problem !== undefined && <p class="trouble">{problem}</p>}
      {files.length === 0 && problem === undefined && <p class="hint">No file changes.</p>}
      {files.map((file, index) => (
        <File key={file.path} file={file} open={index < open} />
      ))}
      {(truncated || moreFiles > 0) && (
        <p class="hint">
          {moreFiles > 0 ? `${moreFiles} more files change and are not shown here. ` : 'Not all of it is shown here. '}
          <code>k8sta diff</code> shows everything.
        </p>
      )}
    </section>
  );
}

function File({ file, open }: { file: FileDiff; open: boolean }) {
  const [shown, setShown] = useState(open);
  const rows = useMemo(() => (file.binary === true ? [] : rowsOf(file.before, file.after)), [file]);
  const { added, removed } = useMemo(() => changedIn(rows), [rows]);
  return (
    <details open={open} onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
      <summary>
        <span class="path">{file.path}</span>{' '}
        {file.binary === true ? (
          <span class="hint">binary</span>
        ) : (
          <>
            <span class="added">+{added}</span> <span class="removed">−{removed}</span>
          </>
        )}
      </summary>
      {shown &&
        (file.binary === true ? <p class="hint">A binary file: it changes.</p> : <Table file={file} rows={rows} />)}
      {file.truncated === true && <p class="hint">The end of this file is cut off.</p>}
    </details>
  );
}

function Table({ file, rows }: { file: FileDiff; rows: readonly Row[] }) {
  const [most, setMost] = useState(MOST_ROWS);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const before = useMemo(() => coloursOf(file.before), [file]);
  const after = useMemo(() => coloursOf(file.after), [file]);
  const parts = useMemo(() => folded(rows), [rows]);
  const flat = parts.flatMap((part, index): (Row | (Fold & { index: number }))[] =>
    part.kind !== 'fold' ? [part] : opened.has(index) ? [...part.rows] : [{ ...part, index }],
  );
  return (
    <div class="sides" role="region" aria-label={`Difference of ${file.path}`} tabIndex={0}>
      <table>
        <colgroup>
          <col class="narrow" />
          <col />
          <col class="narrow" />
          <col />
        </colgroup>
        <thead class="unseen">
          <tr>
            <th>Line before</th>
            <th>Before</th>
            <th>Line after</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {flat.slice(0, most).map((row, index) =>
            row.kind === 'fold' ? (
              <tr key={index} class="fold">
                <td colSpan={4}>
                  <button type="button" class="plain" onClick={() => setOpened(new Set([...opened, row.index]))}>
                    {row.rows.length} lines that stay
                  </button>
                </td>
              </tr>
            ) : (
              <tr key={index} class={row.kind}>
                <Side line={row.before} colours={before} changed={row.kind === 'changed' ? 'removed' : ''} />
                <Side line={row.after} colours={after} changed={row.kind === 'changed' ? 'added' : ''} />
              </tr>
            ),
          )}
        </tbody>
      </table>
      {flat.length > most && (
        <button type="button" onClick={() => setMost(most * 4)}>
          Show {Math.min(flat.length - most, most * 3)} of {flat.length - most} more rows
        </button>
      )}
    </div>
  );
}

interface SideProps {
  readonly line: Line | undefined;
  readonly colours: Colours;
  readonly changed: string;
}

const Side = ({ line, colours, changed }: SideProps) =>
  line === undefined ? (
    <>
      <td class="number none" />
      <td class="none" />
    </>
  ) : (
    <>
      <td class={`number ${changed}`}>{line.number}</td>
      <td class={`text ${changed}`}>
        {colours(line).map(({ text, tone }, index) =>
          tone === undefined ? (
            text
          ) : (
            <span key={index} class={tone}>
              {text}
            </span>
          ),
        )}
      </td>
    </>
  );
