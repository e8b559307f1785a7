/** What the API server lets a person do. It is asked with that person's token, and its answers are kept for a short time. */

import { createHash } from 'node:crypto';
import { GROUP, KINDS, VERBS, type Kind } from '../../../lib/api';
import type { Right, Rights, Verb } from '../../dashboard/protocol';
import type { Caller, Clock, ConnectedCluster, Resource } from '../../kube';
import { Refusal } from './answer';
import type { View } from './hub';

/** Somebody who has signed in, or whoever reaches an open dashboard. */
export interface Person {
  /** As the API server calls them. */
  readonly name: string;
  /** Of the token, which it does not tell: rights of one token are not those of another, whatever their names. */
  readonly id: string;
  readonly caller: Caller;
}

const review = (group: string, plural: string, kind: string): Resource => ({
  group: `${group}.k8s.io`,
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
const WHO = review('authentication', 'selfsubjectreviews', 'SelfSubjectReview');
const MAY = review('authorization', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview');

interface Identity {
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}
interface Decision {
  readonly status?: { readonly allowed?: boolean; readonly reason?: string };
}

interface Attributes {
  readonly verb: string;
  readonly resource: string;
  /** @default - all */
  readonly namespace?: string;
  /** @default - all */
  readonly name?: string;
}

/** What has been asked lately is not asked again, in milliseconds. */
const KEPT_MS = 30_000;
const MOST_KEPT = 10_000;
/** Questions at once about the namespaces of one person. */
const ABREAST = 8;

const PLURALS = Object.values(KINDS).map(({ plural }) => plural);

export class Access {
  private readonly kept = new Map<string, { readonly until: number; readonly answer: Promise<unknown> }>();

  constructor(
    private readonly cluster: Pick<ConnectedCluster, 'callAs'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Who has this token.
   *
   * @param token absent: this runtime itself
   * @throws Refusal where the API server does not take it
   */
  async person(token?: string): Promise<Person> {
    const caller = this.cluster.callAs(token);
    const id = token === undefined ? 'open' : createHash('sha256').update(token).digest('base64');
    const name = await this.keep(`who ${id}`, async () => {
      const answer = await caller.create<Identity>(WHO, {});
      const username = 'value' in answer ? answer.value.status?.userInfo?.username : undefined;
      if (username !== undefined && username !== '' && username !== 'system:anonymous') return username;
      if ('message' in answer && answer.code !== 401)
        throw new Refusal(answer.code === 404 ? 502 : answer.code, `the API server says: ${answer.message}`);
      throw new Refusal(401, 'the API server does not take this token: it has ended, or is of another cluster');
    });
    return { name, id, caller };
  }

  /** Which of these namespaces a person may list all of our kinds in. */
  async view(person: Person, namespaces: readonly string[]): Promise<View & { readonly all: boolean }> {
    const may = (attributes: Attributes): Promise<boolean> => this.allowed(person, attributes);
    const everywhere = await everyOf(PLURALS, (resource) => may({ verb: 'list', resource }));
    if (everywhere) return { key: '*', all: true, sees: () => true };
    const seen = new Set<string>();
    const left = [...namespaces];
    const ask = async (): Promise<void> => {
      for (let namespace = left.pop(); namespace !== undefined; namespace = left.pop()) {
        const asked = namespace;
        if (await everyOf(PLURALS, (resource) => may({ verb: 'list', resource, namespace: asked }))) seen.add(asked);
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, ask));
    // Names of namespaces have no comma.
    return { key: [...seen].sort().join(','), all: false, sees: (namespace) => seen.has(namespace) };
  }

  /** Whether the API server would let them, for each verb, and why not. */
  async rights(person: Person, where: Where): Promise<Rights> {
    const { namespace } = where;
    const right = async (...needs: readonly Omit<Attributes, 'namespace'>[]): Promise<Right> => {
      for (const need of needs) {
        if (!(await this.allowed(person, { ...need, namespace })))
          return { allowed: false, reason: lacking(person.name, need, namespace) };
      }
      return { allowed: true };
    };
    const station = { resource: KINDS.Station.plural, ...(where.station === undefined ? {} : { name: where.station }) };
    const track = { resource: KINDS.Track.plural, ...(where.track === undefined ? {} : { name: where.track }) };
    const target = where.on === 'Station' ? station : where.on === 'Track' ? track : { resource: KINDS.Ticket.plural };
    const byTrack = where.on === 'Track' || (where.station === undefined && where.track !== undefined);
    const holding = { ...(byTrack ? track : station), verb: VERBS.hold };
    const patching = { resource: KINDS.Ticket.plural, verb: 'patch' };
    const making = { resource: KINDS.Ticket.plural, verb: 'create' };
    const asked = {
      approve: right({ ...station, verb: VERBS.approve }, patching),
      hold: right(holding, { ...target, verb: 'patch' }),
      resume: right(holding, { ...target, verb: 'patch' }),
      abort: right(holding, patching),
      retry: right(holding, making),
      rollback: right({ ...station, verb: VERBS.rollback }, making),
      board: right(making),
    } satisfies Record<Verb, Promise<Right>>;
    const [approve, hold, resume, abort, retry, rollback, board] = await Promise.all([
      asked.approve,
      asked.hold,
      asked.resume,
      asked.abort,
      asked.retry,
      asked.rollback,
      asked.board,
    ]);
    return { verbs: { approve, hold, resume, abort, retry, rollback, board } };
  }

  private allowed({ id, caller }: Person, attributes: Attributes): Promise<boolean> {
    const resourceAttributes = { group: GROUP, ...attributes };
    return this.keep(`may ${id} ${JSON.stringify(resourceAttributes)}`, async () => {
      const answer = await caller.create<Decision>(MAY, { spec: { resourceAttributes } });
      if ('value' in answer) return answer.value.status?.allowed === true;
      throw new Refusal(answer.code, `the API server says: ${answer.message}`);
    });
  }

  private keep<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.uptime();
    const held = this.kept.get(key);
    // Each key belongs to one question, and each question to one type of answer.
    if (held !== undefined && held.until > now) return held.answer as Promise<T>;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const answer = ask();
    this.kept.set(key, { until: now + KEPT_MS, answer });
    answer.catch(() => this.kept.get(key)?.answer === answer && this.kept.delete(key));
    return answer;
  }
}

/** What the rights are asked about. */
export interface Where {
  readonly namespace: string;
  readonly station?: string;
  readonly track?: string;
  readonly on: Kind;
}

async function everyOf<T>(things: readonly T[], ask: (thing: T) => Promise<boolean>): Promise<boolean> {
  for (const thing of things) if (!(await ask(thing))) return false;
  return true;
}

function lacking(person: string, { verb, resource, name }: Omit<Attributes, 'namespace'>, namespace: string): string {
  const what = name === undefined ? `${resource}.${GROUP}` : `${resource}.${GROUP} '${name}'`;
  return `${person} needs the verb '${verb}' on ${what} in namespace ${namespace}: whoever administers it can bind a role that has it`;
}
