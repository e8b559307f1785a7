import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

/** Where an API server is, and as whom to talk to it. */
export interface Access {
  readonly url: string;
  /** Its certificate authority, PEM. @default the API is plain HTTP */
  readonly ca?: string;
  readonly token?: string;
}

export interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

const TIMEOUT_MS = 60_000;

/** One request to an API server, with nothing between the test and the protocol. */
export function call(
  access: Access,
  method: string,
  path: string,
  body?: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // Without its length the body of a DELETE is not sent as one.
    const length: Record<string, string> =
      body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = open(access, method, path, { ...length, ...headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          code: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.once('error', reject);
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`${method} ${path}: no answer in ${TIMEOUT_MS} ms`)));
    sent.end(body);
  });
}

/** Opens a request whose body the caller writes, and whose answer it reads as it comes. */
export function open(
  { url, ca, token }: Access,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  answered: Parameters<typeof plain>[2],
): ReturnType<typeof plain> {
  const target = new URL(path, url);
  const options = {
    method,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  };
  return target.protocol === 'https:'
    ? secure(target, { ...options, ...(ca === undefined ? {} : { ca }) }, answered)
    : plain(target, options, answered);
}

/** Applies an object by server-side apply. @throws Error with the server's words */
export async function apply(access: Access, path: string, object: object): Promise<void> {
  const { code, text } = await call(access, 'PATCH', `${path}?fieldManager=stack&force=true`, JSON.stringify(object), {
    'content-type': 'application/apply-patch+yaml',
  });
  if (code !== 200 && code !== 201) throw new Error(`${path}: ${code} ${text}`);
}
