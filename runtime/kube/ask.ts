import { faultOf, isClassified, unanswered } from './fault';
import type { ApiReply, ApiRequest, Transport } from './transport';

/** How long one request may take, and who may end it before. */
export interface RequestOptions {
  /** Ends the request early, for instance when the lease is lost. What it did at the server is then unknown. */
  readonly signal?: AbortSignal;

  /** From the first byte sent to the last byte read, in milliseconds. @default 15000 */
  readonly deadlineMs?: number;
}

/** A request, and how its errors name it. */
export type Question = Omit<ApiRequest, 'signal'> & {
  /** Kind and name, as in `Ticket shop/app-7`. */
  readonly subject: string;
};

type Answer<T> = { readonly value: T } | { readonly refusal: Error };

const DEADLINE_MS = 15_000;

/**
 * Asks the API server and reads the whole answer, within the deadline.
 *
 * @param read turns the body of a success into the result
 * @throws the errors of {@link faultOf} and, without a usable answer, `TransientError`
 */
export async function ask<T>(
  transport: Transport,
  question: Question,
  options: RequestOptions,
  read: (reply: ApiReply) => Promise<T>,
): Promise<T> {
  const answer = await exchange(transport, question, options, async (reply): Promise<Answer<T>> => {
    if (reply.status >= 200 && reply.status < 300) return { value: await read(reply) };
    const named = `${question.method} ${question.subject}`;
    return { refusal: faultOf(named, reply.status, await reply.text(), reply.retryAfterMs) };
  });
  if ('refusal' in answer) throw answer.refusal;
  return answer.value;
}

/**
 * Asks the API server and hands every answer, whatever its code, to `read`, within the deadline.
 *
 * @throws TransientError when there is no answer, or `read` cannot make sense of it
 */
export async function exchange<T>(
  transport: Transport,
  { subject, ...request }: Question,
  options: RequestOptions,
  read: (reply: ApiReply) => Promise<T>,
): Promise<T> {
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const deadline = AbortSignal.timeout(Math.ceil(deadlineMs));
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  try {
    return await orAborted(transport.send({ ...request, signal }).then(read), signal);
  } catch (error) {
    if (isClassified(error)) throw error;
    const named = `${request.method} ${subject}`;
    if (options.signal?.aborted) throw unanswered(named, transport.server, new Error('given up, as asked'));
    if (deadline.aborted) throw unanswered(named, transport.server, new Error(`nothing within ${deadlineMs} ms`));
    throw unanswered(named, transport.server, error);
  }
}

/** Rejects when the signal aborts, even if the work does not listen to it, as a credential plugin that hangs. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end = (): void => undefined;
  const abortion = new Promise<never>((_resolve, reject) => {
    end = () => reject(new Error('aborted'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([work, abortion]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
