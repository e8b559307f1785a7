import { objectAt, type JsonObject } from '../json';
import type { Endpoint, Resource, Strategy } from '../registry';
import { SchemaCompiler } from '../schema/structural';
import { AGE, COLUMNS, NAME } from './columns';
import { definitionStrategy } from './crd';
import { OBJECT_META, SHARED } from './definitions';
import { eventFromGroup, eventToGroup } from './events';
import { labelProblems, pathSegmentProblems, subdomainProblems } from './names';
import { ref, text } from './parts';
import { reviewOf } from './reviews';
import * as schemas from './schemas';
import {
  dataCauses,
  eventCauses,
  eventFields,
  prepareBinding,
  prepareNamespace,
  prepareSecret,
  roleRefCauses,
  secretCauses,
  selectorCauses,
  string,
} from './strategies';

/** What is special about a built-in kind; everything else follows from its name. */
interface Kind {
  readonly plural: string;
  readonly schema?: JsonObject;
  readonly short?: readonly string[];
  readonly cluster?: boolean;
  /** Whether it has a `/status`. */
  readonly status?: boolean;
  readonly all?: boolean;
  readonly strategy?: Partial<Strategy>;
}

const RBAC: Partial<Strategy> = { nameProblems: pathSegmentProblems };
const COUNTED: Partial<Strategy> = { generation: true };
const WORKLOAD: Partial<Strategy> = { generation: true, validate: selectorCauses };

/** All built-in kinds, by group and version. */
const KINDS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  v1: {
    Namespace: {
      plural: 'namespaces',
      short: ['ns'],
      cluster: true,
      status: true,
      schema: schemas.NAMESPACE,
      strategy: {
        nameProblems: labelProblems,
        prepare: prepareNamespace,
        selectable: (object) => ({ 'status.phase': string(objectAt(object['status'])['phase']) }),
      },
    },
    Secret: {
      plural: 'secrets',
      schema: schemas.SECRET,
      strategy: {
        prepare: prepareSecret,
        validate: secretCauses,
        selectable: (object) => ({ type: string(object['type']) }),
      },
    },
    ConfigMap: { plural: 'configmaps', short: ['cm'], schema: schemas.CONFIG_MAP, strategy: { validate: dataCauses } },
    Event: {
      plural: 'events',
      short: ['ev'],
      schema: schemas.EVENT,
      strategy: { validate: eventCauses, createOnUpdate: true, selectable: eventFields },
    },
    ServiceAccount: { plural: 'serviceaccounts', short: ['sa'], schema: schemas.SERVICE_ACCOUNT },
    Service: {
      plural: 'services',
      short: ['svc'],
      all: true,
      status: true,
      schema: schemas.SERVICE,
      strategy: { nameProblems: labelProblems },
    },
    Pod: {
      plural: 'pods',
      short: ['po'],
      all: true,
      status: true,
      strategy: {
        generation: true,
        selectable: (object) => ({
          'status.phase': string(objectAt(object['status'])['phase']),
          'spec.nodeName': string(objectAt(object['spec'])['nodeName']),
        }),
      },
    },
    PersistentVolumeClaim: { plural: 'persistentvolumeclaims', short: ['pvc'], status: true },
    ResourceQuota: { plural: 'resourcequotas', short: ['quota'], status: true },
    LimitRange: { plural: 'limitranges', short: ['limits'] },
  },
  'apps/v1': {
    Deployment: { plural: 'deployments', short: ['deploy'], all: true, status: true, strategy: WORKLOAD },
    ReplicaSet: { plural: 'replicasets', short: ['rs'], all: true, status: true, strategy: WORKLOAD },
    StatefulSet: { plural: 'statefulsets', short: ['sts'], all: true, status: true, strategy: WORKLOAD },
    DaemonSet: { plural: 'daemonsets', short: ['ds'], all: true, status: true, strategy: WORKLOAD },
  },
  'batch/v1': {
    Job: { plural: 'jobs', all: true, status: true, strategy: COUNTED },
    CronJob: { plural: 'cronjobs', short: ['cj'], all: true, status: true, strategy: COUNTED },
  },
  'autoscaling/v2': {
    HorizontalPodAutoscaler: { plural: 'horizontalpodautoscalers', short: ['hpa'], all: true, status: true },
  },
  'networking.k8s.io/v1': {
    Ingress: { plural: 'ingresses', short: ['ing'], status: true, strategy: COUNTED },
    NetworkPolicy: {
      plural: 'networkpolicies',
      short: ['netpol'],
      schema: schemas.NETWORK_POLICY,
      strategy: COUNTED,
    },
  },
  'policy/v1': {
    PodDisruptionBudget: {
      plural: 'poddisruptionbudgets',
      short: ['pdb'],
      status: true,
      schema: schemas.DISRUPTION_BUDGET,
      strategy: { ...COUNTED, unconditionalUpdate: false },
    },
  },
  'coordination.k8s.io/v1': {
    Lease: {
      plural: 'leases',
      schema: schemas.LEASE,
      strategy: { createOnUpdate: true, unconditionalUpdate: false },
    },
  },
  'rbac.authorization.k8s.io/v1': {
    Role: { plural: 'roles', schema: schemas.ROLE, strategy: RBAC },
    ClusterRole: { plural: 'clusterroles', cluster: true, schema: schemas.CLUSTER_ROLE, strategy: RBAC },
    RoleBinding: {
      plural: 'rolebindings',
      schema: schemas.BINDING,
      strategy: { ...RBAC, prepare: prepareBinding, validate: roleRefCauses },
    },
    ClusterRoleBinding: {
      plural: 'clusterrolebindings',
      cluster: true,
      schema: schemas.BINDING,
      strategy: { ...RBAC, prepare: prepareBinding, validate: roleRefCauses },
    },
  },
  'admissionregistration.k8s.io/v1': {
    ValidatingAdmissionPolicy: {
      plural: 'validatingadmissionpolicies',
      cluster: true,
      status: true,
      strategy: COUNTED,
    },
    ValidatingAdmissionPolicyBinding: {
      plural: 'validatingadmissionpolicybindings',
      cluster: true,
      strategy: COUNTED,
    },
  },
};

const REVIEWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'authorization.k8s.io/v1': {
    SelfSubjectAccessReview: 'selfsubjectaccessreviews',
    SubjectAccessReview: 'subjectaccessreviews',
    SelfSubjectRulesReview: 'selfsubjectrulesreviews',
  },
  'authentication.k8s.io/v1': { SelfSubjectReview: 'selfsubjectreviews' },
};

function groupAndVersion(apiVersion: string): { group: string; version: string } {
  const [first = '', second] = apiVersion.split('/');
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

const compiler = new SchemaCompiler(SHARED);

/** The schema of a whole object, from the schema of what is particular to its kind. */
export function wholeSchema(part: JsonObject): JsonObject {
  const metadata = objectAt(objectAt(part['properties'])['metadata']);
  const narrowed = Object.keys(metadata).length > 0 && metadata['properties'] !== undefined;
  return {
    ...part,
    properties: {
      apiVersion: text('Group and version of this form of the object.'),
      kind: text('What kind of object this is.'),
      ...objectAt(part['properties']),
      metadata: narrowed ? { ...SHARED[OBJECT_META], allOf: [metadata] } : ref(OBJECT_META),
    },
  };
}

function resourceOf(apiVersion: string, kind: string, { plural, short, cluster, all, strategy }: Kind): Resource {
  const { group } = groupAndVersion(apiVersion);
  return {
    key: group === '' ? plural : `${group}/${plural}`,
    group,
    resource: plural,
    kind,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    shortNames: short ?? [],
    categories: all ? ['all'] : [],
    namespaced: !cluster,
    storedAs: apiVersion,
    strategy: {
      nameProblems: subdomainProblems,
      unconditionalUpdate: true,
      createOnUpdate: false,
      generation: false,
      ...strategy,
    },
    custom: false,
  };
}

function endpointOf(apiVersion: string, kind: string, description: Kind): Endpoint {
  const resource = resourceOf(apiVersion, kind, description);
  return {
    ...groupAndVersion(apiVersion),
    resource,
    schema: compiler.compile(wholeSchema(description.schema ?? schemas.OUTLINE)),
    columns: COLUMNS[resource.key] ?? [NAME, AGE],
    statusSubresource: description.status === true,
  };
}

/**
 * The kinds that exist before any CustomResourceDefinition.
 *
 * @param now for the times in conditions of definitions
 */
export function builtinEndpoints(now: () => Date): Endpoint[] {
  const endpoints = Object.entries(KINDS).flatMap(([apiVersion, kinds]) =>
    Object.entries(kinds).map(([kind, description]) => endpointOf(apiVersion, kind, description)),
  );
  endpoints.push(
    endpointOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      plural: 'customresourcedefinitions',
      short: ['crd', 'crds'],
      cluster: true,
      status: true,
      schema: schemas.DEFINITION,
      strategy: definitionStrategy(now),
    }),
  );
  for (const [apiVersion, kinds] of Object.entries(REVIEWS)) {
    for (const [kind, plural] of Object.entries(kinds)) {
      const endpoint = endpointOf(apiVersion, kind, { plural, cluster: true });
      endpoints.push({ ...endpoint, review: reviewOf });
    }
  }
  const events = endpoints.find(({ resource }) => resource.key === 'events');
  if (events) endpoints.push(eventsOfTheirGroup(events));
  return endpoints;
}

/** Events are one kind that two groups serve, with different names for the same fields. */
function eventsOfTheirGroup(core: Endpoint): Endpoint {
  return {
    ...core,
    group: 'events.k8s.io',
    version: 'v1',
    schema: compiler.compile(wholeSchema(schemas.EVENT_OF_ITS_GROUP)),
    convert: { fromStored: eventToGroup, toStored: eventFromGroup },
  };
}
