/**
 * Synth: networks of 10, 100 and 1,000 stations and 100 charts of 10 stations, against plain cdk8s writing the very same
 * objects. Both sides construct and write to disk, in turns; the times are processor time of the least disturbed run of
 * each, and the ratio is the median over the pairs of runs that followed each other: what disturbs a shared machine lasts
 * longer than one of them.
 */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ApiObject, App, Chart, type ApiObjectProps } from 'cdk8s';
import { GitRepository, Station, Subscription, Track } from '../lib';

/** Charts and stations in each of them. */
interface Size {
  readonly charts: number;
  readonly stations: number;
}

interface Row extends Size {
  readonly oursMs: number;
  readonly plainMs: number;
  /** Ours against plain. */
  readonly ratio: number;
}

const SIZES: readonly Size[] = [
  { charts: 1, stations: 10 },
  { charts: 1, stations: 100 },
  { charts: 1, stations: 1_000 },
  { charts: 100, stations: 10 },
];

/** From here on a run leaves enough garbage to burden the next one. */
const LARGE = 1_000;

function network(app: App, { charts, stations }: Size): void {
  for (let number = 0; number < charts; number += 1) {
    const chart = new Chart(app, `team-${number}`, { namespace: `team-${number}` });
    const repository = GitRepository.at(`https://git.example.com/team-${number}.git`);
    const subscriptions = [
      Subscription.image(`ghcr.io/team-${number}/web`, { semver: '^1' }),
      Subscription.source(repository),
    ];
    const line = Array.from({ length: stations }, (_, index) =>
      new Station(chart, `stop-${index}`).application('web', { repository, overlay: `env/stop-${index}` }),
    );
    new Track(chart, 'main', { subscriptions, stations: line });
  }
}

/** The same objects, prepared as the props of plain cdk8s objects. */
function prepare(size: Size): ReadonlyMap<string, readonly ApiObjectProps[]> {
  const app = new App({ outdir: tmpdir() });
  network(app, size);
  return new Map(app.charts.map((chart) => [chart.node.id, chart.toJson() as ApiObjectProps[]]));
}

function plain(app: App, prepared: ReadonlyMap<string, readonly ApiObjectProps[]>): void {
  for (const [id, objects] of prepared) {
    const chart = new Chart(app, id);
    objects.forEach(
      (props, index) => new ApiObject(chart, `object-${index}`, { ...props, metadata: { ...props.metadata } }),
    );
  }
}

/** @param tidy whether to collect the garbage of the run before first */
function timed(build: (app: App) => void, tidy: boolean): { ms: number; output: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    if (tidy) globalThis.gc?.();
    const start = process.cpuUsage();
    const app = new App({ outdir });
    build(app);
    app.synth();
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    const output = readdirSync(outdir)
      .sort()
      .map((file) => readFileSync(join(outdir, file), 'utf8'))
      .join('---\n');
    return { ms, output };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** @throws Error when the two sides did not write the same bytes */
async function measure(size: Size): Promise<Row> {
  const prepared = prepare(size);
  const runs = Math.max(15, Math.min(60, Math.round(4_000 / (size.charts * size.stations))));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const large = size.charts * size.stations >= LARGE;
    const sides = [
      () => timed((app) => network(app, size), large),
      () => timed((app) => plain(app, prepared), large),
    ] as const;
    await setImmediate(); // What a run left to be done at its end is not the next one's.
    const [first, second] = run % 2 === 0 ? sides : ([sides[1], sides[0]] as const);
    const results = [first(), second()] as const;
    const [our, their] = run % 2 === 0 ? results : ([results[1], results[0]] as const);
    if (our.output !== their.output) throw new Error('plain cdk8s wrote other objects');
    ours.push(our.ms);
    theirs.push(their.ms);
  }
  const ratios = ours.map((ms, run) => ms / (theirs[run] ?? Number.NaN)).sort((one, other) => one - other);
  const ratio = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN;
  return { ...size, oursMs: Math.min(...ours), plainMs: Math.min(...theirs), ratio };
}

/** Prints one row for each size; the goal is at most 1.2 times plain cdk8s. */
export async function main(): Promise<void> {
  console.log('| charts x stations | k8sta | plain cdk8s | ratio (goal 1.2) | per station |');
  console.log('|---|---|---|---|---|');
  await measure({ charts: 10, stations: 10 }); // Warms up both sides, so that the smallest size measures no compilation.
  for (const size of SIZES) {
    const { charts, stations, oursMs, plainMs, ratio } = await measure(size);
    const each = (oursMs / (charts * stations)).toFixed(2);
    console.log(
      `| ${charts} x ${stations} | ${oursMs.toFixed(1)} ms | ${plainMs.toFixed(1)} ms | ${ratio.toFixed(2)} | ${each} ms |`,
    );
  }
}
