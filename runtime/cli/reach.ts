/** What commands read of a cluster and write to it: our kinds, by name, in the words of people. */

import { KINDS, type Kind, type Station, type Ticket, type Track } from '../../lib/api';
import { ConflictError, TerminalError } from '../errors';
import { NotFoundError, type ConnectedCluster, type Draft, type KubeObject, type Objects } from '../kube';
import { openCluster, resources, type ClusterChoice } from './cluster';
import { UsageError, type Terminal } from './terminal';

export interface ReachOptions extends ClusterChoice {
  /** @default - the context's */
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

export interface Ours {
  readonly Track: KubeObject & Track;
  readonly Station: KubeObject & Station;
  readonly Ticket: KubeObject & Ticket;
}
export type AnyOfOurs = Ours[Kind];

/** One object as people name it. */
export interface Target<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
}

/** Objects to a page: a page is one request, and a thousand tracks are few of them. */
const PAGE_SIZE = 250;
/** Names that an error lists. */
const NAMED = 10;

const FIX = 'apply the definitions: k8sta crds | kubectl apply --server-side -f -';

/** A cluster, and the namespace that is looked at. */
export class Reach {
  readonly cluster: ConnectedCluster;
  readonly namespace: string;
  /** Nothing where all namespaces are looked at. */
  readonly scope: string | undefined;

  /** @throws TerminalError when the kubeconfig is missing, malformed, or has no such context */
  constructor(
    private readonly terminal: Terminal,
    options: ReachOptions,
  ) {
    this.cluster = openCluster(options);
    this.namespace = options.namespace ?? this.cluster.namespace;
    this.scope = options.allNamespaces === true ? undefined : this.namespace;
  }

  private get asked() {
    return { signal: this.terminal.stop };
  }

  /** The object, or nothing where there is none. */
  find<K extends Kind>({ kind, name }: Target<K>): Promise<Ours[K] | undefined> {
    return this.explained([kind], () =>
      objectsOf(this.cluster, kind).get({ namespace: this.namespace, name }, this.asked),
    );
  }

  /** @throws TerminalError that names those that are there */
  async need<K extends Kind>(target: Target<K>): Promise<Ours[K]> {
    const found = await this.find(target);
    if (found !== undefined) return found;
    const { kind, name } = target;
    const others = await this.list(kind, this.namespace);
    const names = others.map(({ metadata }) => metadata.name).sort();
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    const has = names.length === 0 ? 'there is none at all' : `there are ${names.slice(0, NAMED).join(', ')}${more}`;
    const word = kind.toLowerCase();
    throw new TerminalError(
      `there is no ${word} '${name}' in namespace ${this.namespace}: ${has}. Choose another namespace with -n`,
      'NotFound',
    );
  }

  /** All of a kind, page by page. @param namespace @default - all */
  async list<K extends Kind>(kind: K, namespace: string | undefined): Promise<Ours[K][]> {
    const place = namespace === undefined ? {} : { namespace };
    const { items } = await this.explained([kind], () =>
      objectsOf(this.cluster, kind).list({ ...place, pageSize: PAGE_SIZE, ...this.asked }),
    );
    return items;
  }

  /** The name by which the cluster knows who asks. */
  whoami(): Promise<string> {
    return this.explained([], () => this.cluster.whoami(this.asked));
  }

  /** @throws AlreadyExistsError, TerminalError, TransientError */
  create(draft: Draft<Ours['Ticket']>): Promise<Ours['Ticket']> {
    return objectsOf(this.cluster, 'Ticket').create(draft, this.asked);
  }

  /** @throws ConflictError where somebody else has written since it was read */
  async merge({ kind, name }: Target, patch: object): Promise<AnyOfOurs> {
    try {
      return await objectsOf(this.cluster, kind).merge({ namespace: this.namespace, name }, patch, this.asked);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new TerminalError(`${kind.toLowerCase()} ${name} is gone: somebody has deleted it meanwhile`, 'NotFound');
    }
  }

  /** An error says what the cluster lacks, where that is why. */
  private async explained<T>(kinds: readonly Kind[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TerminalError || error instanceof ConflictError || this.terminal.stop.aborted) throw error;
      const place = this.scope === undefined ? {} : { namespace: this.scope };
      const requirements = kinds.map((kind) => ({
        resource: objectsOf(this.cluster, kind).resource,
        ...place,
        fix: FIX,
      }));
      // Whatever else it has to say than what is missing, the first error says it better.
      const missing = await this.cluster.check(requirements, this.asked).then(
        () => undefined,
        (reason: unknown) => (reason instanceof TerminalError ? reason : undefined),
      );
      throw missing ?? error;
    }
  }
}

/** The client of a kind of ours. */
export function objectsOf<K extends Kind>(cluster: ConnectedCluster, kind: K): Objects<Ours[K]> {
  const all: { readonly [P in Kind]: () => Objects<Ours[P]> } = {
    Track: () => cluster.objects(resources.tracks),
    Station: () => cluster.objects(resources.stations),
    Ticket: () => cluster.objects(resources.tickets),
  };
  return all[kind]();
}

/** The kind that a word means: `ticket`, `tickets`, `tt`, in any case. */
function kindOf(word: string): Kind | undefined {
  const asked = word.toLowerCase().split('.')[0] ?? '';
  return Object.values(KINDS).find(
    ({ singular, plural, shortNames }) =>
      asked === singular || asked === plural || (shortNames as readonly string[]).includes(asked),
  )?.kind;
}

/** @throws UsageError that names the kinds */
export function needKind(word: string): Kind {
  const kind = kindOf(word);
  if (kind !== undefined) return kind;
  throw new UsageError(`'${word}' is no kind of ours: say track, station or ticket`);
}

/** `main-7`, `station/prod`, `st/prod`. @throws UsageError where the kind is none of ours */
export function targetOf(text: string, usual: Kind = 'Ticket'): Target {
  const slash = text.indexOf('/');
  if (slash < 0) return { kind: usual, name: text };
  return { kind: needKind(text.slice(0, slash)), name: text.slice(slash + 1) };
}

/** The name of one object of a kind, written with it or without: `main-7`, `ticket.k8sta.io/main-7`. */
export function nameOf(text: string, kind: Kind): string {
  const target = targetOf(text, kind);
  if (target.kind === kind && target.name !== '') return target.name;
  throw new UsageError(`'${text}' is no ${kind.toLowerCase()}: write its name`);
}
