/** One request, as tests and benchmarks count it. */
export interface CountedRequest {
  readonly method: string;
  readonly path: string;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the HTTP method for other paths. */
  readonly verb: string;
  /** Plural name with subresource (`tracks/status`); empty for paths that are no resource. */
  readonly resource: string;
  /** What the caller showed as its bearer token: everybody may do everything here, and is told apart by it. Empty without. */
  readonly caller: string;
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** How many requests came in, by verb and resource. */
export class RequestCounts {
  private readonly counts = new Map<string, number>();

  add({ verb, resource }: CountedRequest): void {
    const key = `${verb} ${resource}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** Requests with this verb, and about this resource if given. */
  of(verb: string, resource?: string): number {
    return this.sum((one, about) => one === verb && (resource === undefined || about === resource));
  }

  /** Requests that meant to change something. */
  get writes(): number {
    return this.sum((verb) => WRITES.has(verb));
  }

  get total(): number {
    return this.sum(() => true);
  }

  /** All counts, keyed `<verb> <resource>`. */
  all(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }

  private sum(counted: (verb: string, resource: string) => boolean): number {
    let sum = 0;
    for (const [key, count] of this.counts) {
      const space = key.indexOf(' ');
      if (counted(key.slice(0, space), key.slice(space + 1))) sum += count;
    }
    return sum;
  }
}
