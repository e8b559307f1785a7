/** The renderer: chooses the input, asks the pool once for each key, checks what comes back. */

import { createHash } from 'node:crypto';
import { TerminalError } from '../errors';
import { Line } from '../line';
import { type Log, silentLog } from '../log';
import { ByteCache } from './cache';
import { type Commands } from './command';
import { BASE, isWithin } from './detection';
import { type ChartVersion } from './helm';
import { type Input, type RenderRequest, inputOf, pulledCharts } from './input';
import { withoutSecrets } from './kustomization';
import { nativeOr } from './kustomize/native';
import { ShimPool } from './kustomize/pool';
import { requestOf } from './kustomize/request';
import { type Reply } from './kustomize/shim';
import { shipped } from './kustomize/shipped';
import { threads } from './kustomize/thread';
import { type Manifest } from './manifest';
import { type Placed, manifestsOf, readReply } from './objects';
import { type Program, type ProgramCall, Programs } from './program';

export interface Rendered {
  /** In the renderer's order; never empty, each object once. */
  readonly manifests: readonly Manifest[];
  /** Published charts that are in it. @default - none */
  readonly charts?: readonly ChartVersion[];
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

/** The archive of one version of a published chart. */
export type PullChart = (chart: ChartVersion, signal: AbortSignal) => Promise<Uint8Array>;

/** Supplies and limits of a renderer. Sizes are bytes, times milliseconds. */
export interface RendererOptions {
  /** Where published charts come from. @default - they are refused */
  readonly pullChart?: PullChart;
  /** Programs by name: commands that Applications may name, and what is run for `helm`, `ytt` and `kustomize`. @default - the first two from the PATH, kustomize from inside */
  readonly commands?: Commands | undefined;
  /** Where programs get their private folders. @default - the system's folder for temporary files */
  readonly folder?: string;
  /** Where programs are looked for. @default - the PATH of this process */
  readonly path?: string;
  /** The native shim, which is faster and gives the same. @default - none: the WebAssembly of the package renders */
  readonly shim?: string;
  /** @default - nobody is told */
  readonly log?: Log;
  /** Renders that run side by side, by whatever they are rendered. @default 2 */
  readonly workers?: number;
  /** Longest render, without its wait for its turn. @default 60000 */
  readonly deadlineMs?: number;
  /** Memory that one render may take. @default 384 MiB */
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
type Limits = Required<Omit<RendererOptions, 'shim' | 'log' | 'pullChart' | 'commands' | 'folder' | 'path'>>;

const DEFAULTS: Limits = {
  workers: 2,
  deadlineMs: 60_000,
  memoryBytes: 384 * MIB,
  recycleBytes: 320 * MIB,
  idleMs: 60_000,
  inputBytes: 64 * MIB,
  outputBytes: 32 * MIB,
  cacheBytes: 64 * MIB,
};

/** Part of each key: another version may render the same input to something else. */
const VERSIONS = JSON.stringify(shipped);

/** All but line breaks and tabs: a status, a log and a terminal show what a template may have chosen. */
const CONTROLS = /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** kustomize repeats whole resources in its errors; a status holds a few lines. */
const WORDS = 4000;
const LAST_WORDS = 1000;

export function createRenderer({
  shim,
  log = silentLog,
  pullChart = refuseCharts,
  commands = new Map(),
  ...options
}: RendererOptions = {}): RestingRenderer {
  const limits = { ...DEFAULTS, ...options };
  const inside = threads(limits.memoryBytes);
  const pool = new ShimPool(shim === undefined ? inside : nativeOr(inside, shim, limits.memoryBytes, log), limits);
  const cache = new ByteCache<Reply>(limits.cacheBytes, ({ text }) => 2 * text.length);
  const programs = new Programs(limits);
  // Programs and shims render in one line: each of them may take all the memory that a render may take.
  const line = new Line(limits.workers);
  return {
    async render(request, signal) {
      const charts = pulledCharts(request);
      const archives = await Promise.all(charts.map((chart) => pullChart(chart, signal)));
      const input = inputOf(request, { commands, archives });
      const bytes = requestOf(input, limits);
      const program = input.call && (await programs.find(input.call, signal));
      const render = async (ended: AbortSignal): Promise<Reply> => {
        await line.enter(false, ended);
        try {
          if (program === undefined) return await pool.run(bytes, ended);
          pool.makeRoom(line.free * limits.memoryBytes);
          return await pool.run(await printed(programs, program, input, limits, ended), ended);
        } finally {
          line.leave();
        }
      };
      const answer = await inWordsOf(input, () => cache.get(keyOf(bytes, input.call, program), render, signal));
      if (answer.refused) throw failed(input, answer.text);
      const { destinationNamespace } = request.application;
      const overrides = input.renderer === 'yaml' ? overlayWins(input.overlay) : () => false;
      const manifests = manifestsOf(readReply(answer.text), destinationNamespace, overrides);
      if (manifests.length === 0)
        throw failed(input, 'it gives no object at all; an empty branch would delete everything');
      return { manifests, charts, renderer: rendererOf(input, program) };
    },
    wake: () => pool.wake(requestOf(SMALL, limits)),
    async close() {
      await Promise.all([pool.close(), programs.close()]);
    },
  };
}

const refuseCharts: PullChart = ({ repoURL, name }) => {
  const words = `Chart ${name} of ${repoURL} is published elsewhere, and nothing is fetched here.`;
  throw new TerminalError(words, 'RenderFailed');
};

/** What a program prints, as plain YAML for the shim, which reads YAML as Kubernetes does. */
async function printed(
  programs: Programs,
  { file }: Program,
  { call, files }: Input,
  limits: Limits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { outputBytes } = limits;
  const output = await programs.run(file, call?.args ?? [], files, signal);
  return requestOf({ renderer: 'yaml', overlay: '', files: [['', output]] }, { inputBytes: outputBytes, outputBytes });
}

/** The same for the same bytes, versions and arguments: all that a render depends on. */
function keyOf(bytes: Uint8Array, call: ProgramCall | undefined, program: Program | undefined): string {
  const hash = createHash('sha256').update(VERSIONS);
  if (call !== undefined) hash.update(JSON.stringify([call.name, call.args, program]));
  return hash.update(bytes).digest('base64');
}

function rendererOf({ renderer, call }: Input, program: Program | undefined): Rendered['renderer'] {
  if (program !== undefined) return { name: call?.name ?? renderer, version: program.version };
  return { name: renderer, version: renderer === 'kustomize' ? shipped.kustomize : shipped.yaml };
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

/** Adds to a refusal which overlay it was. */
async function inWordsOf<T>(input: Input, render: () => Promise<T>): Promise<T> {
  try {
    return await render();
  } catch (error) {
    throw error instanceof TerminalError ? failed(input, error.message) : error;
  }
}

/** Where it fails stands first, why it fails often last. */
const cut = (words: string): string =>
  words.length > WORDS ? `${words.slice(0, WORDS - LAST_WORDS)}…${words.slice(-LAST_WORDS)}` : words;

/** What moves a cursor or turns text around is shown, not done. */
const withoutControls = (words: string): string =>
  words.replace(CONTROLS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

function failed({ renderer, overlay, call }: Input, words: string): TerminalError {
  const shown = withoutSecrets(withoutControls(cut(words)));
  return new TerminalError(`${call?.name ?? renderer} does not build "${overlay}": ${shown}`, 'RenderFailed');
}
