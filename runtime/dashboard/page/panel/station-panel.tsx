/** A station: what it shows, how it is, who is there, its gates, and every arrival that one can go back to. */

import { shortRepository } from '../../../../lib/api/words';
import type { StationHistory } from '../../../../lib/api';
import { useEffect, useState } from 'preact/hooks';
import type { Authors, StreamedStation, WindowNow } from '../../protocol';
import { countdown, gatesOf, healthTone, shownAt, ticketsAt, worstHealth, type Shown } from '../../view/station';
import { moment } from '../../view/words';
import { keyOf, type World } from '../../view/world';
import { api } from '../api';
import { useNow } from '../context';
import { addressTo } from '../route';
import { Act, Trouble } from '../verbs/act';
import { useRights, type Permissions } from '../verbs/rights';
import { By, Commit, Since, useWhole } from './parts';
import { TicketRows } from './ticket-rows';

interface StationPanelProps {
  readonly station: StreamedStation;
  readonly world: World;
}

type AuthorsBySha = Authors['commits'];
type Links = Readonly<Record<string, string>> | undefined;

export function StationPanel({ station, world }: StationPanelProps) {
  const { namespace, name } = station.metadata;
  const now = useNow();
  const { whole, trouble } = useWhole('stations', station.metadata, ({ windows }) =>
    windows.some(({ until }) => until !== undefined && Date.parse(until) <= now),
  );
  const authors = useAuthors(station);
  const permissions = useRights(namespace, { station: name, on: 'Station' });
  const links = whole?.links.commits;
  return (
    <div class="subject station">
      <p class="kind">Station in {namespace}</p>
      <h2>{name}</h2>
      <Facts station={station} world={world} />
      <Trouble words={trouble} />
      <section>
        <h3>Shows</h3>
        {station.spec.applications.length === 0 && <p class="hint">A junction alone: it deploys nothing itself.</p>}
        {shownAt(whole?.resource ?? station, world).map((shown) => (
          <Application key={shown.application} shown={shown} links={links} authors={authors} />
        ))}
      </section>
      <TicketRows title="Here" tickets={ticketsAt(station.metadata, world)} waits />
      <Gates station={station} world={world} windows={whole?.windows} />
      <section class="verbs" aria-label="What you can do here">
        <Holding station={station} permissions={permissions} />
      </section>
      <History
        station={station}
        history={whole?.resource.status?.history ?? station.status?.history ?? []}
        world={world}
        links={links}
        permissions={permissions}
      />
    </div>
  );
}

function Facts({ station, world }: StationPanelProps) {
  const { holdBy, haltBy, history } = station.status ?? {};
  const health = worstHealth(station, world);
  const since = history?.[0]?.time;
  return (
    <p class="facts">
      {health !== undefined && <span class={`pill ${healthTone(health)}`}>{health}</span>}
      {!station.spec.enabled && <span class="pill calm">disabled</span>}
      {station.spec.hold && <span class="pill asks">held</span>}
      {holdBy !== undefined && <span class="pill asks">held by {holdBy.ticket}</span>}
      {haltBy !== undefined && <span class="pill bad">halted by {haltBy.ticket}</span>}
      {since !== undefined && (
        <span class="hint">
          shows this since <Since time={since} />
        </span>
      )}
    </p>
  );
}

/** Who made what it shows: asked for beside the rest, because Git may take its time, and done without where it does not answer. */
function useAuthors({ metadata: { namespace, name }, status }: StreamedStation): AuthorsBySha {
  const [authors, setAuthors] = useState<AuthorsBySha>({});
  const sources = (status?.states ?? []).map(({ base, overlay }) => `${base} ${overlay}`).join();
  useEffect(() => {
    let current = true;
    api.authors(namespace, name).then(
      ({ commits }) => current && setAuthors(commits),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [namespace, name, sources]);
  return authors;
}

interface ApplicationProps {
  readonly shown: Shown;
  readonly links: Links;
  readonly authors: AuthorsBySha;
}

function Application({ shown, links, authors }: ApplicationProps) {
  const { application, images, charts, base, overlay, commit, branch, health, sync } = shown;
  return (
    <div class="application">
      <h4>
        {application.slice(application.indexOf('/') + 1)}
        {health !== undefined && <span class={`pill ${healthTone(health)}`}>{health}</span>}
        {sync !== undefined && sync !== 'Synced' && <span class="pill busy">{sync}</span>}
      </h4>
      {commit === undefined ? (
        <p class="hint">Nothing arrived yet.</p>
      ) : (
        <dl>
          {images.map(({ repoURL, version, digest }) => (
            <div key={repoURL}>
              <dt title={repoURL}>{shortRepository(repoURL)}</dt>
              <dd title={digest ?? ''} class="version">
                {version}
              </dd>
            </div>
          ))}
          {charts.map((chart) => (
            <div key={chart}>
              <dt>chart</dt>
              <dd class="version">{chart}</dd>
            </div>
          ))}
          {base !== undefined && (
            <div>
              <dt>base</dt>
              <dd>
                <Commit sha={base} links={links} />
                <By author={authors[base]} />
              </dd>
            </div>
          )}
          {overlay !== undefined && (
            <div>
              <dt>overlay</dt>
              <dd>
                <Commit sha={overlay} links={links} />
                <By author={authors[overlay]} />
              </dd>
            </div>
          )}
          <div>
            <dt>{branch}</dt>
            <dd>
              <Commit sha={commit} links={links} />
            </dd>
          </div>
        </dl>
      )}
    </div>
  );
}

function Gates({
  station,
  world,
  windows,
}: StationPanelProps & { readonly windows: readonly WindowNow[] | undefined }) {
  const now = useNow();
  const first = ticketsAt(station.metadata, world)[0];
  const gates = gatesOf(station, first, windows);
  if (gates.length === 0) return null;
  return (
    <section>
      <h3>Gates</h3>
      <ul class="gates">
        {gates.map(({ name, words, until, state }, index) => (
          <li key={index} class={state}>
            <strong>{name}</strong> {words}
            {state === 'shut' && until === undefined && <span class="pill asks">shut</span>}
            {state === 'open' && until === undefined && <span class="pill good">open</span>}
            {until !== undefined && (
              <span class={`pill ${state === 'open' ? 'good' : 'busy'}`} title={moment(until)}>
                {state === 'open' ? 'open, shuts' : 'opens'} {countdown(until, now)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Holding({ station, permissions }: { station: StreamedStation; permissions: Permissions }) {
  const { namespace, name } = station.metadata;
  const target = { kind: 'Station', namespace, name } as const;
  const stopped = station.spec.hold || station.status?.holdBy !== undefined || station.status?.haltBy !== undefined;
  return stopped ? (
    <Act label="Resume" permission={permissions('resume')} request={{ verb: 'resume', target }} tone="strong" />
  ) : (
    <Act
      label="Hold"
      permission={permissions('hold')}
      request={{ verb: 'hold', target }}
      confirm={{ title: `Hold ${name}?`, words: `Nothing but a rollback takes ${name} until somebody resumes it.` }}
    />
  );
}

interface HistoryProps {
  readonly station: StreamedStation;
  readonly history: readonly StationHistory[];
  readonly world: World;
  readonly links: Links;
  readonly permissions: Permissions;
}

function History({ station, history, world, links, permissions }: HistoryProps) {
  const { namespace, name } = station.metadata;
  if (history.length === 0) return null;
  return (
    <section>
      <h3>Arrivals</h3>
      {history.length > 1 && !permissions('rollback').allowed && <p class="hint">{permissions('rollback').reason}</p>}
      <ol class="history">
        {history.map((entry, index) => {
          const ticket = world.tickets.get(keyOf({ namespace, name: entry.ticket }));
          const approvals = ticket?.status?.stamps?.findLast((stamp) => stamp.station === name)?.approvals ?? [];
          return (
            <li key={`${entry.uid} ${entry.time}`} class={index === 0 ? 'present' : ''}>
              <div>
                <strong>{entry.change ?? entry.ticket}</strong>{' '}
                <span class="hint">
                  <Since time={entry.time} />
                </span>
              </div>
              <div class="hint">
                <a href={addressTo('ticket', keyOf({ namespace, name: entry.ticket }))}>{entry.ticket}</a>
                {approvals.length > 0 && ` · approved by ${approvals.map(({ by }) => by).join(', ')}`}
                {entry.commits.slice(0, 4).map(({ application, commit }) => (
                  <span key={application}>
                    {' · '}
                    <Commit sha={commit} links={links} />
                  </span>
                ))}
                {entry.commits.length > 4 && ` and ${entry.commits.length - 4} more`}
              </div>
              {index === 0 ? (
                <span class="pill good">what it shows now</span>
              ) : (
                <Act
                  label="Roll back to this"
                  tone="danger"
                  explained
                  permission={permissions('rollback')}
                  request={{ verb: 'rollback', namespace, station: name, to: entry.ticket }}
                  confirm={{
                    title: `Roll ${name} back?`,
                    words: `${name} goes back to ${entry.change ?? 'the state'} of ${moment(entry.time)}, and is held there until somebody resumes it.`,
                  }}
                />
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
