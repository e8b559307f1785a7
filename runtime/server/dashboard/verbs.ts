/** `POST /api/verbs`: what people do, written as they themselves would write it. */

import type { FastifyInstance } from 'fastify';
import type { Kind, Station, Ticket, Track } from '../../../lib/api';
import type { VerbAnswer, VerbRequest } from '../../dashboard/protocol';
import type { Answer, KubeObject } from '../../kube';
import type { Log } from '../../log';
import { resourceOf, TICKETS } from '../../resources';
import { abort, approve, board, hold, resume, retry, rollback, type Word, type Write } from '../../verbs';
import { Refusal } from './answer';
import type { Person } from './access';
import { gone, type Ours, read, refusalOf, withoutManagers } from './read';
import type { Sessions } from './session';
import { BODY } from './verb-body';

export interface VerbsOptions {
  readonly sessions: Sessions;
  /** Ends the names of tickets that people make; another one each time. */
  readonly suffix: () => string;
  readonly log: Log;
}

/** How often it is looked at anew where somebody else has written in between. */
const ATTEMPTS = 4;

export function routeVerbs(app: FastifyInstance, { sessions, suffix, log }: VerbsOptions): void {
  app.post<{ Body: VerbRequest }>('/api/verbs', { schema: { body: BODY } }, async (request): Promise<VerbAnswer> => {
    const { person } = await sessions.of(request);
    const asked = request.body;
    const ending = suffix();
    for (let attempt = 1; ; attempt++) {
      const word = await wordOf(asked, person, ending);
      if (word.outcome === 'Refused') throw new Refusal(409, word.says);
      if (word.outcome === 'Nothing') return { says: word.says, resources: [] };
      const resources = await writeAll(word.writes, person, attempt);
      if (resources === undefined) continue;
      const what = resources.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
      log.info({ person: person.name, verb: asked.verb, wrote: what }, 'A person has spoken by the dashboard');
      return { says: word.says, resources };
    }
  });
}

/** Reads what the verb is about, as the person, and asks what comes of it. */
async function wordOf(asked: VerbRequest, person: Person, suffix: string): Promise<Word> {
  const by = person.name;
  const find = <K extends Ours>(kind: K['kind'], namespace: string, name: string): Promise<K | undefined> =>
    read<K>(person, kind, { namespace, name });
  const need = async <K extends Ours>(kind: K['kind'], namespace: string, name: string): Promise<K> => {
    const found = await find<K>(kind, namespace, name);
    if (found === undefined) throw gone(kind, { namespace, name });
    return found;
  };
  const target = ({ kind, namespace, name }: { kind: Kind; namespace: string; name: string }): Promise<Ours> =>
    need<Ours>(kind, namespace, name);
  switch (asked.verb) {
    case 'approve': {
      const ticket = await need<Ticket>('Ticket', asked.namespace, asked.ticket);
      if (ticket.status?.station !== asked.station)
        throw new Refusal(409, `${asked.ticket} does not stand before ${asked.station} any more: look at it again`);
      const station = await find<Station>('Station', asked.namespace, asked.station);
      return approve({ ticket, station, by, digest: asked.digest });
    }
    case 'hold':
      return hold(await target(asked.target));
    case 'resume': {
      const object = await target(asked.target);
      const { seen } = asked;
      return resume({ object, by, stops: await stopsOf(object, find), ...(seen && { seen: copyOf(seen) }) });
    }
    case 'abort':
      return abort(await need<Ticket>('Ticket', asked.namespace, asked.ticket));
    case 'retry': {
      const ticket = await need<Ticket>('Ticket', asked.namespace, asked.ticket);
      const others = await person.caller.list(TICKETS, asked.namespace);
      return retry({ ticket, others, by });
    }
    case 'rollback': {
      const station = await need<Station>('Station', asked.namespace, asked.station);
      return rollback({ station, by, suffix, ...(asked.to === undefined ? {} : { to: asked.to }) });
    }
    case 'board': {
      const track = await need<Track>('Track', asked.namespace, asked.track);
      const { change, express } = asked;
      return board({ track, change, by, suffix, ...(express === undefined ? {} : { express }) });
    }
  }
}

type Find = <K extends Ours>(kind: K['kind'], namespace: string, name: string) => Promise<K | undefined>;

/** The tickets that keep a station shut. */
async function stopsOf(object: Ours, find: Find): Promise<Ticket[]> {
  if (object.kind !== 'Station') return [];
  const { holdBy, haltBy } = object.status ?? {};
  const stops = [holdBy, haltBy].filter((stop) => stop !== undefined);
  const found = await Promise.all(stops.map(({ ticket }) => find<Ticket>('Ticket', object.metadata.namespace, ticket)));
  return found.filter((ticket) => ticket !== undefined);
}

const copyOf = ({ uid, heads }: { readonly uid: string; readonly heads?: readonly string[] }) => ({
  uid,
  ...(heads === undefined ? {} : { heads: [...heads] }),
});

/** @returns nothing where somebody else has written in between, and it is to be looked at anew */
async function writeAll(writes: readonly Write[], person: Person, attempt: number): Promise<Ours[] | undefined> {
  const written: Ours[] = [];
  for (const write of writes) {
    const answer = await put(write, person);
    if ('value' in answer) written.push(withoutManagers(answer.value));
    else if (answer.code !== 409) throw refusalOf(answer);
    else if (attempt < ATTEMPTS) return undefined;
    else
      throw new Refusal(409, `others write ${nameOf(write)} at the same time: look at it again, and say it once more`);
  }
  return written;
}

function put(write: Write, { caller }: Person): Promise<Answer<Ours>> {
  if (write.verb === 'create') return caller.create<Ours>(resourceOf(write.kind), write.object);
  const { kind, namespace, name, patch } = write;
  return caller.merge(resourceOf<KubeObject & Ours>(kind), { namespace, name }, patch);
}

const nameOf = (write: Write): string =>
  write.verb === 'create' ? `ticket ${write.object.metadata.name}` : `${write.kind.toLowerCase()} ${write.name}`;
