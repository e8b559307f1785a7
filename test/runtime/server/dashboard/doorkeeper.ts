/** An API server that knows people: the railyard's, behind somebody who looks at tokens and rights. */

import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Right {
  readonly namespaces: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
}

export interface Account {
  readonly name: string;
  readonly rights: readonly Right[];
}

interface Attributes {
  readonly namespace?: string;
  readonly resource?: string;
  readonly verb?: string;
  readonly name?: string;
}

const fits = (values: readonly string[], wanted: string | undefined): boolean =>
  values.includes('*') || (wanted !== undefined && values.includes(wanted));

const OBJECT = /^\/apis\/k8sta\.io\/v1alpha1\/(?:namespaces\/([^/?]+)\/)?([^/?]+)(?:\/([^/?]+))?/;

export class Doorkeeper {
  /** By token. */
  readonly accounts = new Map<string, Account>();
  /** Everything that was asked, as `<token> <method> <path>`. */
  readonly asked: string[] = [];
  /** Called with a token that nobody has yet. */
  unknown: ((token: string) => void) | undefined;
  /** Called before a request goes on. */
  before: (request: IncomingMessage) => Promise<void> = async () => undefined;
  private server: Server | undefined;

  constructor(private readonly behind: string) {}

  async open(): Promise<string> {
    this.server = createServer((request, reply) => void this.answer(request, reply));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    this.asked.push(`${token} ${method} ${url.replace(/\?.*/, '')}`);
    const body = await buffer(request);
    if (!this.accounts.has(token)) this.unknown?.(token);
    const account = this.accounts.get(token);
    if (account === undefined) return say(reply, 401, 'Unauthorized', 'Unauthorized');
    const review = /self(subject(?:access)?reviews)/.exec(url)?.[1];
    if (review === 'subjectreviews') return grant(reply, { userInfo: { username: account.name } });
    if (review !== undefined) {
      const { spec } = JSON.parse(body.toString()) as { spec: { resourceAttributes: Attributes } };
      return grant(reply, { allowed: allows(account, spec.resourceAttributes) });
    }
    const attributes = attributesOf(method, url);
    if (!allows(account, attributes)) {
      const { verb, resource, namespace } = attributes;
      const words = `User "${account.name}" cannot ${verb} resource "${resource}" in namespace "${namespace}"`;
      return say(reply, 403, 'Forbidden', words);
    }
    await this.before(request);
    const onward = ask(
      `${this.behind}${url}`,
      { method, headers: { ...headers, host: new URL(this.behind).host } },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(reply);
      },
    );
    onward.end(body);
  }
}

function attributesOf(method: string, url: string): Attributes {
  const [, namespace, resource = '', name] = OBJECT.exec(url) ?? [];
  const verb = { GET: name === undefined ? 'list' : 'get', POST: 'create', PATCH: 'patch' }[method] ?? 'other';
  return { resource, verb, ...(namespace && { namespace }), ...(name && { name }) };
}

const allows = ({ rights }: Account, { namespace, resource, verb, name }: Attributes): boolean =>
  rights.some(
    (right) =>
      fits(right.namespaces, namespace) &&
      fits(right.resources, resource) &&
      fits(right.verbs, verb) &&
      (right.names === undefined || fits(right.names, name)),
  );

function json(reply: ServerResponse, code: number, body: object): void {
  reply.writeHead(code, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(body));
}

const grant = (reply: ServerResponse, status: object): void => json(reply, 201, { kind: 'Review', status });

const say = (reply: ServerResponse, code: number, reason: string, message: string): void =>
  json(reply, code, { kind: 'Status', status: 'Failure', reason, message, code });
