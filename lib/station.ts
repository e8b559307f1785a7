import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { KINDS, StationSpec } from './api';
import { Application, type ApplicationProps } from './application';
import { Approvers } from './approvers';
import { EntryGate, ExitGate } from './gate';
import { invalidProp } from './invalid-prop';
import { consentLine } from './network/consent';
import { objectKey } from './network/object';
import type { Problem } from './network/problem';
import { Place } from './place';
import type { IApplication, IStation, ITrack, ReferenceOptions } from './reference';
import { mergeEntry, mergeExit } from './station-gates';
import type { JunctionOptions, JunctionProps, PullRequestsProps, StationProps } from './station-props';
import { timeSpan } from './time-span';
import type { Contribution } from './synth-check';
import { Track } from './track';
import { writtenSpec } from './written-spec';

const STATION = Symbol.for('k8sta.Station');

/** A stop: the Applications that it drives, the tracks that branch off, and the gates before and behind it. */
export class Station extends Place implements IStation {
  static isStation(x: unknown): x is Station {
    return typeof x === 'object' && x !== null && STATION in x;
  }

  /** A Station that another repository describes. */
  static fromName(name: string, options: ReferenceOptions = {}): IStation {
    return { kind: 'Station', name, ...options };
  }

  static override [Symbol.hasInstance](x: unknown): x is Station {
    return Station.isStation(x);
  }

  declare readonly kind: 'Station';
  /** Whether tickets stop here; otherwise they skip it, on the record. */
  readonly enabled: boolean;
  /** How commits enter the rendered branches. */
  readonly via: 'Push' | 'PullRequest';
  /** Whether the forge shows on source commits that they are here. */
  readonly commitStatus: boolean;
  /** How pull requests are merged; none where commits are pushed. */
  readonly pullRequests: Required<PullRequestsProps> | undefined;
  /** How long an arrival may take. */
  readonly timeout: Duration;
  /** How long Degraded is borne. */
  readonly degradedGrace: Duration;
  /** How long a missing Application is waited for. */
  readonly missingTimeout: Duration;

  private readonly deadlines: StationSpec['deadlines'];
  private readonly driven: IApplication[] = [];
  private readonly branching: Required<JunctionProps>[] = [];
  private readonly entryGates: EntryGate[] = [];
  private readonly exitGates: ExitGate[] = [];
  private readonly approvers: Approvers;

  /** @throws Error when a prop is wrong by itself */
  constructor(scope: Construct, id: string, props: StationProps = {}) {
    super(scope, id, KINDS.Station.kind, props.name);
    Object.defineProperty(this, STATION, { value: true });
    this.enabled = props.enabled ?? true;
    this.via = props.via ?? 'Push';
    this.commitStatus = props.commitStatus ?? false;
    this.pullRequests = pullRequestsOf(this.via, props.pullRequests);
    this.timeout = props.timeout ?? Duration.minutes(30);
    this.degradedGrace = props.degradedGrace ?? Duration.minutes(1);
    this.missingTimeout = props.missingTimeout ?? Duration.minutes(10);
    this.deadlines = {
      arrival: timeSpan('timeout', this.timeout),
      degraded: timeSpan('degradedGrace', this.degradedGrace),
      missing: timeSpan('missingTimeout', this.missingTimeout),
    };
    this.approvers = new Approvers(this, this.name, this.namespace);

    for (const application of props.applications ?? []) this.application(application);
    for (const junction of props.junctions ?? []) {
      if ('track' in junction) this.junction(junction.track, { enabled: junction.enabled });
      else this.junction(junction);
    }
    this.entry(...(props.entry ?? []));
    this.exit(...(props.exit ?? []));
  }

  /** Makes an Application inside this station and drives it. */
  application(id: string, props: ApplicationProps): this;
  /** Drives an Application that was made or exists elsewhere. */
  application(application: IApplication): this;
  application(idOrApplication: string | IApplication, props?: ApplicationProps): this {
    if (this.namespace === undefined) {
      const fix = "give the Chart one: super(scope, id, { namespace: '…' })";
      throw invalidProp(
        'namespace',
        '',
        `is missing on the Chart of station '${this.name}', which drives Applications`,
        fix,
      );
    }
    const application = this.resolveApplication(idOrApplication, props);
    this.driven.push(application);
    this.changed();
    if (Application.isApplication(application)) application.authorize(this);
    return this;
  }

  /** Lets a track branch off here: a complete arrival makes a ticket for it. */
  junction(track: ITrack, options: JunctionOptions = {}): this {
    if (
      this.branching.some(
        (each) => each.track.name === track.name && this.namespaceOf(each.track) === this.namespaceOf(track),
      )
    ) {
      throw invalidProp(
        'junction',
        track.name,
        `branches off at station '${this.name}' already`,
        'name each track once',
      );
    }
    this.branching.push({ track, enabled: options.enabled ?? true });
    if (Track.isTrack(track) && this.namespaceOf(track) !== this.namespace) track.boardedFrom(this);
    this.changed();
    return this;
  }

  /** Adds gates before this station. */
  entry(...gates: readonly EntryGate[]): this {
    for (const gate of gates) {
      if (!EntryGate.isEntryGate(gate)) {
        throw invalidProp(
          'entry',
          gate,
          'is no entry gate',
          'use approval, window or completed; soak and analysis are exit gates',
        );
      }
      this.entryGates.push(gate);
      this.changed();
      if (gate.condition.type === 'approval') this.approvers.add(gate.condition.by ?? []);
    }
    return this;
  }

  /** Adds gates behind this station. */
  exit(...gates: readonly ExitGate[]): this {
    for (const gate of gates) {
      if (!ExitGate.isExitGate(gate)) {
        throw invalidProp(
          'exit',
          gate,
          'is no exit gate',
          'use soak or analysis; approval, window and completed are entry gates',
        );
      }
      const soaks = [...this.exitGates, gate].filter((each) => each.condition.type === 'soak');
      if (soaks.length > 1) {
        throw invalidProp(
          'exit',
          'soak',
          `is said twice for station '${this.name}'`,
          'give one soak of the whole length',
        );
      }
      this.exitGates.push(gate);
      this.changed();
    }
    return this;
  }

  /** The Applications that this station drives. */
  get applications(): readonly IApplication[] {
    return [...this.driven];
  }

  /** The tracks that branch off here. */
  get junctions(): readonly Required<JunctionProps>[] {
    return [...this.branching];
  }

  /** The resource's spec with every default applied. */
  get spec(): StationSpec {
    const entry = mergeEntry(this.entryGates, this.namespace);
    const exit = mergeExit(this.exitGates);
    return {
      enabled: this.enabled,
      hold: false,
      via: this.via,
      ...(this.commitStatus && { commitStatus: true }),
      ...(this.pullRequests && !mergedByPeople(this.pullRequests) && { pullRequests: this.pullRequests }),
      deadlines: this.deadlines,
      applications: this.driven.map((application) => application.reference),
      junctions: this.branching.map(({ track, enabled }) => ({
        track: track.name,
        ...(this.namespaceOf(track) !== this.namespace && { namespace: track.namespace }),
        enabled,
      })),
      ...(entry !== undefined && { entry }),
      ...(exit !== undefined && { exit }),
    };
  }

  private resolveApplication(idOrApplication: string | IApplication, props?: ApplicationProps): IApplication {
    if (typeof idOrApplication !== 'string') return idOrApplication;
    if (props === undefined) {
      throw invalidProp(
        'application',
        idOrApplication,
        'has no props',
        'say its repository and overlay, or pass an Application',
      );
    }
    return new Application(this, idOrApplication, props);
  }

  private namespaceOf(track: ITrack): string | undefined {
    return track.namespace ?? this.namespace;
  }

  protected written(): object {
    return writtenSpec(StationSpec, this.spec);
  }

  protected contribution(): Contribution {
    const { name, namespace = '', spec } = this;
    const key = objectKey(namespace, name);
    const { path } = this.node;
    const awaited = this.entryGates.flatMap(({ condition }) =>
      condition.type === 'completed' ? condition.tracks : [],
    );
    const elsewhere = [...this.branching.map(({ track }) => track), ...awaited].filter(
      (track) => !Track.isTrack(track),
    );
    const foreign = this.driven.filter((each) => !Application.isApplication(each) && each.namespace !== namespace);
    return {
      stations: [{ metadata: { name, namespace }, spec, path }],
      elsewhere: elsewhere.map((track) => objectKey(this.namespaceOf(track) ?? '', track.name)),
      problems: spec.entry?.approval !== undefined && this.approvers.nobody ? [onlyAdministrators(path, name)] : [],
      instructions: foreign.map((application) => `consent: ${consentLine(application, key)}`),
    };
  }
}

/** What needs no word. */
const mergedByPeople = ({ merge, method }: Required<PullRequestsProps>): boolean =>
  merge === 'People' && method === 'Merge';

/** @throws Error when it is said how to merge what is pushed */
function pullRequestsOf(
  via: Station['via'],
  props: PullRequestsProps | undefined,
): Required<PullRequestsProps> | undefined {
  if (via === 'PullRequest') return { merge: props?.merge ?? 'People', method: props?.method ?? 'Merge' };
  if (props === undefined) return undefined;
  throw invalidProp('pullRequests', props, 'are not opened where commits are pushed', "say via: 'PullRequest' as well");
}

const onlyAdministrators = (path: string, name: string): Problem => ({
  severity: 'warning',
  path,
  value: name,
  message: `only cluster administrators can approve at station '${name}'`,
  fix: "say who else may: Gate.approval({ by: [Subject.group('…')] })",
});
