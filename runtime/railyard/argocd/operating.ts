import { keyOf, written, type Application, type OperationState, type Status } from './application';
import { ManifestError } from './manifests';
import { mergePatch } from './merge';
import { begun, failed, historyWith, pauseBeforeRetry, succeeded } from './operations';
import { KeyQueue } from './queue';
import { pause } from './reflector';
import type { Workbench } from './workbench';

/** As many at a time as Argo CD's controller has by default. */
const PROCESSORS = 10;

/** What a try of an operation writes. */
type Result = Required<Pick<Status, 'operationState'>> & Pick<Status, 'history'>;

/** The loop that carries out operations. */
export class OperationLoop {
  readonly queue: KeyQueue;

  /** @param onEnd called with the key of an Application whose operation has ended */
  constructor(
    private readonly bench: Workbench,
    private readonly onEnd: (key: string) => void,
  ) {
    this.queue = new KeyQueue((key) => this.operate(key), PROCESSORS, bench.parts.onError);
  }

  private async operate(key: string): Promise<void> {
    const { latencies, signal, now } = this.bench.parts;
    const seen = this.bench.find(key);
    if (seen?.operation === undefined) return;
    if (seen.status?.operationState?.phase === 'Terminating') {
      return this.finish(seen, { operationState: terminated(seen.status.operationState, now()) });
    }
    const waits = this.untilRetry(seen);
    if (waits > 0) {
      this.queue.addAfter(key, waits);
      return;
    }
    await pause(latencies.start, signal);
    const state = begun(seen, now());
    const app = await this.bench.write(seen, { status: { operationState: replaced(seen, state) } });
    if (app === undefined) return;
    this.bench.counts.operations += 1;
    await pause(latencies.apply, signal);
    if (signal.aborted) return;
    const isTerminating = this.bench.find(key)?.status?.operationState?.phase === 'Terminating';
    await this.finish(
      app,
      isTerminating ? { operationState: terminated(state, now()) } : await this.attempt(app, state),
    );
  }

  /** One try: what the operation came to, and the history where a try writes it. */
  private async attempt(app: Application, state: OperationState): Promise<Result> {
    const { now, cluster } = this.bench.parts;
    const { sync } = state.operation;
    if (sync === undefined)
      return this.failed(app, state, 'Failed', 'Invalid operation request: no operation specified');
    if (sync.resources !== undefined && sync.resources.length > 0) {
      return this.failed(app, state, 'Error', 'the railyard syncs whole Applications only');
    }
    try {
      const wanted = await this.bench.wanted(app, sync.revisions ?? [sync.revision ?? '']);
      const error = this.bench.syncError(app);
      if (error !== undefined) {
        return this.failed(
          app,
          state,
          'Failed',
          `one or more objects failed to apply, reason: ${error}`,
          wanted.revisions,
        );
      }
      const before = await cluster.of(keyOf(app));
      const operationState = succeeded(app, state, wanted, before.manifests, now());
      if (sync.dryRun === true) return { operationState };
      await cluster.apply(keyOf(app), wanted.manifests, sync.prune === true, now());
      return { operationState, history: historyWith(app, state, wanted.revisions, now()) };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      return this.failed(app, state, 'Error', `ComparisonError: ${error.message}`);
    }
  }

  private failed(
    app: Application,
    state: OperationState,
    phase: 'Failed' | 'Error',
    message: string,
    revisions?: readonly string[],
  ): Result {
    const { now, latencies } = this.bench.parts;
    return { operationState: failed(app, state, { phase, message, revisions }, now(), latencies.retryScale) };
  }

  /** Writes the end of a try; a try that was the last takes the operation away in the same write. */
  private async finish(app: Application, { operationState, history }: Result): Promise<void> {
    const isOver = operationState.phase !== 'Running';
    const status = { operationState: replaced(app, operationState), ...(history === undefined ? {} : { history }) };
    await this.bench.write(app, isOver ? { operation: null, status } : { status });
    if (isOver) this.onEnd(keyOf(app));
    else this.queue.add(keyOf(app));
  }

  /** Milliseconds until a failed operation may be tried again; 0 for any other. */
  private untilRetry(app: Application): number {
    const state = app.status?.operationState;
    if (state?.phase !== 'Running' || state.finishedAt === undefined) return 0;
    const rest = pauseBeforeRetry(state.operation.retry, state.retryCount ?? 0) * this.bench.parts.latencies.retryScale;
    return new Date(state.finishedAt).getTime() + rest - this.bench.parts.now().getTime();
  }
}

function terminated(state: OperationState, now: Date): OperationState {
  return { ...state, phase: 'Failed', message: 'Operation terminated', finishedAt: written(now) };
}

/** A merge patch that leaves nothing of the former operation state. */
function replaced(app: Application, state: OperationState): object {
  return mergePatch({ ...app.status?.operationState }, { ...state }) ?? {};
}
