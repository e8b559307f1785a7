/**
 * `k8sta demo`: one change rides from test to prod, on real protocols, with everything on this machine.
 * Lives here: bringing the world up, showing it, judging the outcome. May not: help the runtime along; it gets a
 * kubeconfig and addresses like in any cluster.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder, packageFolder, type Folder } from '../folder';
import { logTo, type LogLevel } from '../log';
import type { RailyardOptions } from '../railyard';
import { EXIT, type ExitCode, print, stopped, type Terminal } from '../terminal';
import { span } from '../view/text';
import { displayOn, type Display } from './display';
import { gatherEvidence } from './evidence';
import { hints } from './hints';
import { branchesOf, historyProblems } from './history';
import { obstacles, outcomeOf, type Outcome } from './outcome';
import { Stopwatch } from './stopwatch';
import { EXAMPLE, openWorld, type World } from './world';

export interface DemoOptions extends RailyardOptions {
  /** End when the first ticket has completed and its record is right. */
  readonly once?: boolean;
  /** Keep the temporary folder. */
  readonly keep?: boolean;
  /** Seconds until `once` gives up. */
  readonly timeout: number;
  readonly logLevel: LogLevel;
  /** @default - a free one; none with `once` */
  readonly dashboardPort?: number;
}

/** Quick enough to watch: the stand-in answers in a fraction of Argo CD's time. */
export const LATENCY_SCALE = 0.02;

export async function demo(terminal: Terminal, options: DemoOptions): Promise<ExitCode> {
  const project = packageFolder();
  if (!existsSync(join(project, EXAMPLE.folder))) {
    throw new Error(
      `the demo needs ${EXAMPLE.folder}, which only a clone of the repository has; k8sta run needs none of it`,
    );
  }
  const stopwatch = new Stopwatch();
  const folder = await openFolder(terminal, options.folder, 'demo');
  const display = displayOn(terminal);
  const log = logTo(
    { ...terminal, err: { isTTY: terminal.err.isTTY === true, write: (text) => display.note(text) } },
    options.logLevel,
  );
  let world: World | undefined;
  try {
    display.say(`K8sTA demo in ${folder.path}`);
    const railyard = { ...options, latencyScale: options.latencyScale ?? LATENCY_SCALE };
    const dashboardPort = options.dashboardPort ?? (options.once === true ? undefined : 0);
    const asked = dashboardPort === undefined ? {} : { dashboardPort };
    world = await openWorld({ project, folder, railyard, log, stopwatch, stop: terminal.stop, ...asked });
    return await ride(terminal, options, { world, display, stopwatch, folder });
  } catch (error) {
    if (terminal.stop.aborted) return options.once === true ? EXIT.failed : EXIT.done;
    throw error;
  } finally {
    display.end();
    await world?.close();
    if (options.keep === true && folder.temporary) print(terminal.out, `kept ${folder.path}`);
    else folder.release();
  }
}

interface Scene {
  readonly world: World;
  readonly display: Display;
  readonly stopwatch: Stopwatch;
  readonly folder: Folder;
}

async function ride(terminal: Terminal, options: DemoOptions, scene: Scene): Promise<ExitCode> {
  const { world, display, stopwatch, folder } = scene;
  const { path, temporary } = folder;
  const { railyard, dashboardURL } = world;
  const found = dashboardURL === undefined ? {} : { dashboardURL };
  const { kubeconfigPath } = railyard;
  const place = { folder: path, temporary, kubeconfigPath, command: 'npx k8sta', cwd: terminal.cwd, ...found };
  const once = options.once === true;
  const arrived = stopwatch.start('ride');
  if (dashboardURL !== undefined) display.say(`See it all at ${dashboardURL}`);
  display.follow(world.feed);
  const within = once ? options.timeout * 1000 - stopwatch.elapsed() : INVITE_AFTER_MS;
  const outcome = await firstOutcome(world, terminal, within);
  arrived();
  if (!once) {
    display.invite(() => hints(place, world.feed.snapshot(), EXAMPLE.image));
    await stopped(terminal);
    return EXIT.done;
  }
  const problems = await stopwatch.time('history', () => problemsOf(world, outcome));
  display.end();
  print(terminal.out, '', 'Where the time went:', ...stopwatch.report().map((line) => `  ${line}`), '');
  if (problems.length > 0) {
    print(terminal.err, ...problems.map((problem) => `k8sta demo: ${problem}`));
    return EXIT.failed;
  }
  print(terminal.out, `The first change has arrived, and Git tells how. ${span(stopwatch.elapsed())} in all.`);
  return EXIT.done;
}

/** A person is shown what to do next when the first ride has ended, and in any case after this time. */
const INVITE_AFTER_MS = 15_000;

type End = Outcome | { readonly kind: 'late' } | { readonly kind: 'interrupted' };

/** How the first ride ended, or that time or patience did first. */
function firstOutcome({ feed }: World, terminal: Terminal, withinMs: number): Promise<End> {
  return new Promise((resolve) => {
    const end = (how: End): void => {
      clearTimeout(timer);
      forget();
      resolve(how);
    };
    const look = (): void => {
      const outcome = outcomeOf(feed.snapshot());
      if (outcome.kind !== 'riding') end(outcome);
    };
    const timer = setTimeout(() => end({ kind: 'late' }), Math.max(0, withinMs));
    const forget = feed.onChange(look);
    void stopped(terminal).then(() => end({ kind: 'interrupted' }));
    look();
  });
}

/** The record of a ride is read again for a while: what the cluster tells of an Application may lag behind its ticket. */
const RECORD_DEADLINE_MS = 5_000;
const RECORD_PAUSE_MS = 100;

async function problemsOf({ feed }: World, end: End): Promise<string[]> {
  switch (end.kind) {
    case 'completed': {
      const deadline = Date.now() + RECORD_DEADLINE_MS;
      for (;;) {
        const snapshot = feed.snapshot();
        const problems = historyProblems(end.ticket, snapshot, await gatherEvidence(branchesOf(snapshot.stations)));
        if (problems.length === 0 || Date.now() > deadline) return problems;
        await new Promise((resolve) => setTimeout(resolve, RECORD_PAUSE_MS));
      }
    }
    case 'failed':
      return [end.reason];
    case 'interrupted':
      return ['interrupted before the first ticket had completed'];
    case 'riding':
    case 'late':
      return ['the first ticket has not completed in time', ...obstacles(feed.snapshot())];
  }
}
