/**
 * The three ways an effect can fail. Adapters (`kube`, `git`, `registry`, `argocd`, `render`) classify what their
 * client said; nobody else reads error text. What no adapter could classify counts as transient.
 */

/** Trying again with the same input ends the same way: the input, or somebody's rights, must change first. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';

  /** @param reason a word of the API's unions where one fits (`RenderFailed`, `PushRejected`, ...) */
  constructor(
    message: string,
    readonly reason?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The world is not ready: trying again later may work. */
export class TransientError extends Error {
  override readonly name = 'TransientError';

  /** @param retryAfterMs how long the other side asked to be left alone, in milliseconds */
  constructor(
    message: string,
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A compare-and-swap lost: the decision was made on a world that has moved on. Look again, decide again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Whether trying again later may help. Unknown errors count as transient. */
export function isRetriable(error: unknown): boolean {
  return !(error instanceof TerminalError);
}

/** The words of an error, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
