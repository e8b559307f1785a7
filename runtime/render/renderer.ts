/** The renderer: chooses the input, asks the pool once for each key, checks what comes back. */

import { createHash } from 'node:crypto';
import { TerminalError } from '../errors';
import { type Log, silentLog } from '../log';
import { ByteCache } from './cache';
import { BASE, type Input, type RenderRequest, inputOf, isWithin } from './input';
import { withoutSecrets } from './kustomization';
import { nativeOr } from './kustomize/native';
import { ShimPool } from './kustomize/pool';
import { type Reply } from './kustomize/shim';
import { shipped } from './kustomize/shipped';
import { threads } from './kustomize/thread';
import { type Manifest } from './manifest';
import { type Placed, manifestsOf, readReply } from './objects';

export interface Rendered {
  /** In the renderer's order; never empty, each object once. */
  readonly manifests: readonly Manifest[];
  /** Who turned files into manifests: part of what a branch records. */
  readonly renderer: { readonly name: string; readonly version: string };
}

export interface Renderer {
  /**
   * The manifests of one overlay. The same input is rendered once; what comes back is the caller's own.
   *
   * @throws TerminalError `OverlayMissing` or `RenderFailed`, with the renderer's own words
   * @throws TransientError when rendering was not possible now
   * @throws the signal's reason when it aborts
   */
  render(request: RenderRequest, signal: AbortSignal): Promise<Rendered>;
  /** Ends every render, every process and every thread. */
  close(): Promise<void>;
}

/** A renderer that rests when there is nothing to render, and can be told to get ready. */
export interface RestingRenderer extends Renderer {
  /**
   * Starts a process or thread where there is none, so that the next render need not wait for it: that takes longer than most
   * renders.
   *
   * @throws TransientError when it does not start
   */
  wake(): Promise<void>;
}

/** Limits of a renderer. Sizes are bytes, times milliseconds. */
export interface RendererOptions {
  /** The native shim, which is faster and gives the same. @default - none: the WebAssembly of the package renders */
  readonly shim?: string;
  /** @default - nobody is told */
  readonly log?: Log;
  /** Renders that run side by side. @default 2 */
  readonly workers?: number;
  /** Longest render, without its wait for its turn. @default 60000 */
  readonly deadlineMs?: number;
  /** Memory that one render may take. @default 512 MiB */
  readonly memoryBytes?: number;
  /** Memory past which what rendered is replaced. @default 320 MiB */
  readonly recycleBytes?: number;
  /** Rest after which no process and no thread is left. @default 60000 */
  readonly idleMs?: number;
  /** Files that one render may read, together. @default 64 MiB */
  readonly inputBytes?: number;
  /** Objects that one render may give, as JSON. @default 32 MiB */
  readonly outputBytes?: number;
  /** Results kept. @default 64 MiB */
  readonly cacheBytes?: number;
}

const MIB = 2 ** 20;
const DEFAULTS: Required<Omit<RendererOptions, 'shim' | 'log'>> = {
  workers: 2,
  deadlineMs: 60_000,
  memoryBytes: 512 * MIB,
  recycleBytes: 320 * MIB,
  idleMs: 60_000,
  inputBytes: 64 * MIB,
  outputBytes: 32 * MIB,
  cacheBytes: 64 * MIB,
};

/** Part of each key: another version may render the same input to something else. */
const VERSIONS = JSON.stringify(shipped);

/** kustomize repeats whole resources in its errors; a status holds a few lines. */
const WORDS = 4000;

export function createRenderer({ shim, log = silentLog, ...options }: RendererOptions = {}): RestingRenderer {
  const limits = { ...DEFAULTS, ...options };
  const inside = threads(limits.memoryBytes);
  const pool = new ShimPool(shim === undefined ? inside : nativeOr(inside, shim, limits.memoryBytes, log), limits);
  const cache = new ByteCache<Reply>(limits.cacheBytes, ({ text }) => 2 * text.length);
  return {
    async render(request, signal) {
      const input = inputOf(request);
      const bytes = encode(input, limits);
      const key = createHash('sha256').update(VERSIONS).update(bytes).digest('base64');
      const answer = await inWordsOf(input, () => cache.get(key, (ended) => pool.run(bytes, ended), signal));
      if (answer.refused) throw failed(input, answer.text);
      const { destinationNamespace } = request.application;
      const overrides = input.renderer === 'yaml' ? overlayWins(input.overlay) : () => false;
      const manifests = manifestsOf(readReply(answer.text), destinationNamespace, overrides);
      if (manifests.length === 0)
        throw failed(input, 'it gives no object at all; an empty branch would delete everything');
      return { manifests, renderer: { name: input.renderer, version: shipped[input.renderer] } };
    },
    wake: () => pool.wake(encode(SMALL, limits)),
    close: () => pool.close(),
  };
}

const SMALL: Input = {
  renderer: 'kustomize',
  overlay: 'small',
  files: [
    ['small/kustomization.yaml', Buffer.from('resources: [object.yaml]\n')],
    ['small/object.yaml', Buffer.from('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: small}\n')],
  ],
};

/** With plain YAML, an object of the overlay stands for the one in `base/`. */
function overlayWins(overlay: string): (first: Placed, second: Placed) => boolean {
  return (first, second) =>
    isWithin(first.path, BASE) && !isWithin(second.path, BASE) && isWithin(second.path, overlay);
}

/** The request as the shim reads it: a mode byte, the size of the reply at most, then fields, each with its length. */
function encode(
  { renderer, overlay, files }: Input,
  { inputBytes, outputBytes }: Pick<Required<RendererOptions>, 'inputBytes' | 'outputBytes'>,
): Uint8Array {
  const total = files.reduce((sum, [, content]) => sum + content.length, 0);
  if (total > inputBytes) {
    throw new TerminalError(`"${overlay}" reads ${total} bytes of files; the limit is ${inputBytes}.`, 'RenderFailed');
  }
  const mode = Buffer.from(renderer === 'kustomize' ? 'k' : 'p');
  const fields = [overlay, ...files.flat()].map((field) => (typeof field === 'string' ? Buffer.from(field) : field));
  return Buffer.concat([mode, number(outputBytes), ...fields.flatMap((field) => [number(field.length), field])]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Adds to a refusal which overlay it was. */
async function inWordsOf<T>(input: Input, render: () => Promise<T>): Promise<T> {
  try {
    return await render();
  } catch (error) {
    throw error instanceof TerminalError ? failed(input, error.message) : error;
  }
}

function failed({ renderer, overlay }: Input, words: string): TerminalError {
  const shown = withoutSecrets(words.length > WORDS ? `${words.slice(0, WORDS)}…` : words);
  return new TerminalError(`${renderer} does not build "${overlay}": ${shown}`, 'RenderFailed');
}
