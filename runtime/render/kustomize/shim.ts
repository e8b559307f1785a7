/** What the shim is to a pool, whichever of its builds runs: one request at a time, a reply or the end of it. */

import { TerminalError } from '../../errors';

/** Bounds of one render. */
export interface RenderLimits {
  /** Milliseconds from the moment that the request reaches a started shim. */
  readonly deadlineMs: number;
  /** Memory that the shim may take. */
  readonly memoryBytes: number;
}

/** What the shim said: the rendered objects, or the words of its refusal. */
export interface Reply {
  readonly text: string;
  readonly refused: boolean;
}

/** One running instance of the shim. */
export interface Shim {
  /** Bytes that it holds. */
  readonly memory: number;
  /** False once it is lost: only `stop` may follow. */
  readonly usable: boolean;
  /**
   * @throws TerminalError (`RenderFailed`) when this input cannot be rendered within its limits
   * @throws ShimBroke when it died of this input
   * @throws TransientError when the shim was lost for a reason that is not the input's
   * @throws the signal's reason when it aborts; the render is ended, not left running
   */
  run(request: Uint8Array, limits: RenderLimits, signal: AbortSignal): Promise<Reply>;
  stop(): Promise<void>;
}

/** Where a pool has its shims from. */
export interface ShimSource {
  /** @throws TransientError when none starts */
  start(signal: AbortSignal): Promise<Shim>;
  /** Lets go of everything that was kept for the next start. */
  rest(): void;
}

/** A shim died while it rendered: Go's own end (memory, stack) or a trap. A fresh one dies of the same input again. */
export class ShimBroke extends TerminalError {}

function failed(words: string): ShimBroke {
  return new ShimBroke(words, 'RenderFailed');
}

export function overran({ deadlineMs }: RenderLimits): TerminalError {
  return new TerminalError(`it did not finish within ${deadlineMs / 1000} s and was ended`, 'RenderFailed');
}

export function broken(words: string, { memoryBytes }: RenderLimits): ShimBroke {
  if (/out of memory|cannot allocate memory/.test(words)) {
    return failed(`it needs more than ${Math.round(memoryBytes / 2 ** 20)} MiB of memory`);
  }
  if (/stack exceeds|call stack size/.test(words)) return failed('something in it refers to itself without an end');
  return failed(`the renderer broke on this input: ${words.split('\n', 1).join('')}`);
}
