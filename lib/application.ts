import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ANNOTATIONS, ARGOCD, type ApplicationReference } from './api';
import { resolveReference, type ApplicationReferenceProps } from './application-reference';
import { resolveDestination, type Destination, type DestinationProps } from './destination';
import { invalidProp } from './invalid-prop';
import { nameBelowChart } from './construct-name';
import { SHARED_DESTINATION, objectKey, type ApplicationObject } from './network/object';
import type { IApplication, IStation } from './reference';
import { joinNetwork } from './synth-check';

/** How Argo CD syncs an Application. */
export interface SyncProps {
  /**
   * Whether Argo CD syncs by itself; otherwise the runtime starts each sync.
   *
   * @default true
   */
  readonly automated?: boolean;
  /**
   * Whether objects that left the branch are deleted.
   *
   * @default true
   */
  readonly prune?: boolean;
  /**
   * Whether changes made in the cluster by hand are undone.
   *
   * @default true
   */
  readonly selfHeal?: boolean;
  /**
   * Argo CD's sync options.
   *
   * @default ['CreateNamespace=true']
   */
  readonly options?: readonly string[];
}

export interface ApplicationProps extends ApplicationReferenceProps {
  /**
   * Name of the Application.
   *
   * @default - `<chart namespace>-<construct path below the chart>`, because its namespace is shared
   */
  readonly name?: string;
  /**
   * Argo CD project.
   *
   * @default 'default'
   */
  readonly project?: string;
  /**
   * Where its objects go.
   *
   * @default - cluster `in-cluster`, namespace like the name of the Application
   */
  readonly destination?: DestinationProps;
  /**
   * Whether another station of a track may deploy to the same destination.
   *
   * @default false
   */
  readonly sharedDestination?: boolean;
  /**
   * How Argo CD syncs.
   *
   * @default - automated, with prune and self-heal, creating the namespace
   */
  readonly sync?: SyncProps;
}

/** What is known of an Application that exists already. */
export interface ExistingApplicationProps extends ApplicationReferenceProps {
  /**
   * Namespace of its destination: of objects that name none, and of a Helm release.
   *
   * @default - the name of the Application
   */
  readonly destinationNamespace?: string;
}

const APPLICATION = Symbol.for('k8sta.Application');

/** An Argo CD Application on its rendered branch. Deleting it never deletes workloads: it has no finalizer. */
export class Application extends ApiObject implements IApplication {
  static isApplication(x: unknown): x is Application {
    return typeof x === 'object' && x !== null && APPLICATION in x;
  }

  /**
   * An Application that exists already. Nothing is emitted for it; synth prints the line that gives its consent (rule
   * L4).
   */
  static fromName(name: string, props: ExistingApplicationProps): IApplication {
    const reference = withDestination(resolveReference(name, props), props.destinationNamespace);
    return { kind: 'Application', name, namespace: reference.namespace, reference };
  }

  static override [Symbol.hasInstance](x: unknown): x is Application {
    return Application.isApplication(x);
  }

  declare readonly kind: 'Application';
  readonly namespace: string;
  readonly reference: ApplicationReference;
  /** The rendered branch. */
  readonly branch: string;
  /** Argo CD project. */
  readonly project: string;
  /** Where its objects go. */
  readonly destination: Destination;
  /** Whether another station of a track may deploy there too. */
  readonly sharedDestination: boolean;
  /** How Argo CD syncs. */
  readonly sync: Required<SyncProps>;
  private consent?: IStation;

  /** @throws Error when a prop is wrong by itself, or the name cannot be derived because the Chart has no namespace */
  constructor(scope: Construct, id: string, props: ApplicationProps) {
    const name = props.name ?? defaultName(scope, id);
    const resolved = resolveReference(name, props);
    const destination = resolveDestination(props.destination ?? {}, name);
    const reference = withDestination(resolved, destination.namespace);
    const project = props.project ?? ARGOCD.project;
    const sync = resolveSync(props.sync ?? {});
    super(scope, id, {
      apiVersion: ARGOCD.apiVersion,
      kind: 'Application',
      metadata: {
        name,
        namespace: reference.namespace,
        ...(props.sharedDestination === true && { annotations: { [SHARED_DESTINATION]: 'true' } }),
      },
      spec: argoSpec(reference, project, destination, sync),
    });
    Object.defineProperty(this, APPLICATION, { value: true });
    this.namespace = reference.namespace;
    this.reference = reference;
    this.branch = reference.branch;
    this.project = project;
    this.destination = destination;
    this.sharedDestination = props.sharedDestination ?? false;
    this.sync = sync;
    joinNetwork(this, () => ({ applications: [this.toObject()] }));
  }

  /**
   * Writes the consent to a station into the Application. A Station does this for the Applications that it is given;
   * the first one keeps it, and the network's checks name the second.
   *
   * @internal
   */
  authorize(station: IStation): void {
    if (this.consent !== undefined) return;
    this.consent = station;
    this.metadata.addAnnotation(ANNOTATIONS.authorizedStation, objectKey(station.namespace ?? '', station.name));
  }

  private toObject(): ApplicationObject {
    const { name, namespace, sharedDestination, destination, node } = this;
    return {
      metadata: { name, namespace, ...(sharedDestination && { annotations: { [SHARED_DESTINATION]: 'true' } }) },
      spec: { destination: argoDestination(destination) },
      path: node.path,
    };
  }
}

/** The namespace is said only where it is not the name. */
const withDestination = (reference: ApplicationReference, namespace = reference.name): ApplicationReference => ({
  ...reference,
  ...(namespace !== reference.name && { destinationNamespace: namespace }),
});

function defaultName(scope: Construct, id: string): string {
  const { namespace } = Chart.of(scope);
  if (namespace === undefined) {
    const fix = 'give the Chart a `namespace`, or the Application a `name`';
    throw invalidProp('namespace', '', 'is missing on the Chart', fix);
  }
  return `${namespace}-${nameBelowChart(scope, id)}`;
}

function resolveSync({ automated, prune, selfHeal, options }: SyncProps): Required<SyncProps> {
  return {
    automated: automated ?? true,
    prune: prune ?? true,
    selfHeal: selfHeal ?? true,
    options: options ?? ['CreateNamespace=true'],
  };
}

const argoDestination = ({ cluster, server, namespace }: Destination) => ({
  ...(server === undefined ? { name: cluster } : { server }),
  namespace,
});

function argoSpec(
  { repoURL, branch }: ApplicationReference,
  project: string,
  destination: Destination,
  { automated, prune, selfHeal, options }: Required<SyncProps>,
): object {
  return {
    project,
    source: { repoURL, targetRevision: branch, path: '.' },
    destination: argoDestination(destination),
    syncPolicy: {
      ...(automated && { automated: { prune, selfHeal } }),
      ...(options.length > 0 && { syncOptions: [...options] }),
    },
  };
}
