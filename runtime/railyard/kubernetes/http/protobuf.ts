import { Root, type IConversionOptions, type INamespace } from 'protobufjs/light';
import { isObject, type Json, type JsonObject } from '../json';
import { badRequest, StatusError } from '../status';

/** Every body in Kubernetes' protobuf starts with this. */
const MAGIC = Buffer.from('k8s\0');

const string = (id: number): object => ({ id, type: 'string' });
const strings = (id: number): object => ({ id, type: 'string', rule: 'repeated' });
const bool = (id: number): object => ({ id, type: 'bool' });
const int64 = (id: number): object => ({ id, type: 'int64' });
const textMap = (id: number): object => ({ id, keyType: 'string', type: 'string' });
const bytesMap = (id: number): object => ({ id, keyType: 'string', type: 'bytes' });
const message = (id: number, type: string): object => ({ id, type });
const messages = (id: number, type: string): object => ({ id, type, rule: 'repeated' });

/**
 * The messages that kubectl sends in protobuf, with the fields that it can set. Lists of everything a kind may hold would
 * be the whole of Kubernetes' API.
 */
const MESSAGES = {
  nested: {
    TypeMeta: { fields: { apiVersion: string(1), kind: string(2) } },
    Unknown: { fields: { typeMeta: message(1, 'TypeMeta'), raw: { id: 2, type: 'bytes' } } },
    OwnerReference: {
      fields: {
        kind: string(1),
        name: string(3),
        uid: string(4),
        apiVersion: string(5),
        controller: bool(6),
        blockOwnerDeletion: bool(7),
      },
    },
    ObjectMeta: {
      fields: {
        name: string(1),
        generateName: string(2),
        namespace: string(3),
        uid: string(5),
        resourceVersion: string(6),
        labels: textMap(11),
        annotations: textMap(12),
        ownerReferences: messages(13, 'OwnerReference'),
        finalizers: strings(14),
      },
    },
    Namespace: { fields: { metadata: message(1, 'ObjectMeta') } },
    Secret: {
      fields: {
        metadata: message(1, 'ObjectMeta'),
        data: bytesMap(2),
        type: string(3),
        stringData: textMap(4),
        immutable: bool(5),
      },
    },
    ConfigMap: {
      fields: {
        metadata: message(1, 'ObjectMeta'),
        data: textMap(2),
        binaryData: bytesMap(3),
        immutable: bool(4),
      },
    },
    LocalObjectReference: { fields: { name: string(1) } },
    ServiceAccount: {
      fields: {
        metadata: message(1, 'ObjectMeta'),
        imagePullSecrets: messages(3, 'LocalObjectReference'),
        automountServiceAccountToken: bool(4),
      },
    },
    PolicyRule: {
      fields: {
        verbs: strings(1),
        apiGroups: strings(2),
        resources: strings(3),
        resourceNames: strings(4),
        nonResourceURLs: strings(5),
      },
    },
    Role: { fields: { metadata: message(1, 'ObjectMeta'), rules: messages(2, 'PolicyRule') } },
    ClusterRole: { fields: { metadata: message(1, 'ObjectMeta'), rules: messages(2, 'PolicyRule') } },
    Subject: { fields: { kind: string(1), apiGroup: string(2), name: string(3), namespace: string(4) } },
    RoleRef: { fields: { apiGroup: string(1), kind: string(2), name: string(3) } },
    RoleBinding: {
      fields: { metadata: message(1, 'ObjectMeta'), subjects: messages(2, 'Subject'), roleRef: message(3, 'RoleRef') },
    },
    ClusterRoleBinding: {
      fields: { metadata: message(1, 'ObjectMeta'), subjects: messages(2, 'Subject'), roleRef: message(3, 'RoleRef') },
    },
    ResourceAttributes: {
      fields: {
        namespace: string(1),
        verb: string(2),
        group: string(3),
        version: string(4),
        resource: string(5),
        subresource: string(6),
        name: string(7),
      },
    },
    NonResourceAttributes: { fields: { path: string(1), verb: string(2) } },
    ReviewSpec: {
      fields: {
        resourceAttributes: message(1, 'ResourceAttributes'),
        nonResourceAttributes: message(2, 'NonResourceAttributes'),
      },
    },
    SelfSubjectAccessReview: { fields: { metadata: message(1, 'ObjectMeta'), spec: message(2, 'ReviewSpec') } },
    RulesReviewSpec: { fields: { namespace: string(1) } },
    SelfSubjectRulesReview: { fields: { metadata: message(1, 'ObjectMeta'), spec: message(2, 'RulesReviewSpec') } },
    SelfSubjectReview: { fields: { metadata: message(1, 'ObjectMeta') } },
    Preconditions: { fields: { uid: string(1), resourceVersion: string(2) } },
    DeleteOptions: {
      fields: {
        gracePeriodSeconds: int64(1),
        preconditions: message(2, 'Preconditions'),
        orphanDependents: bool(3),
        propagationPolicy: string(4),
        dryRun: strings(5),
      },
    },
  },
} as INamespace;

const root = Root.fromJSON(MESSAGES);
const READABLE = Object.keys(MESSAGES.nested ?? {});
const AS_JSON: IConversionOptions = { longs: Number, bytes: String, json: true };

function read(name: string, bytes: Uint8Array): JsonObject {
  const type = root.lookupType(name);
  const value: unknown = type.toObject(type.decode(bytes), AS_JSON);
  if (!isObject(value)) throw badRequest(`the protobuf body is no ${name}`);
  return value;
}

/**
 * Decodes a body in Kubernetes' protobuf into the object that it would be in JSON.
 *
 * @throws StatusError 400 when it is damaged, 415 when its kind is not among those that kubectl sends
 */
export function decodeProtobuf(body: Buffer): Json {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw badRequest('the protobuf body does not start with "k8s\\0"');
  try {
    const envelope = root.lookupType('Unknown').decode(body.subarray(MAGIC.length)) as unknown as {
      typeMeta?: { apiVersion: string; kind: string };
      raw: Uint8Array;
    };
    const { apiVersion = '', kind = '' } = envelope.typeMeta ?? {};
    if (!READABLE.includes(kind)) {
      throw new StatusError(415, 'UnsupportedMediaType', `${kind} is not understood in protobuf here: send it as JSON`);
    }
    return { apiVersion, kind, ...read(kind, envelope.raw) };
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(`the protobuf body is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}
