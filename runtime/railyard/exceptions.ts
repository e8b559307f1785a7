/** One difference between the railyard and the real servers, by a name that tests and documents can refer to. */
export interface KnownException {
  readonly name: string;
  readonly difference: string;
}

/**
 * What a real API server or Argo CD does and the railyard does not, since nothing that a ride is made of depends on it, or
 * since it would take more than one process without rights. Everything else that differs is a defect.
 */
export const KNOWN_EXCEPTIONS: readonly KnownException[] = [
  {
    name: 'no-authentication',
    difference: 'Whoever reaches the loopback address may do everything; reviews always allow.',
  },
  { name: 'plain-http', difference: 'HTTP/1.1 without TLS.' },
  {
    name: 'no-admission',
    difference: 'ValidatingAdmissionPolicies and their bindings are stored and not enforced; there are no webhooks.',
  },
  { name: 'no-quota', difference: 'ResourceQuotas and LimitRanges are stored and not enforced.' },
  {
    name: 'no-workloads',
    difference: 'Deployments, Pods, Jobs, Services and the like are stored; nothing runs them or writes their status.',
  },
  {
    name: 'outline-schemas',
    difference:
      'spec and status of workloads, Ingresses, claims, quotas and admission policies are stored as sent: no unknown fields, no defaults, no checks.',
  },
  {
    name: 'no-field-ownership',
    difference:
      'Server-side apply creates or merges; metadata.managedFields is not kept, no conflicts are reported, and fields that disappear from the applied object stay.',
  },
  {
    name: 'no-default-service-account',
    difference: 'New namespaces have neither a default ServiceAccount nor the kube-root-ca.crt ConfigMap.',
  },
  {
    name: 'no-event-expiry',
    difference: 'Events stay until they are deleted; a real server drops them after an hour.',
  },
  { name: 'no-conversion-webhooks', difference: 'Definitions with conversion strategy Webhook are refused.' },
  { name: 'no-scale', difference: 'There is no scale subresource.' },
  { name: 'no-connect', difference: 'There is no log, exec, attach, port-forward, proxy, eviction or finalize.' },
  {
    name: 'no-cel-cost-budget',
    difference: 'CEL rules are not refused for their cost; self and oldSelf are not type-checked against the schema.',
  },
  {
    name: 'cel-library-gaps',
    difference:
      'CEL functions for quantities, IP addresses, CIDRs, semantic versions, URL parts and string formatting, and two-variable macros are missing: a definition whose rules use them is refused.',
  },
  {
    name: 'no-duplicate-field-check',
    difference: 'A JSON or YAML field that is given twice counts once, with its last value.',
  },
  {
    name: 'protobuf-of-some-kinds',
    difference:
      'Protobuf bodies are understood for Namespaces, Secrets, ConfigMaps, ServiceAccounts, RBAC kinds, reviews and DeleteOptions (kubectl create <kind> sends them); other kinds need JSON (kubectl create -f sends that).',
  },
  { name: 'json-only', difference: 'Answers are never compressed and never YAML; there is no OpenAPI v2.' },
  { name: 'typed-lists', difference: 'Items of lists of built-in kinds carry apiVersion and kind.' },
  { name: 'no-fsync', difference: 'Writes survive the death of the process, not a power failure.' },
  {
    name: 'history-ends-with-process',
    difference: 'After a restart, watches and continued lists from before it are answered with 410.',
  },
  { name: 'no-legacy-watch-paths', difference: 'There are no /watch/ paths; use ?watch=true.' },
  {
    name: 'health-with-words',
    difference:
      'Argo CD’s stand-in says in status.health.message why an Application is unhealthy, since scripts give the words; Argo CD says it of single resources, where it is told to persist that.',
  },
  {
    name: 'any-destination',
    difference:
      'Argo CD’s stand-in knows every cluster that an Application names: one railyard stands for all of a network’s.',
  },
  {
    name: 'words-of-parsers',
    difference:
      'Of text that cannot be read (bodies, patches, selectors, continue tokens) a refusal says so in words of its own; code and reason are the same.',
  },
  {
    name: 'no-storage-version-hash',
    difference: 'Discovery does not tell in which version a kind is stored.',
  },
  {
    name: 'whole-paths-in-status',
    difference:
      'A refused write of a status names the field by its whole path in the words of a cause too; a real server leaves out `status.` there.',
  },
  { name: 'no-priority-and-fairness', difference: 'No request is ever throttled.' },
];
