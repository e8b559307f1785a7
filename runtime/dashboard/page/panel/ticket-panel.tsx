/** A ticket: its journey punched stamp by stamp, what it waits for, what it would change, and where it comes from. */

import { describeTicket } from '../../../../lib/api/words';
import { hasEnded } from '../../../../lib/api/reasons';
import { useState } from 'preact/hooks';
import type { StreamedTicket } from '../../protocol';
import { journeyOf, lineageOf, type Leg } from '../../view/journey';
import { countdown } from '../../view/station';
import { moment, placeOf, toneOf } from '../../view/words';
import { keyOf, type World } from '../../view/world';
import { useNow } from '../context';
import { Diff } from '../diff/lazy';
import { addressTo } from '../route';
import { Act, Trouble } from '../verbs/act';
import { Approve } from '../verbs/approve';
import { useRights, type Permissions } from '../verbs/rights';
import { Commit, Since, useWhole } from './parts';

interface TicketPanelProps {
  readonly ticket: StreamedTicket;
  readonly world: World;
}

export function TicketPanel({ ticket, world }: TicketPanelProps) {
  const { namespace, name, creationTimestamp } = ticket.metadata;
  const { whole, trouble } = useWhole('tickets', ticket.metadata);
  const links = whole?.links.commits;
  const { track, origin } = ticket.spec;
  return (
    <div class="subject">
      <article class={`paper ${toneOf(ticket)}`}>
        <header>
          <p class="kind">
            Ticket
            {track !== undefined && (
              <>
                {' on '}
                <a href={addressTo('track', keyOf({ namespace, name: track }))}>{track}</a>
              </>
            )}{' '}
            in {namespace}
          </p>
          <h2>{describeTicket(ticket)}</h2>
          <p class="serial">
            {name} {placeOf(ticket)}
            {creationTimestamp !== undefined && (
              <>
                {' · made '}
                <Since time={creationTimestamp} />
                {origin?.person !== undefined && ` by ${origin.person}`}
              </>
            )}
          </p>
        </header>
        <ol class="journey">
          {journeyOf(ticket, world).map((leg, index) => (
            <Punch key={index} leg={leg} namespace={namespace} links={links} />
          ))}
        </ol>
      </article>
      <Waiting ticket={ticket} />
      <Trouble words={trouble} />
      <Verbs ticket={ticket} />
      <Difference ticket={ticket} />
      <Lineage ticket={ticket} world={world} />
    </div>
  );
}

interface PunchProps {
  readonly leg: Leg;
  readonly namespace: string;
  readonly links: Readonly<Record<string, string>> | undefined;
}

function Punch({ leg, namespace, links }: PunchProps) {
  const { station, state, tone, result, arrived, departed, took, message, commits, approvals, children } = leg;
  return (
    <li class={`${state} ${tone}`}>
      <span class="hole" aria-hidden="true" />
      <div>
        <a class="station" href={addressTo('station', keyOf({ namespace, name: station }))}>
          {station}
        </a>{' '}
        {result !== undefined && <span class="result">{result}</span>}
        {state === 'ahead' && <span class="unseen">ahead</span>}
        <span class="times">
          {departed !== undefined ? moment(departed) : arrived !== undefined ? `since ${moment(arrived)}` : ''}
          {took !== undefined && ` · took ${took}`}
          {approvals.length > 0 && ` · approved by ${[...new Set(approvals.map(({ by }) => by))].join(', ')}`}
          {commits.slice(0, 3).map(({ application, commit }) => (
            <span key={application}>
              {' · '}
              <Commit sha={commit} links={links} />
            </span>
          ))}
          {commits.length > 3 && ` and ${commits.length - 3} more`}
        </span>
        {state === 'passed' && message !== undefined && <span class="words">{message}</span>}
        {children.length > 0 && (
          <span class="times">
            branched off to{' '}
            {children
              .map(({ track, skipped }) => (skipped === undefined ? track : `${track} (not: ${skipped})`))
              .join(', ')}
          </span>
        )}
      </div>
    </li>
  );
}

function Waiting({ ticket }: { ticket: StreamedTicket }) {
  const now = useNow();
  const { waiting, failure, entry } = ticket.status ?? {};
  if (failure !== undefined) {
    return (
      <section class="waits bad">
        <h3>Why it failed</h3>
        <p>{failure.message}</p>
        <p class="hint">{failure.reason}</p>
      </section>
    );
  }
  if (waiting === undefined || hasEnded(ticket.status)) return null;
  return (
    <section class={`waits ${toneOf(ticket)}`}>
      <h3>What it waits for</h3>
      <p>{waiting.message}</p>
      <p class="hint">
        {waiting.reason}, since <Since time={waiting.since} />
        {waiting.until !== undefined && (
          <span title={moment(waiting.until)}>, ends {countdown(waiting.until, now)}</span>
        )}
      </p>
      {entry?.voided !== undefined && <p class="trouble">{entry.voided}</p>}
      {entry?.failure !== undefined && <p class="trouble">It would fail there: {entry.failure.message}</p>}
    </section>
  );
}

function Verbs({ ticket }: { ticket: StreamedTicket }) {
  const { namespace, name } = ticket.metadata;
  const permissions = useRights(namespace, {
    station: ticket.status?.station ?? '',
    track: ticket.spec.track ?? '',
    on: 'Ticket',
  });
  const { phase } = ticket.status ?? {};
  if (!hasEnded(ticket.status)) return <Riding ticket={ticket} permissions={permissions} />;
  if (phase !== 'Failed' && phase !== 'Aborted') return null;
  return (
    <section class="verbs" aria-label="What you can do">
      <Act
        label="Try again"
        tone="strong"
        permission={permissions('retry')}
        request={{ verb: 'retry', namespace, ticket: name }}
        confirm={{ title: `Try ${name} again?`, words: 'A new ticket with the same change boards its track.' }}
      />
    </section>
  );
}

function Riding({ ticket, permissions }: { ticket: StreamedTicket; permissions: Permissions }) {
  const { namespace, name } = ticket.metadata;
  const { station = '', waiting } = ticket.status ?? {};
  const target = { kind: 'Ticket', namespace, name } as const;
  // The very wait that the person has seen, and no later one.
  const seen = waiting?.resume;
  return (
    <section class="verbs" aria-label="What you can do">
      {waiting?.reason === 'Approval' && (
        <Approve namespace={namespace} ticket={name} station={station} permission={permissions('approve')} />
      )}
      {(ticket.spec.hold || seen !== undefined) && (
        <Act
          label="Resume"
          tone="strong"
          permission={permissions('resume')}
          request={{ verb: 'resume', target, ...(seen === undefined ? {} : { seen }) }}
        />
      )}
      {!ticket.spec.hold && <Act label="Hold" permission={permissions('hold')} request={{ verb: 'hold', target }} />}
      <Act
        label="Abort"
        tone="danger"
        permission={permissions('abort')}
        request={{ verb: 'abort', namespace, ticket: name }}
        confirm={{
          title: `Abort ${name}?`,
          words: 'It ends where it is, for good. What it has brought to stations stays there.',
        }}
      />
    </section>
  );
}

function Difference({ ticket }: { ticket: StreamedTicket }) {
  const [shown, setShown] = useState(false);
  const { namespace, name } = ticket.metadata;
  const { diffs = [], digest, message } = ticket.status?.entry ?? {};
  if (ticket.status?.phase === undefined) return null;
  return (
    <section>
      <h3>What it changes</h3>
      {diffs.length > 0 && (
        <ul class="summary">
          {diffs.map(({ application, summary }) => (
            <li key={application}>
              {application.slice(application.indexOf('/') + 1)}: {summary}
            </li>
          ))}
        </ul>
      )}
      {message !== undefined && <p class="hint">{message}</p>}
      {shown ? (
        <Diff namespace={namespace} ticket={name} version={digest ?? ''} />
      ) : (
        <button type="button" onClick={() => setShown(true)}>
          Show the difference
        </button>
      )}
    </section>
  );
}

function Lineage({ ticket, world }: TicketPanelProps) {
  const lineage = lineageOf(ticket, world);
  const { subscription, after } = ticket.spec.origin ?? {};
  if (lineage.length === 0 && subscription === undefined) return null;
  return (
    <section>
      <h3>Where it comes from</h3>
      <ul class="lineage">
        {subscription !== undefined && (
          <li>
            subscription {subscription}
            {after !== undefined && <span class="hint">{after === '' ? ', its first' : ` after ${after}`}</span>}
          </li>
        )}
        {lineage.map(({ words, key }) => (
          <li key={`${words} ${key}`}>
            {words} <a href={addressTo('ticket', key)}>{key.slice(key.indexOf('/') + 1)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
