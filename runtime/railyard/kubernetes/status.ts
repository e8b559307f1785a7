import type { Json, JsonObject } from './json';

/** One reason why an object is not acceptable, as `details.causes` of a Status carries it. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** Which kind of object a Status speaks of. `resource` is the plural, `kind` the singular type name. */
export interface Subject {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
}

/** A refusal, in the words and the shape (`kind: Status`) in which a Kubernetes API server refuses. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: JsonObject = {},
  ) {
    super(message);
  }

  /** The body to answer with. */
  body(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(Object.keys(this.details).length === 0 ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

function qualified(subject: Subject): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

function about(subject: Subject, name: string): JsonObject {
  return { ...(name ? { name } : {}), ...(subject.group ? { group: subject.group } : {}), kind: subject.resource };
}

export function notFound(subject: Subject, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(subject)} "${name}" not found`, about(subject, name));
}

/** The path names nothing that this server serves; a real server answers that with a line of text. */
export class NotServed extends Error {
  override readonly name = 'NotServed';
}

export function noSuchResource(): NotServed {
  return new NotServed('404 page not found');
}

export function alreadyExists(subject: Subject, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualified(subject)} "${name}" already exists`, about(subject, name));
}

export function conflict(subject: Subject, name: string, why: string): StatusError {
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`,
    about(subject, name),
  );
}

export const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again' as const;

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function forbidden(subject: Subject, name: string, why: string, causes: readonly Cause[] = []): StatusError {
  return new StatusError(403, 'Forbidden', `${qualified(subject)} "${name}" is forbidden: ${why}`, {
    ...about(subject, name),
    ...(causes.length > 0 ? { causes: causes.map((cause) => ({ ...cause })) } : {}),
  });
}

export function methodNotAllowed(subject: Subject, verb: string): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${qualified(subject)}"`,
    about(subject, ''),
  );
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  return new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** The asked-for resourceVersion is older than what the server remembers: list again. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** The asked-for resourceVersion lies in the future of this server. */
export function tooNew(asked: number, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** The object breaks rules: 422 with every cause. */
export function invalid(subject: Subject, name: string, causes: readonly Cause[]): StatusError {
  const kind = subject.group === '' ? subject.kind : `${subject.kind}.${subject.group}`;
  const all = causes.map((cause) => (cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`));
  // Two parts of a server may have found the same.
  const texts = [...new Set(all)];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    ...(name ? { name } : {}),
    ...(subject.group ? { group: subject.group } : {}),
    ...(subject.kind ? { kind: subject.kind } : {}),
    causes: causes.map((cause) => ({ ...cause })),
  });
}

/** A value as it appears in a message: text in quotes, everything else as JSON. */
function shown(value: Json | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** The causes that Kubernetes knows, with its wording. `field` is a path such as `spec.stations[0].name`. */
export const because = {
  required: (field: string, detail = ''): Cause => ({
    reason: 'FieldValueRequired',
    message: detail ? `Required value: ${detail}` : 'Required value',
    field,
  }),
  invalid: (field: string, value: Json | undefined, detail: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${shown(value)}: ${detail}`,
    field,
  }),
  /** Without the value: it would be a whole object. */
  rule: (field: string, detail: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${detail}`,
    field,
  }),
  type: (field: string, value: Json | undefined, detail: string): Cause => ({
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: ${shown(value)}: ${detail}`,
    field,
  }),
  unsupported: (field: string, value: Json | undefined, supported: readonly Json[]): Cause => ({
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((one) => shown(one)).join(', ')}`,
    field,
  }),
  duplicate: (field: string, value: Json | undefined): Cause => ({
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${shown(value)}`,
    field,
  }),
  forbidden: (field: string, detail: string): Cause => ({
    reason: 'FieldValueForbidden',
    message: `Forbidden: ${detail}`,
    field,
  }),
  tooLong: (field: string, limit: number): Cause => ({
    reason: 'FieldValueTooLong',
    message: `Too long: may not be more than ${limit} bytes`,
    field,
  }),
  tooMany: (field: string, actual: number, limit: number): Cause => ({
    reason: 'FieldValueTooMany',
    message: `Too many: ${actual}: must have at most ${limit} items`,
    field,
  }),
} as const;
