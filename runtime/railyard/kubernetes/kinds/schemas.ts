import type { JsonObject } from '../json';
import { CONDITION, JSON_SCHEMA, LABEL_SELECTOR } from './definitions';
import {
  anything,
  bytes,
  flag,
  integer,
  intOrString,
  keyedList,
  listOf,
  mapOf,
  object,
  oneOf,
  ref,
  setOf,
  text,
  time,
  withDefault,
} from './parts';

/** The parts of built-in kinds beside apiVersion, kind and metadata. */

const REFERENCE = object({
  apiVersion: text(),
  kind: text(),
  name: text(),
  namespace: text(),
  uid: text(),
  resourceVersion: text(),
  fieldPath: text(),
});

const CONDITIONS = keyedList(ref(CONDITION), 'type');

export const NAMESPACE = object({
  spec: object({ finalizers: listOf(text()) }),
  status: object({ phase: text('Active or Terminating.'), conditions: CONDITIONS }),
});

export const SECRET = object({
  data: mapOf(bytes(), 'Values in base64.'),
  stringData: mapOf(text(), 'Values in plain text: written into data, never read back.'),
  immutable: flag('Whether data can no longer be changed.'),
  type: withDefault(text('What the secret is for.'), 'Opaque'),
});

export const CONFIG_MAP = object({
  data: mapOf(text(), 'Values.'),
  binaryData: mapOf(bytes(), 'Values in base64.'),
  immutable: flag('Whether data can no longer be changed.'),
});

export const SERVICE_ACCOUNT = object({
  automountServiceAccountToken: flag(),
  imagePullSecrets: keyedList(object({ name: withDefault(text(), '') }), 'name'),
  secrets: keyedList(REFERENCE, 'name'),
});

export const EVENT = object(
  {
    involvedObject: { ...REFERENCE, description: 'What the event is about.' },
    reason: text('One word for what happened.'),
    message: text('What happened, in words.'),
    source: object({ component: text(), host: text() }),
    type: text('Normal or Warning.'),
    firstTimestamp: time('When it was seen first.'),
    lastTimestamp: time('When it was seen last.'),
    count: integer('How often it was seen.'),
    eventTime: time('When it was seen, in microseconds.'),
    series: object({ count: integer(), lastObservedTime: time() }),
    action: text('What was done.'),
    related: REFERENCE,
    reportingComponent: text('Who reports.'),
    reportingInstance: text('Which instance of it.'),
  },
  ['involvedObject'],
);

export const EVENT_OF_ITS_GROUP = object({
  regarding: { ...REFERENCE, description: 'What the event is about.' },
  reason: text('One word for what happened.'),
  note: text('What happened, in words.'),
  type: text('Normal or Warning.'),
  action: text('What was done.'),
  eventTime: time('When it was seen.'),
  series: object({ count: integer(), lastObservedTime: time() }),
  related: REFERENCE,
  reportingController: text('Who reports.'),
  reportingInstance: text('Which instance of it.'),
  deprecatedSource: object({ component: text(), host: text() }),
  deprecatedFirstTimestamp: time(),
  deprecatedLastTimestamp: time(),
  deprecatedCount: integer(),
});

export const LEASE = object({
  spec: object({
    holderIdentity: text('Who holds the lease.'),
    leaseDurationSeconds: integer('How long the others wait before they take it.'),
    acquireTime: time('When it was taken.'),
    renewTime: time('When it was renewed last.'),
    leaseTransitions: integer('How often it changed hands.'),
    strategy: text(),
    preferredHolder: text(),
  }),
});

const RULE = object(
  {
    verbs: listOf(text()),
    apiGroups: listOf(text()),
    resources: listOf(text()),
    resourceNames: listOf(text()),
    nonResourceURLs: listOf(text()),
  },
  ['verbs'],
);

export const ROLE = object({ rules: listOf(RULE) });
export const CLUSTER_ROLE = object({
  rules: listOf(RULE),
  aggregationRule: object({ clusterRoleSelectors: listOf(ref(LABEL_SELECTOR)) }),
});
export const BINDING = object(
  {
    subjects: listOf(object({ kind: text(), apiGroup: text(), name: text(), namespace: text() }, ['kind', 'name'])),
    roleRef: object({ apiGroup: text(), kind: text(), name: text() }, ['kind', 'name']),
  },
  ['roleRef'],
);

export const SERVICE = object({
  spec: object({
    type: withDefault(text(), 'ClusterIP'),
    clusterIP: text(),
    clusterIPs: listOf(text()),
    externalIPs: listOf(text()),
    externalName: text(),
    externalTrafficPolicy: text(),
    healthCheckNodePort: integer(),
    internalTrafficPolicy: text(),
    ipFamilies: listOf(text()),
    ipFamilyPolicy: text(),
    allocateLoadBalancerNodePorts: flag(),
    loadBalancerClass: text(),
    loadBalancerIP: text(),
    loadBalancerSourceRanges: listOf(text()),
    ports: keyedList(
      object(
        {
          name: text(),
          port: integer(),
          targetPort: intOrString(),
          nodePort: integer(),
          protocol: withDefault(text(), 'TCP'),
          appProtocol: text(),
        },
        ['port'],
      ),
      'port',
      'protocol',
    ),
    publishNotReadyAddresses: flag(),
    selector: mapOf(text()),
    sessionAffinity: withDefault(text(), 'None'),
    sessionAffinityConfig: anything(),
    trafficDistribution: text(),
  }),
  status: anything(),
});

export const DISRUPTION_BUDGET = object({
  spec: object({
    selector: ref(LABEL_SELECTOR),
    minAvailable: intOrString(),
    maxUnavailable: intOrString(),
    unhealthyPodEvictionPolicy: text(),
  }),
  status: anything(),
});

const PEERS = listOf(
  object({
    podSelector: ref(LABEL_SELECTOR),
    namespaceSelector: ref(LABEL_SELECTOR),
    ipBlock: object({ cidr: text(), except: listOf(text()) }, ['cidr']),
  }),
);
const POLICY_PORTS = listOf(object({ port: intOrString(), endPort: integer(), protocol: text() }));

export const NETWORK_POLICY = object({
  spec: object({
    podSelector: ref(LABEL_SELECTOR),
    policyTypes: listOf(text()),
    ingress: listOf(object({ from: PEERS, ports: POLICY_PORTS })),
    egress: listOf(object({ to: PEERS, ports: POLICY_PORTS })),
  }),
});

/** Kinds of which only the outline is known. */
export const OUTLINE = object({ spec: anything(), status: anything() });

const COLUMN = object(
  {
    name: text(),
    type: text(),
    format: text(),
    description: text(),
    priority: integer(),
    jsonPath: text(),
  },
  ['name', 'type', 'jsonPath'],
);

const NAMES = {
  plural: text('The name in URLs.'),
  singular: text('The name of one.'),
  kind: text('The name in manifests.'),
  listKind: text(),
  shortNames: listOf(text()),
  categories: listOf(text()),
};

const VERSION = object(
  {
    name: text(),
    served: flag('Whether requests in this version are answered.'),
    storage: flag('Whether objects are stored in this version.'),
    deprecated: flag(),
    deprecationWarning: text(),
    schema: object({ openAPIV3Schema: ref(JSON_SCHEMA) }),
    subresources: object({
      status: anything(),
      scale: object({ specReplicasPath: text(), statusReplicasPath: text(), labelSelectorPath: text() }, [
        'specReplicasPath',
        'statusReplicasPath',
      ]),
    }),
    additionalPrinterColumns: listOf(COLUMN),
    selectableFields: listOf(object({ jsonPath: text() }, ['jsonPath'])),
  },
  ['name', 'served', 'storage'],
);

export const DEFINITION: JsonObject = object(
  {
    spec: object(
      {
        group: text('API group.'),
        scope: oneOf('Cluster', 'Namespaced'),
        names: object(NAMES, ['plural', 'kind']),
        versions: keyedList(VERSION, 'name'),
        conversion: object({ strategy: text(), webhook: anything() }, ['strategy']),
        preserveUnknownFields: flag(),
      },
      ['group', 'scope', 'names', 'versions'],
    ),
    status: object({
      acceptedNames: object(NAMES),
      conditions: CONDITIONS,
      storedVersions: setOf(text()),
      observedGeneration: integer(),
    }),
  },
  ['spec'],
);
