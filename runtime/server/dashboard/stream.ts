/** `GET /api/stream`: what changes, to each who looks, of what they may see. */

import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../errors';
import type { Sight } from '../../dispatch';
import type { Clock } from '../../kube';
import type { Log } from '../../log';
import { Refusal } from './answer';
import type { Access, Person } from './access';
import { Hub, type Membership, type View } from './hub';
import { listenerOn } from './listener';
import { packingFor } from './packing';
import type { Sessions } from './session';

export interface StreamOptions {
  readonly sight: Sight;
  readonly sessions: Sessions;
  readonly access: Access;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_STREAMS = 1_000;
/** How often it is asked what people may still see. */
const REVIEW_MS = 60_000;

/** One connection. */
interface Looker {
  readonly person: Person;
  readonly membership: Membership;
  readonly until: number;
  end(): void;
}

/** Namespaces in which there is anything of ours. Sorted. */
export const namespacesOf = ({ tracks, stations, tickets }: Sight): string[] =>
  [
    ...new Set([tracks, stations, tickets].flatMap((kind) => kind.list().map(({ metadata }) => metadata.namespace))),
  ].sort();

export function routeStream(app: FastifyInstance, { sight, sessions, access, clock, log }: StreamOptions): void {
  const hub = new Hub(sight, clock);
  const lookers = new Set<Looker>();

  app.get('/api/stream', async (request, reply) => {
    const { person, until = Infinity } = await sessions.of(request);
    const view = await access.view(person, namespacesOf(sight));
    if (lookers.size >= MOST_STREAMS)
      throw new Refusal(503, `${MOST_STREAMS} dashboards are open already: close some, or try again later`);
    // Gone while it was asked who they are.
    if (request.socket.destroyed) return;
    const packing = packingFor(request.headers['accept-encoding']);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...withoutUndefined(reply.getHeaders()),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Proxies that would gather it are asked not to.
      'x-accel-buffering': 'no',
      ...(packing === 'gzip' && { 'content-encoding': 'gzip' }),
      vary: 'accept-encoding',
    });
    request.socket.setNoDelay(true);
    const end = (): void => void raw.destroy();
    const looker: Looker = { person, until, end, membership: hub.join(view, listenerOn(raw, packing, clock)) };
    lookers.add(looker);
    raw.on('close', () => {
      looker.membership.leave();
      lookers.delete(looker);
    });
  });

  const look = (looker: Looker, views: Map<string, Promise<View>>): Promise<void> =>
    review(looker, views, { access, sight, clock }).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 401) looker.end();
      // What cannot be asked now is asked the next time.
      else log.debug({ error: messageOf(error) }, 'What an open dashboard may see could not be asked');
    });
  let isOver = false;
  let callOff: () => void;
  const reviewAll = async (): Promise<void> => {
    const views = new Map<string, Promise<View>>();
    await Promise.all([...lookers].map((looker) => look(looker, views)));
    if (!isOver) callOff = clock.after(REVIEW_MS, () => void reviewAll());
  };
  callOff = clock.after(REVIEW_MS, () => void reviewAll());
  const deafen = onNewNamespace(sight, () => {
    const views = new Map<string, Promise<View>>();
    for (const looker of lookers) void look(looker, views);
  });

  app.addHook('preClose', async () => {
    isOver = true;
    callOff();
    deafen();
    for (const looker of lookers) looker.end();
    hub.close();
  });
}

/** Whether somebody is still who they are, and sees what they may see. */
async function review(
  { person, membership, until }: Looker,
  views: Map<string, Promise<View>>,
  { access, sight, clock }: Pick<StreamOptions, 'access' | 'sight' | 'clock'>,
): Promise<void> {
  if (clock.now() >= until) throw new Refusal(401, 'the sign-in has ended');
  const view = views.get(person.id) ?? access.view(person, namespacesOf(sight));
  views.set(person.id, view);
  membership.move(await view);
}

/** Calls when an object comes that is in a namespace where there was none. */
function onNewNamespace(sight: Sight, call: () => void): () => void {
  const known = new Set(namespacesOf(sight));
  const ends = [sight.tracks, sight.stations, sight.tickets].map((kind) =>
    kind.onChange((key) => {
      const namespace = key.slice(0, key.indexOf('/'));
      if (known.has(namespace)) return;
      known.add(namespace);
      call();
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

const withoutUndefined = (headers: Record<string, string | number | string[] | undefined>) =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));
