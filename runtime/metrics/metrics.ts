import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { STAMP_RESULTS } from '../../lib/api';

/** One request to the Kubernetes API. */
export interface ApiMeasure {
  /** `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`. */
  readonly verb: string;
  /** Plural, with its subresource: `tickets/status`; `other` for what is no resource. */
  readonly resource: string;
  /** The answer's code, or `none` without one. */
  readonly code: string;
  /** Until the headers of the answer had come. */
  readonly seconds: number;
}

/** What is read when somebody asks for the metrics. */
export interface Sources {
  /** How many tickets there are in each phase. */
  readonly tickets: () => ReadonlyMap<string, number>;
  /** How many keys wait for a worker, are worked on, wait for their time, and failed last. */
  readonly queue: () => Readonly<Record<'waiting' | 'running' | 'delayed' | 'failing', number>>;
  /** Whether this process does the work. */
  readonly leading: () => boolean;
}

/** Seconds: from one quick request to one slow one. */
const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds: from a quick arrival to a day of soak. */
const LONG = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 14_400, 86_400];

/** All metrics of one process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #arrivals = this.#histogram('arrival_duration_seconds', 'From taking a station to leaving it.', LONG, ['result']); // prettier-ignore
  readonly #waits = this.#histogram('waiting_duration_seconds', 'How long tickets waited for one reason.', LONG, ['reason']); // prettier-ignore
  readonly #git = this.#histogram('git_operation_duration_seconds', 'Work on repositories.', QUICK, ['operation', 'outcome']); // prettier-ignore
  readonly #renders = this.#histogram('render_duration_seconds', 'Renders, without results that were there.', QUICK, ['outcome']); // prettier-ignore
  readonly #calls = this.#histogram('api_request_duration_seconds', 'Requests to the Kubernetes API, to their headers.', QUICK, ['verb', 'resource']); // prettier-ignore
  readonly #codes = new Counter({
    name: 'k8sta_api_requests_total',
    help: 'Requests to the Kubernetes API by what became of them.',
    labelNames: ['verb', 'resource', 'code'],
    registers: [this.#registry],
  });

  readonly #webhooks = new Counter({
    name: 'k8sta_webhooks_total',
    help: 'Webhooks by what became of them; who is refused has no sender.',
    labelNames: ['sender', 'outcome'],
    registers: [this.#registry],
  });

  readonly #notifications = new Counter({
    name: 'k8sta_notifications_total',
    help: 'Notifications by whom they are for and by what became of them; one that fails is tried again.',
    labelNames: ['to', 'outcome'],
    registers: [this.#registry],
  });

  /** @param build what is running */
  constructor(build: { readonly version: string; readonly node: string }) {
    const { version, node } = build;
    const info = this.#gauge('build_info', 'Always 1; what is running is in the labels.', ['version', 'node_version']);
    info.set({ version, node_version: node }, 1);
    // A series that begins with its first failure has never increased: who counts failures would miss that one.
    for (const result of STAMP_RESULTS) this.#arrivals.zero({ result });
  }

  /** Adds what the process itself says: memory, CPU, event loop. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Reads these whenever somebody asks. To be called once. */
  follow({ tickets, queue, leading }: Sources): void {
    this.#gauge('tickets', 'Tickets that the cluster has, by phase.', ['phase'], (gauge) => {
      gauge.reset();
      for (const [phase, count] of tickets()) gauge.set({ phase }, count);
    });
    this.#gauge('queue_depth', 'Keys of the work queue by what they do there.', ['state'], (gauge) => {
      for (const [state, count] of Object.entries(queue())) gauge.set({ state }, count);
    });
    this.#gauge('leader', '1 where this process does the work, 0 where it stands by.', [], (gauge) => {
      gauge.set(leading() ? 1 : 0);
    });
  }

  /** A ticket has left a station that it had taken. @param result as in its stamp */
  arrived(result: string, seconds: number): void {
    this.#arrivals.observe({ result }, seconds);
  }

  /** A ticket waits for this no longer. */
  waited(reason: string, seconds: number): void {
    this.#waits.observe({ reason }, seconds);
  }

  /** Measures work on a repository. */
  git<T>(operation: string, work: () => Promise<T>): Promise<T> {
    return timed(work, (outcome, seconds) => this.#git.observe({ operation, outcome }, seconds));
  }

  /** Measures a render. */
  render<T>(work: () => Promise<T>): Promise<T> {
    return timed(work, (outcome, seconds) => this.#renders.observe({ outcome }, seconds));
  }

  /** One request to the Kubernetes API. */
  called({ verb, resource, code, seconds }: ApiMeasure): void {
    this.#codes.inc({ verb, resource, code });
    // A watch lasts as long as it lasts.
    if (verb !== 'watch') this.#calls.observe({ verb, resource }, seconds);
  }

  /** A webhook has come. */
  webhook(sender: string, outcome: 'taken' | 'refused' | 'unreadable'): void {
    this.#webhooks.inc({ sender, outcome });
  }

  /** Somebody was told something, or could not be. */
  notification(to: string, outcome: 'success' | 'failure'): void {
    this.#notifications.inc({ to, outcome });
  }

  /** Everything, as Prometheus reads it. */
  async exposition(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[]): Histogram {
    return new Histogram({ name: `k8sta_${name}`, help, buckets, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[], collect?: (gauge: Gauge) => void): Gauge {
    const gauge: Gauge = new Gauge({
      name: `k8sta_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      ...(collect ? { collect: () => collect(gauge) } : {}),
    });
    return gauge;
  }
}

async function timed<T>(work: () => Promise<T>, tell: (outcome: string, seconds: number) => void): Promise<T> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  try {
    const result = await work();
    tell('success', seconds());
    return result;
  } catch (error) {
    tell('failure', seconds());
    throw error;
  }
}
