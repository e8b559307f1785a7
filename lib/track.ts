import { Construct } from 'constructs';
import { KINDS, TrackSpec } from './api';
import { invalidProp } from './invalid-prop';
import { objectKey } from './network/object';
import type { Problem } from './network/problem';
import { Place } from './place';
import type { IStation, ITrack, ReferenceOptions } from './reference';
import type { Subscription } from './subscription';
import type { Contribution } from './synth-check';
import { writtenSpec } from './written-spec';

export interface TrackProps {
  /**
   * `metadata.name`.
   *
   * @default - the construct path below the Chart, joined by `-`
   */
  readonly name?: string;
  /**
   * What puts new changes on this track.
   *
   * @default - none: it is boarded at junctions, or by people
   */
  readonly subscriptions?: readonly Subscription[];
  /** The stops, in order. At least one by the time of synth. */
  readonly stations?: readonly IStation[];
  /**
   * Whether waiting tickets couple (`Latest`), or each rides to the end (`Every`).
   *
   * @default 'Latest'
   */
  readonly service?: TrackSpec['service'];
  /**
   * Whether a commit that touches overlays only goes at once (`Immediate`), or waits for what was committed before it
   * (`Follow`).
   *
   * @default 'Immediate'
   */
  readonly express?: TrackSpec['express'];
  /**
   * What a failed ticket leaves behind: the track goes on (`Continue`), the station is halted until a person resumes
   * (`Halt`), or it is rolled back (`Rollback`).
   *
   * @default 'Continue'
   */
  readonly onFailure?: TrackSpec['onFailure'];
  /**
   * How many ended tickets are kept, 0 to 1000.
   *
   * @default 50
   */
  readonly historyLimit?: number;
  /**
   * Junctions in other namespaces that may board this track. Junctions of the same App are added by themselves.
   *
   * @default - none
   */
  readonly boardedFrom?: readonly IStation[];
  /**
   * A disabled track boards nothing; its standing tickets stay.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

const TRACK = Symbol.for('k8sta.Track');
const HISTORY_LIMIT_MAX = 1000;

/** An ordered list of stations, and the subscriptions that put new changes on it. */
export class Track extends Place implements ITrack {
  static isTrack(x: unknown): x is Track {
    return typeof x === 'object' && x !== null && TRACK in x;
  }

  /** A Track that another repository describes. */
  static fromName(name: string, options: ReferenceOptions = {}): ITrack {
    return { kind: 'Track', name, ...options };
  }

  static override [Symbol.hasInstance](x: unknown): x is Track {
    return Track.isTrack(x);
  }

  declare readonly kind: 'Track';
  /** Whether new changes board. */
  readonly enabled: boolean;
  /** Whether waiting tickets couple. */
  readonly service: TrackSpec['service'];
  /** When overlay-only commits go. */
  readonly express: TrackSpec['express'];
  /** What a failed ticket leaves behind. */
  readonly onFailure: TrackSpec['onFailure'];
  /** How many ended tickets are kept. */
  readonly historyLimit: number;

  private readonly line: IStation[] = [];
  private readonly boarding: Subscription[] = [];
  private readonly boarders: IStation[] = [];

  /** @throws Error when a prop is wrong by itself */
  constructor(scope: Construct, id: string, props: TrackProps) {
    super(scope, id, KINDS.Track.kind, props.name);
    Object.defineProperty(this, TRACK, { value: true });
    this.enabled = props.enabled ?? true;
    this.service = props.service ?? 'Latest';
    this.express = props.express ?? 'Immediate';
    this.onFailure = props.onFailure ?? 'Continue';
    this.historyLimit = historyLimit(props.historyLimit ?? 50);

    for (const subscription of props.subscriptions ?? []) this.subscription(subscription);
    for (const station of props.stations ?? []) this.station(station);
    for (const station of props.boardedFrom ?? []) this.boardedFrom(station);
  }

  /** Adds a stop behind the last one. */
  station(station: IStation): this {
    this.line.push(station);
    this.changed();
    return this;
  }

  /** Adds what puts new changes on this track. */
  subscription(subscription: Subscription): this {
    if (this.boarding.some((each) => each.name === subscription.name)) {
      const fix = "tell them apart with `as`, such as { as: 'frontend' }";
      throw invalidProp('subscriptions', subscription.name, `is the name of two on track '${this.name}'`, fix);
    }
    this.boarding.push(subscription);
    this.changed();
    return this;
  }

  /** Consents to a junction in another namespace. */
  boardedFrom(station: IStation): this {
    this.boarders.push(station);
    this.changed();
    return this;
  }

  /** The stops, in order. */
  get stations(): readonly IStation[] {
    return [...this.line];
  }

  /** What puts new changes on this track. */
  get subscriptions(): readonly Subscription[] {
    return [...this.boarding];
  }

  /** The resource's spec with every default applied. */
  get spec(): TrackSpec {
    const consents = new Map(
      this.boarders.flatMap(({ namespace, name }) =>
        namespace === undefined || namespace === this.namespace
          ? []
          : [[objectKey(namespace, name), { namespace, station: name }] as const],
      ),
    );
    return {
      enabled: this.enabled,
      hold: false,
      service: this.service,
      express: this.express,
      onFailure: this.onFailure,
      historyLimit: this.historyLimit,
      subscriptions: this.boarding.map((subscription) => subscription.spec),
      stations: this.line.map(({ name }) => ({ name })),
      ...(consents.size > 0 && { boardedFrom: [...consents.values()] }),
    };
  }

  protected written(): object {
    return writtenSpec(TrackSpec, this.spec);
  }

  protected contribution(): Contribution {
    const { name, namespace = '', spec } = this;
    const { path } = this.node;
    const apart = this.line.filter((station) => (station.namespace ?? namespace) !== namespace);
    const elsewhere = [...this.line.filter((station) => !Construct.isConstruct(station)), ...apart];
    return {
      tracks: [{ metadata: { name, namespace }, spec, path }],
      elsewhere: elsewhere.map((station) => objectKey(namespace, station.name)),
      problems: apart.map((station) => namespacesApart(path, { name, namespace }, station)),
    };
  }
}

function historyLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 0 && limit <= HISTORY_LIMIT_MAX) return limit;
  throw invalidProp('historyLimit', limit, 'is no count of tickets', `give a whole number up to ${HISTORY_LIMIT_MAX}`);
}

function namespacesApart(path: string, track: { name: string; namespace: string }, station: IStation): Problem {
  const value = objectKey(station.namespace ?? '', station.name);
  return {
    severity: 'error',
    path,
    value,
    message: `track '${objectKey(track.namespace, track.name)}' and its station '${value}' are in different namespaces`,
    fix: 'give their Charts the same `namespace`, or let a track of the other namespace branch off at a junction',
  };
}
