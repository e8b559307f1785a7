/** Tells all who look what changes: every event is written, and packed, once for all who may see the same. */

import type { Sight } from '../../dispatch';
import type { Clock } from '../../kube';
import { OPENING, pack, packNow, type Packing } from './packing';
import { Catalogue, type Change, type Part, PARTS } from './catalogue';

/** What somebody may read. Two of the same key see the same. */
export interface View {
  readonly key: string;
  sees(namespace: string): boolean;
}

/** Where the bytes of one connection go. */
export interface Listener {
  readonly packing: Packing;
  /** Takes a piece of the stream; may leave. */
  take(bytes: Buffer): void;
  /** Nothing more comes. */
  drop(): void;
}

export interface Membership {
  /** Sees something else from now on; is told all of it anew. */
  move(view: View): void;
  leave(): void;
}

/** Changes within this time are told together. */
const EVENT_PAUSE_MS = 250;
/** The first change after a while is told at once, with what comes with it. */
const GATHER_MS = 20;
const KEEP_ALIVE_MS = 15_000;
const KEEP_ALIVE = ': still here\n\n';

interface Member {
  readonly listener: Listener;
  /** What came while its beginning was still being packed. */
  waiting?: Buffer[];
}

interface Group {
  readonly view: View;
  readonly members: Set<Member>;
  /** All that is seen, while nothing of it has changed. */
  readonly beginnings: Map<Packing, Promise<Buffer>>;
}

export class Hub {
  private readonly groups = new Map<string, Group>();
  private readonly catalogue: Catalogue;
  private callOff: (() => void) | undefined;
  private rest = (): void => undefined;
  private lastTold = -Infinity;

  constructor(
    sight: Sight,
    private readonly clock: Clock,
  ) {
    this.catalogue = new Catalogue(sight, () => this.schedule());
  }

  /** How many look. */
  get size(): number {
    return [...this.groups.values()].reduce((sum, { members }) => sum + members.size, 0);
  }

  /** Tells everything, and from then on what changes. */
  join(view: View, listener: Listener): Membership {
    if (this.groups.size === 0) this.open();
    const member: Member = { listener };
    listener.take(OPENING[listener.packing]);
    let key: string | undefined = this.enter(view, member);
    return {
      move: (next) => {
        if (key === undefined || key === next.key) return;
        this.exit(key, member);
        key = this.enter(next, member);
      },
      leave: () => {
        if (key === undefined) return;
        this.exit(key, member);
        key = undefined;
        if (this.groups.size === 0) this.close();
      },
    };
  }

  private open(): void {
    this.catalogue.open();
    const beat = (): void => {
      for (const group of this.groups.values()) send(group, KEEP_ALIVE);
      this.rest = this.clock.after(KEEP_ALIVE_MS, beat);
    };
    this.rest = this.clock.after(KEEP_ALIVE_MS, beat);
  }

  /** Nobody looks any more: nothing is written, and nothing kept. */
  close(): void {
    this.callOff?.();
    this.callOff = undefined;
    this.rest();
    this.groups.clear();
    this.catalogue.close();
  }

  private enter(view: View, member: Member): string {
    const { key } = view;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { view, members: new Set(), beginnings: new Map() };
      this.groups.set(key, group);
    }
    group.members.add(member);
    void this.begin(group, member);
    return key;
  }

  private exit(key: string, member: Member): void {
    const group = this.groups.get(key);
    group?.members.delete(member);
    if (group?.members.size === 0) this.groups.delete(key);
    delete member.waiting;
  }

  private async begin(group: Group, member: Member): Promise<void> {
    const { packing } = member.listener;
    // What has changed is told to the others first, so that all begin where the catalogue is.
    member.waiting = [];
    this.tell();
    const waiting: Buffer[] = (member.waiting = []);
    const beginning = group.beginnings.get(packing) ?? pack(this.everything(group.view), packing);
    group.beginnings.set(packing, beginning);
    try {
      const bytes = await beginning;
      // It has left meanwhile, or begun anew elsewhere.
      if (member.waiting !== waiting) return;
      delete member.waiting;
      member.listener.take(bytes);
      for (const late of waiting) member.listener.take(late);
    } catch {
      group.beginnings.delete(packing);
      member.listener.drop();
    }
  }

  private schedule(): void {
    if (this.callOff !== undefined) return;
    const wait = Math.max(GATHER_MS, this.lastTold + EVENT_PAUSE_MS - this.clock.uptime());
    this.callOff = this.clock.after(wait, () => this.tell());
  }

  private tell(): void {
    this.callOff?.();
    this.callOff = undefined;
    const changes = this.catalogue.changes();
    if (changes.length === 0) return;
    this.lastTold = this.clock.uptime();
    for (const group of this.groups.values()) {
      const event = this.eventFor(group.view, changes);
      if (event === undefined) continue;
      group.beginnings.clear();
      send(group, event);
    }
  }

  private everything(view: View): string {
    const sees = (namespace: string): boolean => view.sees(namespace);
    const lists = PARTS.map((part) => `"${part}":[${[...this.catalogue.seen(part, sees)].join(',')}]`);
    return eventOf('all', `{"at":${this.now()},${lists.join(',')}}`);
  }

  private eventFor(view: View, changes: readonly Change[]): string | undefined {
    const sees = (namespace: string): boolean => view.sees(namespace);
    const set = new Map<Part, string[]>();
    const gone: string[] = [];
    for (const { part, before, after, gone: identity } of changes) {
      if (after?.namespaces.some(sees)) {
        const pieces = set.get(part) ?? [];
        pieces.push(after.json);
        set.set(part, pieces);
      } else if (before.some(sees)) gone.push(JSON.stringify(identity));
    }
    if (set.size === 0 && gone.length === 0) return undefined;
    const lists = [...set].map(([part, pieces]) => `"${part}":[${pieces.join(',')}]`);
    return eventOf('change', `{"at":${this.now()},"set":{${lists.join(',')}},"gone":[${gone.join(',')}]}`);
  }

  private now(): string {
    return JSON.stringify(new Date(this.clock.now()).toISOString());
  }
}

const eventOf = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;

function send({ members }: Group, text: string): void {
  const packed = new Map<Packing, Buffer>();
  for (const member of [...members]) {
    const { packing } = member.listener;
    const bytes = packed.get(packing) ?? packNow(text, packing);
    packed.set(packing, bytes);
    if (member.waiting === undefined) member.listener.take(bytes);
    else member.waiting.push(bytes);
  }
}
