import { ConflictError, TerminalError, TransientError } from '../errors';

/**
 * A create found the name taken. Whether the object there is the one that was meant is for the caller to read and
 * judge: deterministic names make adopting it the normal end of a create that ran twice.
 */
export class AlreadyExistsError extends ConflictError {}

/** A write met no such object, or a create no such namespace. Writing again ends the same way. */
export class NotFoundError extends TerminalError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 'NotFound', options);
  }
}

/** HTTP 410: the version or page that was asked for is too old to be served. List again. */
export class ExpiredError extends TransientError {}

/** What an API server says about a request that it refused. */
interface Status {
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

const MESSAGE_LIMIT = 1000;

/**
 * Classifies an answer that is not a success.
 *
 * | code | error | because |
 * |---|---|---|
 * | 409 `AlreadyExists` | {@link AlreadyExistsError} | look, then adopt or choose another name |
 * | 409 | `ConflictError` | the world moved on |
 * | 404 from the API itself | {@link NotFoundError} | there is nothing to write to |
 * | 404 from elsewhere | `TransientError` | a kind that is not served (yet) says nothing about its objects |
 * | 410 | {@link ExpiredError} | list again |
 * | 401, 403 | `TransientError` | the runtime's own rights are no fault of the object: a token rotates, a role is re-made by an upgrade, an API server answers 403 while it still loads roles. A change must not fail for that |
 * | 408, 425, 429, 5xx, other | `TransientError` | with `retryAfterMs` where the server named it |
 * | other 4xx | `TerminalError` | the server refused the content; its reason is the error's |
 *
 * @param subject what was asked, in words: method, kind and name
 */
export function faultOf(subject: string, code: number, body: string, retryAfterMs?: number): Error {
  const status = statusIn(body);
  const said = status ? `${status.reason}: ${status.message}` : NO_STATUS;
  const message = `${subject}: ${code} ${said}`;
  const wait = retryAfterMs ?? status?.retryAfterMs;
  switch (code) {
    case 409:
      return status?.reason === 'AlreadyExists' ? new AlreadyExistsError(message) : new ConflictError(message);
    case 410:
      return new ExpiredError(message, wait);
    case 404:
      return status?.reason === 'NotFound' ? new NotFoundError(message) : new TransientError(message, wait);
    default:
      return isRefusal(code) ? new TerminalError(message, status?.reason) : new TransientError(message, wait);
  }
}

const NO_STATUS = 'without a Kubernetes status; is that address a Kubernetes API that serves this kind?';

/** Codes of the 4xx range that say nothing about the content of the request. */
const LATER = new Set([401, 403, 408, 425, 429]);

function isRefusal(code: number): boolean {
  return code >= 400 && code < 500 && !LATER.has(code);
}

/** Classifies a request that got no usable answer. What it did at the server is unknown. */
export function unanswered(subject: string, server: string, error: unknown): TransientError {
  return new TransientError(`${subject}: no usable answer from ${server}: ${networkWords(error)}`, undefined, {
    cause: error,
  });
}

/** Whether an error has been classified already. */
export function isClassified(error: unknown): boolean {
  return error instanceof TransientError || error instanceof TerminalError || error instanceof ConflictError;
}

/** The code of a network error, or of what caused it, or its first line: never a header, a body or a stack. */
function networkWords(error: unknown): string {
  let words = 'unknown network error';
  for (let inner = error, depth = 0; isRecord(inner) && depth < 5; inner = inner.cause, depth++) {
    if (typeof inner.code === 'string') return inner.code;
    if (typeof inner.message === 'string') words = shorten(inner.message.split('\n', 1)[0] ?? '');
  }
  return words;
}

/** Reads the API's `Status` object out of an answer; anything else, such as a proxy's page, is not repeated. */
export function statusIn(body: string): Status | undefined {
  const parsed = parse(body);
  if (!isRecord(parsed) || parsed.kind !== 'Status') return undefined;
  const details = isRecord(parsed.details) ? parsed.details : {};
  const seconds = details.retryAfterSeconds;
  return {
    reason: typeof parsed.reason === 'string' && parsed.reason ? parsed.reason : 'Unknown',
    message: shorten(typeof parsed.message === 'string' ? parsed.message : 'no message'),
    ...(typeof seconds === 'number' && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}

/** `Retry-After` in milliseconds; only its form in seconds, the one that API servers use. */
export function retryAfterMsOf(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header);
  return header && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}...` : line;
}
