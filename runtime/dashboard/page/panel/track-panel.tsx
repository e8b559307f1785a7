/** A track: its stations, what its subscriptions last saw and chose, and who rides it. */

import { shortCommit, shortRepository, shortVersion } from '../../../../lib/api/words';
import { hasEnded } from '../../../../lib/api/reasons';
import type { Subscription, SubscriptionStatus } from '../../../../lib/api';
import type { StreamedTrack } from '../../protocol';
import { keyOf, type World } from '../../view/world';
import { addressTo } from '../route';
import { Act } from '../verbs/act';
import { BoardByHand } from '../verbs/board';
import { useRights } from '../verbs/rights';
import { Since } from './parts';
import { TicketRows } from './ticket-rows';

interface TrackPanelProps {
  readonly track: StreamedTrack;
  readonly world: World;
}

export function TrackPanel({ track, world }: TrackPanelProps) {
  const { namespace, name } = track.metadata;
  const permissions = useRights(namespace, { track: name, on: 'Track' });
  const target = { kind: 'Track', namespace, name } as const;
  const riding = [...world.tickets.values()].filter(
    (ticket) => ticket.metadata.namespace === namespace && ticket.spec.track === name && !hasEnded(ticket.status),
  );
  const ready = track.status?.conditions?.find(({ type }) => type === 'Ready');
  return (
    <div class="subject">
      <p class="kind">Track in {namespace}</p>
      <h2>{name}</h2>
      <p class="facts">
        {!track.spec.enabled && <span class="pill calm">disabled</span>}
        {track.spec.hold && <span class="pill asks">held</span>}
        <span class="hint">
          {track.spec.service === 'Latest' ? 'waiting tickets couple' : 'every ticket rides to the end'}
        </span>
      </p>
      {ready?.status === 'False' && <p class="trouble">{ready.message}</p>}
      <section>
        <h3>Stations</h3>
        <ol class="stations">
          {track.spec.stations.map((stop) => (
            <li key={stop.name}>
              <a href={addressTo('station', keyOf({ namespace, name: stop.name }))}>{stop.name}</a>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h3>Subscriptions</h3>
        {track.spec.subscriptions.length === 0 && (
          <p class="hint">None: tickets come from a junction, or are boarded by hand.</p>
        )}
        {track.spec.subscriptions.map((subscription) => (
          <Seen
            key={subscription.name}
            subscription={subscription}
            status={track.status?.subscriptions?.find((each) => each.name === subscription.name)}
          />
        ))}
      </section>
      <TicketRows title="On it now" tickets={riding} />
      <section class="verbs" aria-label="What you can do here">
        {track.spec.hold ? (
          <Act label="Resume" tone="strong" permission={permissions('resume')} request={{ verb: 'resume', target }} />
        ) : (
          <Act
            label="Hold"
            permission={permissions('hold')}
            request={{ verb: 'hold', target }}
            confirm={{
              title: `Hold ${name}?`,
              words: 'Nothing boards, and its tickets take no station, until somebody resumes it.',
            }}
          />
        )}
        <BoardByHand
          namespace={namespace}
          track={name}
          subscriptions={track.spec.subscriptions}
          permission={permissions('board')}
        />
      </section>
    </div>
  );
}

const subjectOf = ({ images, chart, source }: Subscription): string => {
  if (images !== undefined) return images.repositories.map(shortRepository).join(', ');
  if (chart !== undefined) return `chart ${chart.name}`;
  return source === undefined ? '' : `${shortRepository(source.repoURL)}, branch ${source.branch}`;
};

const versionsOf = (seen: SubscriptionStatus['seen']): string =>
  [
    ...(seen?.images ?? []).map((image) => `${shortRepository(image.repoURL)} ${shortVersion(image)}`),
    ...(seen?.chart === undefined ? [] : [`${seen.chart.name} ${seen.chart.version}`]),
    ...(seen?.commit === undefined ? [] : [shortCommit(seen.commit)]),
  ].join(', ');

function Seen({ subscription, status }: { subscription: Subscription; status: SubscriptionStatus | undefined }) {
  return (
    <div class="application">
      <h4>
        {subscription.name} <span class="hint">{subjectOf(subscription)}</span>
      </h4>
      {status === undefined ? (
        <p class="hint">It has not looked yet.</p>
      ) : (
        <dl>
          <div>
            <dt>chose</dt>
            <dd class="version">{versionsOf(status.seen) || 'nothing'}</dd>
          </div>
          <div>
            <dt>ticketed</dt>
            <dd class="version">{versionsOf(status.ticketed) || 'nothing'}</dd>
          </div>
          {status.seen?.created !== undefined && (
            <div>
              <dt>built</dt>
              <dd>
                <Since time={status.seen.created} />
              </dd>
            </div>
          )}
        </dl>
      )}
      {status?.choice !== undefined && <p>{status.choice}</p>}
      {status?.problem !== undefined && <p class="trouble">{status.problem}</p>}
    </div>
  );
}
