import { keyOf, type Application } from './application';
import { StatusError, type ApplicationClient, type WatchEvent } from './client';

const RETRY_MS = 250;

/** Keeps every Application as the API server last showed it, by list and watch. */
export class Reflector {
  private readonly known = new Map<string, Application>();
  private ending: Promise<void> | undefined;

  /**
   * @param onChange called with the key of each Application that came, changed or went
   * @param onError told of every broken list or watch; it is tried again
   */
  constructor(
    private readonly client: ApplicationClient,
    private readonly signal: AbortSignal,
    private readonly onChange: (key: string) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Lists once, and then keeps watching until the signal. */
  async start(): Promise<void> {
    const resourceVersion = await this.relist();
    this.ending = this.follow(resourceVersion);
  }

  get(key: string): Application | undefined {
    return this.known.get(key);
  }

  /** Takes in the answer to a write of our own, so that the next decision does not wait for the watch. */
  remember(app: Application): void {
    const key = keyOf(app);
    const before = this.known.get(key);
    const isNewer =
      before?.metadata.uid === app.metadata.uid &&
      Number(app.metadata.resourceVersion) > Number(before.metadata.resourceVersion);
    if (isNewer) this.known.set(key, app);
  }

  /** Returns when the watch has ended; the signal ends it. */
  async stopped(): Promise<void> {
    await this.ending;
  }

  private async follow(start: string): Promise<void> {
    let resourceVersion: string | undefined = start;
    while (!this.signal.aborted) {
      try {
        resourceVersion ??= await this.relist();
        let latest: string | undefined = resourceVersion;
        await this.client.watch(resourceVersion, (event) => {
          latest = this.take(event);
        });
        resourceVersion = latest;
      } catch (error) {
        if (this.signal.aborted) return;
        if (error instanceof StatusError && error.code === 410) {
          resourceVersion = undefined;
          continue;
        }
        this.onError(error);
        resourceVersion = undefined;
        await pause(RETRY_MS, this.signal);
      }
    }
  }

  private take({ type, object }: WatchEvent): string {
    if (type === 'ERROR') throw new StatusError(object.code ?? 500, JSON.stringify(object));
    if (type === 'ADDED' || type === 'MODIFIED') {
      this.put(object);
    } else if (type === 'DELETED') {
      this.known.delete(keyOf(object));
      this.onChange(keyOf(object));
    }
    return object.metadata.resourceVersion;
  }

  private put(app: Application): void {
    const before = this.known.get(keyOf(app));
    const isStale =
      before?.metadata.uid === app.metadata.uid &&
      Number(before.metadata.resourceVersion) > Number(app.metadata.resourceVersion);
    if (!isStale) this.known.set(keyOf(app), app);
    this.onChange(keyOf(app));
  }

  private async relist(): Promise<string> {
    const { items, resourceVersion } = await this.client.list();
    const seen = new Set(items.map(keyOf));
    for (const key of [...this.known.keys()].filter((known) => !seen.has(known))) {
      this.known.delete(key);
      this.onChange(key);
    }
    for (const app of items) this.put(app);
    return resourceVersion;
  }
}

/** Waits, or returns at once when the signal comes. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
