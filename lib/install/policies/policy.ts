/** The shape of an admission policy, and the phrases that all of ours are made of. */

import { GROUP, VERBS, VERSION } from '../../api';

/** A CEL expression that must be true, and the CEL expression of the sentence for whoever breaks it. */
export interface Demand {
  readonly expression: string;
  readonly messageExpression: string;
}

export interface PolicyParts {
  /** Plural of the resource that it guards. */
  readonly plural: string;
  /** Names for parts of the demands, each of which may use those before it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly demands: readonly Demand[];
}

/** An object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** True at the first, at every later and at the last write of an object. */
export const CREATED = "request.operation == 'CREATE'";
export const UPDATED = "request.operation == 'UPDATE'";
export const DELETED = "request.operation == 'DELETE'";

/** A text of ours as CEL writes it: it reads JSON's. */
export const text = (words: string): string => JSON.stringify(words);

/** Who asks, as the cluster's authentication calls them. */
export const CALLER = 'request.userInfo.username';

/**
 * Whether the caller has one of our verbs. It costs a third of what one expression may cost, so no demand asks more than
 * twice.
 *
 * @param name CEL of the object's name
 */
export const may = (verb: keyof typeof VERBS, plural: string, name: string): string =>
  `authorizer.group('${GROUP}').resource('${plural}').namespace(request.namespace).name(${name}).check('${VERBS[verb]}').allowed()`;

/**
 * The sentence for a caller who lacks a verb.
 *
 * @param what what they wanted, as in "to approve"
 * @param kind CEL of the kind's plural
 * @param name CEL of the object's name
 */
export const lacking = (verb: keyof typeof VERBS, kind: string, name: string, what: string): string =>
  `${CALLER} + " needs the verb '${VERBS[verb]}' on " + ${kind} + ".${GROUP} '" + ${name} + "' in namespace " + request.namespace + ${text(` ${what}`)}`;

/** A list that may be absent, of an object that may be absent. */
export const listOf = (there: string, path: string): string => `${there} && has(${path}) ? ${path} : []`;

/**
 * Whoever empties a namespace does not speak for a person: its objects go, and nothing they guarded stays.
 */
const CLEANERS = [
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:serviceaccount:kube-system:namespace-controller',
];

/** A policy for one kind, bound to the whole cluster. Whatever it cannot judge is refused. */
export function policy({ plural, variables, demands }: PolicyParts): Manifest[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: `${plural}.${GROUP}` };
  const cleaners = CLEANERS.map((name) => `'${name}'`).join(', ');
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [GROUP],
              apiVersions: [VERSION],
              operations: ['CREATE', 'UPDATE', 'DELETE'],
              resources: [plural],
            },
          ],
        },
        matchConditions: [
          { name: 'no-cleaning-of-namespaces', expression: `!(${DELETED} && ${CALLER} in [${cleaners}])` },
        ],
        variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
        validations: demands.map((demand) => ({ ...demand, reason: 'Forbidden' })),
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name, validationActions: ['Deny'] },
    },
  ];
}
