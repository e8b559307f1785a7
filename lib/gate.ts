import type { Duration } from 'cdk8s';
import type { Analysis, AnalysisArgument, Window } from './api';
import { assertCron } from './cron';
import { invalidProp } from './invalid-prop';
import { objectNameProblem } from './network/name';
import type { ITrack } from './reference';
import type { Subject } from './subject';
import { timeSpan } from './time-span';
import type { Value } from './value';

const ENTRY_GATE = Symbol.for('k8sta.EntryGate');
const EXIT_GATE = Symbol.for('k8sta.ExitGate');

/** What an entry gate asks for. */
export type EntryCondition =
  | { readonly type: 'approval'; readonly by?: readonly Subject[] }
  | { readonly type: 'window'; readonly window: Window }
  | { readonly type: 'completed'; readonly tracks: readonly ITrack[] };

/** What an exit gate asks for. */
export type ExitCondition =
  { readonly type: 'soak'; readonly duration: string } | { readonly type: 'analysis'; readonly analysis: Analysis };

/** Something that a ticket waits for before it may arrive. Made by `Gate`; no exit gate passes for one. */
export class EntryGate {
  static isEntryGate(x: unknown): x is EntryGate {
    return typeof x === 'object' && x !== null && ENTRY_GATE in x;
  }

  /** @internal */
  static of(condition: EntryCondition): EntryGate {
    return new EntryGate(condition);
  }

  protected readonly side = 'entry';

  private constructor(readonly condition: EntryCondition) {
    Object.defineProperty(this, ENTRY_GATE, { value: true });
  }
}

/** Something that a ticket waits for before it departs. Made by `Gate`; no entry gate passes for one. */
export class ExitGate {
  static isExitGate(x: unknown): x is ExitGate {
    return typeof x === 'object' && x !== null && EXIT_GATE in x;
  }

  /** @internal */
  static of(condition: ExitCondition): ExitGate {
    return new ExitGate(condition);
  }

  protected readonly side = 'exit';

  private constructor(readonly condition: ExitCondition) {
    Object.defineProperty(this, EXIT_GATE, { value: true });
  }
}

export interface ApprovalOptions {
  /**
   * Who may approve: emits a Role and a RoleBinding for the verb `approve` on that one Station.
   *
   * @default - only cluster administrators, and synth says so
   */
  readonly by?: readonly Subject[];
}

interface WindowOptions {
  /** How long the window stays open. */
  readonly duration: Duration;
  /**
   * IANA time zone of the cron expression.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;
}

/** A window that allows, or one that denies: cron expressions of the moments at which it opens. */
export type GateWindow =
  | (WindowOptions & { readonly allow: string; readonly deny?: never })
  | (WindowOptions & { readonly deny: string; readonly allow?: never });

export interface AnalysisOptions {
  /**
   * Arguments of the analysis: fixed texts, or values of the ticket.
   *
   * @default - none
   */
  readonly args?: { readonly [name: string]: string | Value };
  /**
   * Whether the template is a ClusterAnalysisTemplate.
   *
   * @default false
   */
  readonly clusterScope?: boolean;
}

/** The gates of a station: approval, window and completed before it, soak and analysis behind it. */
export class Gate {
  /** Entry: a person says yes to the exact trees that are about to be pushed. */
  static approval(options: ApprovalOptions = {}): EntryGate {
    if (options.by !== undefined && options.by.length === 0) {
      throw invalidProp('by', [], 'names nobody', 'name who may approve, or leave it out');
    }
    return EntryGate.of({ type: 'approval', ...options });
  }

  /** Entry: open while some allowing window is (or there is none), and no denying one. */
  static window(window: GateWindow): EntryGate {
    const { allow, deny, timeZone = 'UTC' } = window;
    if ((allow === undefined) === (deny === undefined)) {
      throw invalidProp('window', { allow, deny }, 'both allows and denies, or neither', 'give exactly one of them');
    }
    const duration = timeSpan('duration', window.duration);
    if (allow !== undefined) {
      assertCron('allow', allow, timeZone);
      return EntryGate.of({ type: 'window', window: { allow, duration, timeZone } });
    }
    assertCron('deny', deny ?? '', timeZone);
    return EntryGate.of({ type: 'window', window: { deny: deny ?? '', duration, timeZone } });
  }

  /** Entry: the tickets that this one's change made on these tracks have completed (fan-in). */
  static completed(...tracks: readonly ITrack[]): EntryGate {
    if (tracks.length === 0) throw invalidProp('tracks', [], 'names no track', 'name the tracks that have to complete');
    return EntryGate.of({ type: 'completed', tracks });
  }

  /** Exit: synced and healthy for that long, without a break. */
  static soak(duration: Duration): ExitGate {
    return ExitGate.of({ type: 'soak', duration: timeSpan('duration', duration) });
  }

  /** Exit: an analysis of Argo Rollouts succeeds. */
  static analysis(template: string, options: AnalysisOptions = {}): ExitGate {
    const problem = objectNameProblem(template);
    if (problem !== undefined) throw invalidProp('template', template, problem, 'name an AnalysisTemplate');
    const args = options.args ?? {};
    return ExitGate.of({
      type: 'analysis',
      analysis: {
        template,
        clusterScope: options.clusterScope ?? false,
        args: Object.keys(args).map((name) => argument(name, args[name] ?? '')),
      },
    });
  }

  private constructor() {}
}

function argument(name: string, value: string | Value): AnalysisArgument {
  return typeof value === 'string' ? { name, value } : { name, valueFrom: value.valueFrom };
}
