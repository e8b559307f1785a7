/**
 * One exchange with a forge: JSON both ways, time and size bounded, redirects refused. Only hosts are asked that a Secret
 * of the operator names, and their words come back without our credential.
 */

import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { messageOf, TerminalError, TransientError } from '../errors';
import type { Effect } from './contract';

const LONGEST_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;
const WORDS_LENGTH = 500;
/** How long a forge is left alone that asked for it and did not say for how long. */
const RATE_LIMITED_MS = 60_000;

/** A forge, and how it knows that it is us. */
export interface Api {
  /** Without a slash at its end. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What must not be in any message. */
  readonly secrets: readonly string[];
  /** Where the credential is, for messages. */
  readonly secretName: string;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the base of the API. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** What the forge says of a failure, on one line. */
  readonly words: string;
}

/**
 * Asks, and gives back what is for the caller to judge: success, and refusals other than of our credential.
 *
 * @throws TransientError where there is no such answer
 */
export async function ask(api: Api, question: Question, effect?: Effect): Promise<Answer> {
  const { method, path, query = {}, body } = question;
  const url = new URL(`${api.base}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : value) url.searchParams.append(name, one);
  }
  const within = Math.min(LONGEST_MS, effect?.permit?.() ?? LONGEST_MS);
  if (within <= 0) throw new TransientError(`${url.host} is not asked: this process does not lead any more`);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(within),
      headers: {
        accept: 'application/json',
        'user-agent': 'k8sta',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...api.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await read(response);
  } catch (error) {
    throw new TransientError(clean(api, `${url.host} gives no answer: ${causeOf(error)}`));
  }
  const answer = { status: response.status, body: parsed(text), words: clean(api, wordsIn(text)) };
  refuseUnknown(api, url, response, answer);
  return answer;
}

/** What concerns us as a whole, and not what was asked. @throws TransientError */
function refuseUnknown({ secretName }: Api, { host }: URL, { status, headers }: Response, { words }: Answer): void {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const limited =
    status === 429 || (status === 403 && (retryAfter >= 0 || headers.get('x-ratelimit-remaining') === '0'));
  if (limited) {
    const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - Date.now();
    const wait = retryAfter >= 0 ? retryAfter * 1000 : reset > 0 ? reset : RATE_LIMITED_MS;
    throw new TransientError(`${host} asks to be left alone: ${words}`, Math.min(wait, 3_600_000));
  }
  if (status === 401 || status === 403) {
    throw new TransientError(
      `${host} does not let us do this (status ${status}: ${words}): check the rights of the token in Secret ${secretName}`,
    );
  }
  if (status >= 500) throw new TransientError(`${host} answers with status ${status}: ${words}`);
}

/**
 * An answer in the shape that the forge documents.
 *
 * @throws TerminalError with the forge's words where it refused, TransientError where the answer is another one
 */
export function expected<S extends TSchema>(schema: S, answer: Answer, what: string): Static<S> {
  accepted(answer, what);
  const { body } = answer;
  if (!Value.Check(schema, body)) throw new TransientError(`${what}: the forge answers in a shape that is not known`);
  return body;
}

/** The same where nothing of the answer is read. */
export function accepted(answer: Answer, what: string, ...alsoFine: readonly number[]): void {
  const { status, words } = answer;
  if (isYes(answer) || alsoFine.includes(status)) return;
  if (status === 404) throw new TransientError(`${what}: not found, or our credential may not see it`);
  throw new TerminalError(`${what} is refused (status ${status}): ${words}`);
}

/** Why the forge did not do what it may refuse for reasons of its own; nothing where it did it. */
export const refusalIn = (answer: Answer): string | undefined =>
  isYes(answer) ? undefined : answer.words || `status ${answer.status}`;

const isYes = ({ status }: Answer): boolean => status >= 200 && status <= 299;

async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The types of the platform know the body as a stream that can be iterated only under another name.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error(`its answer has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The message in an answer, wherever forges put it. */
function wordsIn(text: string): string {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null) return text;
  const { message, error, errors } = body as Fields;
  return [message, error, errors].flatMap(said).join('; ');
}

type Fields = Readonly<Record<string, unknown>>;

/** Errors come as texts, or with more around their message than people want to read; Bitbucket says apart who forbids it. */
function said(error: unknown): string[] {
  if (error === undefined || error === null || error === '') return [];
  if (typeof error === 'string') return [error];
  if (Array.isArray(error)) return error.flatMap(said);
  const { message, vetoes, detailedMessage, summaryMessage } = error as Fields;
  const words = [message ?? detailedMessage ?? summaryMessage, vetoes].flatMap(said);
  return words.length === 0 ? [JSON.stringify(error)] : words;
}

function clean({ secrets }: Api, text: string): string {
  const hidden = secrets.filter(Boolean).reduce((all, secret) => all.replaceAll(secret, '***'), text);
  return hidden
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, WORDS_LENGTH);
}

/** A failed fetch hides why in its cause. */
const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
