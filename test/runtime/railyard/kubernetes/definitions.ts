/** Small definitions for the tests: one with everything that a schema can say, one in the shape of Argo CD's. */

type Fields = Record<string, unknown>;

const condition = {
  type: 'object',
  required: ['type', 'status'],
  properties: { type: { type: 'string' }, status: { type: 'string' }, message: { type: 'string' } },
};

/** `trains.rail.example.com`: spec and status, defaults, lists of every type, rules with and without oldSelf. */
export function trains(change: (spec: Fields) => void = () => undefined): Fields {
  const schema: Fields = {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['line'],
        'x-kubernetes-validations': [
          {
            rule: 'self.line == oldSelf.line',
            message: 'a train stays on its line',
            reason: 'FieldValueForbidden',
            fieldPath: '.line',
          },
          {
            rule: '!has(self.cars) || size(self.cars) <= self.longest',
            messageExpression: "'at most ' + string(self.longest) + ' cars'",
          },
        ],
        properties: {
          line: { type: 'string', description: 'The line that the train runs on.', pattern: '^[a-z]+$', maxLength: 12 },
          speed: { type: 'integer', minimum: 0, maximum: 300, default: 80 },
          longest: { type: 'integer', default: 3 },
          fare: { 'x-kubernetes-int-or-string': true },
          note: { type: 'string', nullable: true },
          kind: { type: 'string', enum: ['Local', 'Express'], default: 'Local' },
          brakes: { type: 'object', default: {}, properties: { kind: { type: 'string', default: 'air' } } },
          cars: {
            type: 'array',
            maxItems: 10,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string', maxLength: 20 }, seats: { type: 'integer', default: 40 } },
            },
          },
          stops: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
          freight: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          signs: { type: 'object', additionalProperties: { type: 'string' } },
          departs: { type: 'string', format: 'date-time' },
        },
      },
      status: {
        type: 'object',
        properties: {
          phase: { type: 'string' },
          position: { type: 'integer' },
          conditions: { type: 'array', items: condition },
        },
      },
    },
  };
  const spec: Fields = {
    group: 'rail.example.com',
    scope: 'Namespaced',
    names: { plural: 'trains', kind: 'Train', shortNames: ['trn'], categories: ['rail'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: { status: {} },
        selectableFields: [{ jsonPath: '.spec.line' }],
        additionalPrinterColumns: [
          { name: 'Line', type: 'string', jsonPath: '.spec.line' },
          { name: 'Speed', type: 'integer', jsonPath: '.spec.speed' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Owner', type: 'string', jsonPath: '.metadata.annotations.rail\\.example\\.com/owner', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  };
  change(spec);
  return definition('trains.rail.example.com', spec);
}

/** `applications.argoproj.io` as far as it matters here: no status subresource, and everything beneath is loose. */
export function applications(): Fields {
  const loose = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return definition('applications.argoproj.io', {
    group: 'argoproj.io',
    scope: 'Namespaced',
    names: { plural: 'applications', kind: 'Application', shortNames: ['app', 'apps'] },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['metadata', 'spec'],
            properties: { metadata: { type: 'object' }, spec: loose, status: loose, operation: loose },
          },
        },
        subresources: {},
        additionalPrinterColumns: [
          { name: 'Sync Status', type: 'string', jsonPath: '.status.sync.status' },
          { name: 'Health Status', type: 'string', jsonPath: '.status.health.status' },
        ],
      },
    ],
  });
}

export function definition(name: string, spec: Fields): Fields {
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name }, spec };
}

export function train(name: string, spec: Fields = { line: 'red' }): Fields {
  return { apiVersion: 'rail.example.com/v1', kind: 'Train', metadata: { name, namespace: 'default' }, spec };
}
