import { TransientError } from '../errors';
import { ask, type RequestOptions } from './ask';
import { parseJson } from './json';
import type { Transport } from './transport';

const PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** The name by which the API server knows whoever asks. @throws TransientError where it does not say */
export async function whoami(transport: Transport, options: RequestOptions): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
  const question = { method: 'POST', path: PATH, subject: 'SelfSubjectReview', body } as const;
  const name = await ask(transport, question, options, async (reply) => {
    const { status } = parseJson(await reply.text()) as { status?: { userInfo?: { username?: unknown } } };
    return status?.userInfo?.username;
  });
  if (typeof name === 'string' && name !== '') return name;
  throw new TransientError(`${transport.server} does not say who is asking`);
}
