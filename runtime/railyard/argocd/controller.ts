import { ComparisonLoop } from './comparing';
import { OperationLoop } from './operating';
import { Reflector } from './reflector';
import type { Script } from './script';
import { Workbench, type Parts } from './workbench';

/**
 * Argo CD's controller: two loops over the same Applications. They share nothing but the Application itself, so that a
 * status can be older than the operation beside it, as it can be with the real one.
 */
export class Controller {
  private readonly applications: Reflector;
  private readonly bench: Workbench;
  private readonly comparisons: ComparisonLoop;
  private readonly operations: OperationLoop;

  constructor(private readonly parts: Parts) {
    this.applications = new Reflector(parts.client, parts.signal, (key) => this.changed(key), parts.onError);
    this.bench = new Workbench(parts, this.applications);
    this.comparisons = new ComparisonLoop(this.bench);
    this.operations = new OperationLoop(this.bench, (key) => this.comparisons.request(key));
  }

  get counts(): Workbench['counts'] {
    return this.bench.counts;
  }

  async start(): Promise<void> {
    await this.applications.start();
  }

  /** The signal must have been given. */
  async stopped(): Promise<void> {
    await Promise.all([this.comparisons.queue.stop(), this.operations.queue.stop(), this.applications.stopped()]);
  }

  setScript(key: string, script: Script | undefined): void {
    this.bench.setScript(key, script);
    this.comparisons.queue.add(key);
  }

  private changed(key: string): void {
    if (!this.parts.namespaces.has(key.slice(0, key.indexOf('/')))) return;
    this.comparisons.queue.add(key);
    this.operations.queue.add(key);
  }
}
