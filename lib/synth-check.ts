import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { checkNetwork } from './network/check';
import { networkOf } from './network/network';
import type { ApplicationObject, ObjectIdentity, StationObject, TrackObject } from './network/object';
import { formatProblem, sortProblems, type Problem } from './network/problem';

/** What one construct adds to the network of its App. */
export interface Contribution {
  readonly tracks?: readonly TrackObject[];
  readonly stations?: readonly StationObject[];
  readonly applications?: readonly ApplicationObject[];
  /** Keys of tracks and stations that it refers to and that another repository describes. */
  readonly elsewhere?: readonly string[];
  /** What the resources alone do not tell. */
  readonly problems?: readonly Problem[];
  /** Lines that a person has to run, such as the consent of an Application that exists already. */
  readonly instructions?: readonly string[];
}

/** A construct's place in the network of its App. */
export interface Membership {
  /** To be called when what the construct contributes has changed. */
  changed(): void;
}

const NETWORK = Symbol.for('k8sta.SynthCheck');

/**
 * Has the whole App checked at synth (rule L11). cdk8s validates the App once for each Chart, and again for each
 * construct that asks: so one check hangs on the root, and its outcome is kept for the run unless something changed.
 */
export function joinNetwork(construct: IConstruct, contribute: () => Contribution): Membership {
  const check = checkOf(construct.node.root);
  return check.join(construct, contribute);
}

/** Everything that is wrong with the App that a construct belongs to, warnings included. */
export function problemsOf(construct: IConstruct): readonly Problem[] {
  return checkOf(construct.node.root).outcome().problems;
}

function checkOf(root: IConstruct & { [NETWORK]?: SynthCheck }): SynthCheck {
  const known = root[NETWORK];
  if (known !== undefined) return known;
  const check = new SynthCheck(root);
  Object.defineProperty(root, NETWORK, { value: check });
  root.node.addValidation({ validate: () => check.errors() });
  return check;
}

interface Outcome {
  readonly problems: readonly Problem[];
  readonly errors: readonly string[];
  /** What people are told on stderr. */
  readonly notices: string;
}

class SynthCheck {
  private readonly members = new Map<IConstruct, () => Contribution>();
  private revision = 0;
  private known?: { readonly revision: number; readonly outcome: Outcome };
  private told = '';

  constructor(private readonly root: IConstruct) {}

  join(construct: IConstruct, contribute: () => Contribution): Membership {
    this.members.set(construct, contribute);
    this.revision += 1;
    return { changed: () => void (this.revision += 1) };
  }

  /** The errors, for cdk8s. Says warnings and instructions on stderr, once: cdk8s has no other place for them. */
  errors(): string[] {
    const { errors, notices } = this.outcome();
    if (notices !== this.told) {
      this.told = notices;
      process.stderr.write(notices);
    }
    return [...errors];
  }

  /** cdk8s asks for all Charts in one synchronous run: the outcome is kept for as long. */
  outcome(): Outcome {
    const { known, revision } = this;
    if (known?.revision === revision) return known.outcome;
    const outcome = this.check(this.root.node.findAll());
    this.known = { revision, outcome };
    queueMicrotask(() => (this.known = undefined));
    return outcome;
  }

  private check(constructs: readonly IConstruct[]): Outcome {
    const contributions = constructs.flatMap((construct) => this.members.get(construct)?.() ?? []);
    const network = networkOf(
      contributions.flatMap((each) => each.tracks ?? []),
      contributions.flatMap((each) => each.stations ?? []),
      contributions.flatMap((each) => each.applications ?? []),
      {
        elsewhere: contributions.flatMap((each) => each.elsewhere ?? []),
        objects: constructs.filter((construct) => ApiObject.isApiObject(construct)).map(identityOf),
      },
    );
    const problems = sortProblems([...checkNetwork(network), ...contributions.flatMap((each) => each.problems ?? [])]);
    const instructions = contributions.flatMap((each) => each.instructions ?? []);
    const warnings = problems.filter(({ severity }) => severity === 'warning');
    return {
      problems,
      errors: problems.filter(({ severity }) => severity === 'error').map(formatProblem),
      notices: [...warnings.map((each) => `warning: ${formatProblem(each)}`), ...instructions]
        .map((line) => `${line}\n`)
        .join(''),
    };
  }
}

function identityOf(object: ApiObject): ObjectIdentity {
  return {
    group: object.apiVersion.includes('/') ? object.apiGroup : '',
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.name,
    path: object.node.path.replace(/\/Resource$/, ''),
  };
}
