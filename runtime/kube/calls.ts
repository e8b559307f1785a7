import type { Clock } from '../clock';
import type { ApiReply, ApiRequest, Transport } from './transport';

/** One request to the API server, when the headers of its answer had come, or nothing. */
export interface ApiCall {
  /** `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`. */
  readonly verb: string;
  /** Plural, with its subresource: `tickets/status`; `other` for what is no resource. */
  readonly resource: string;
  /** The answer's code, or `none` without one. */
  readonly code: string;
  readonly seconds: number;
}

/** The transport that tells of each request, and learns from the answers what time the server has. */
export function observed(
  transport: Transport,
  { clock, skew, onCall }: { clock: Clock; skew: ClockSkew; onCall: (call: ApiCall) => void },
): Transport {
  return {
    ...transport,
    async send(request) {
      const [begin, sentAt] = [clock.uptime(), clock.now()];
      let reply: ApiReply | undefined;
      try {
        reply = await transport.send(request);
        if (reply.date !== undefined) skew.saw(reply.date, sentAt, clock.now());
        return reply;
      } finally {
        const code = reply === undefined ? 'none' : String(reply.status);
        onCall({ ...nameOf(request), code, seconds: (clock.uptime() - begin) / 1000 });
      }
    },
  };
}

const VERBS = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
const PATH = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

function nameOf({ method, path, query }: ApiRequest): { verb: string; resource: string } {
  const [, plural, name, subresource] = PATH.exec(path) ?? [];
  const verb = method !== 'GET' ? VERBS[method] : query?.watch ? 'watch' : name === undefined ? 'list' : 'get';
  if (plural === undefined) return { verb, resource: 'other' };
  return { verb, resource: subresource === undefined ? plural : `${plural}/${subresource}` };
}

/** An answer's date is cut to the second. */
const DATE_PRECISION_MS = 1_000;

/** How far this machine's clock is from the API server's, as far as the answers prove. */
export class ClockSkew {
  #least = -Infinity;
  #most = Infinity;

  /**
   * @param date the answer's, milliseconds since the epoch
   * @param sentAt of our clock, before the request
   * @param receivedAt of our clock, when the answer had come
   */
  saw(date: number, sentAt: number, receivedAt: number): void {
    this.#least = sentAt - date - DATE_PRECISION_MS;
    this.#most = receivedAt - date;
  }

  /** Milliseconds by which our clock is certainly ahead; negative where it is certainly behind; 0 where neither is sure. */
  get aheadMs(): number {
    if (this.#least > 0) return this.#least;
    return this.#most < 0 ? this.#most : 0;
  }
}
