/** The renderer: chooses the input, asks the pool once for each key, checks what comes back. */

import { createHash } from 'node:crypto';
import { TerminalError } from '../errors';
import { ByteCache } from './cache';
import { BASE, type Input, type RenderRequest, inputOf, isWithin } from './input';
import { withoutSecrets } from './kustomization';
import { ShimPool } from './kustomize/pool';
import { type Reply, type ShimVersions } from './kustomize/shim-worker';
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
  /** Ends every render and every thread. */
  close(): Promise<void>;
}

/** A renderer that rests when there is nothing to render, and can be told to get ready. */
export interface RestingRenderer extends Renderer {
  /**
   * Starts a thread where there is none, so that the next render need not wait for it: that takes longer than most
   * renders.
   *
   * @throws TransientError when it does not start
   */
  wake(): Promise<void>;
}

/** Limits of a renderer. Sizes are bytes, times milliseconds. */
export interface RendererOptions {
  /** Renders that run side by side. @default 2 */
  readonly workers?: number;
  /** Longest render, without its wait for a worker. @default 60000 */
  readonly deadlineMs?: number;
  /** Memory that one render may take. @default 512 MiB */
  readonly memoryBytes?: number;
  /** Memory past which a worker is replaced after its render. @default 320 MiB */
  readonly recycleBytes?: number;
  /** Rest after which no thread is left. @default 60000 */
  readonly idleMs?: number;
  /** Files that one render may read, together. @default 64 MiB */
  readonly inputBytes?: number;
  /** Objects that one render may give, as JSON. @default 32 MiB */
  readonly outputBytes?: number;
  /** Results kept. @default 64 MiB */
  readonly cacheBytes?: number;
}

const MIB = 2 ** 20;
const DEFAULTS: Required<RendererOptions> = {
  workers: 2,
  deadlineMs: 60_000,
  memoryBytes: 512 * MIB,
  recycleBytes: 320 * MIB,
  idleMs: 60_000,
  inputBytes: 64 * MIB,
  outputBytes: 32 * MIB,
  cacheBytes: 64 * MIB,
};

/** kustomize repeats whole resources in its errors; a status holds a few lines. */
const WORDS = 4000;

type Answer = Reply & { readonly versions: ShimVersions };

export function createRenderer(options: RendererOptions = {}): RestingRenderer {
  const limits = { ...DEFAULTS, ...options };
  const pool = new ShimPool(limits);
  const cache = new ByteCache<Answer>(limits.cacheBytes, ({ text }) => 2 * text.length);
  return {
    async render(request, signal) {
      const input = inputOf(request);
      const bytes = encode(input, limits.inputBytes);
      const key = createHash('sha256').update(bytes).digest('base64');
      const answer = await inWordsOf(input, () => cache.get(key, (ended) => pool.run(bytes, ended), signal));
      if (answer.refused) throw failed(input, answer.text);
      const { destinationNamespace } = request.application;
      const overrides = input.renderer === 'yaml' ? overlayWins(input.overlay) : () => false;
      const manifests = manifestsOf(readReply(answer.text), destinationNamespace, overrides);
      if (manifests.length === 0)
        throw failed(input, 'it gives no object at all; an empty branch would delete everything');
      return { manifests, renderer: { name: input.renderer, version: answer.versions[input.renderer] } };
    },
    wake: () => pool.wake(encode(SMALL, limits.inputBytes)),
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

/** The request as the shim reads it: a mode byte, then fields, each with its length before it. */
function encode({ renderer, overlay, files }: Input, limit: number): Uint8Array {
  const total = files.reduce((sum, [, content]) => sum + content.length, 0);
  if (total > limit) {
    throw new TerminalError(`"${overlay}" reads ${total} bytes of files; the limit is ${limit}.`, 'RenderFailed');
  }
  const fields = [overlay, ...files.flat()].map((field) => (typeof field === 'string' ? Buffer.from(field) : field));
  const parts = fields.flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(field.length);
    return [length, field];
  });
  return Buffer.concat([Buffer.from(renderer === 'kustomize' ? 'k' : 'p'), ...parts]);
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
