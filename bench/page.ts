/** The page in a browser: how soon it is there, on the railyard and with 500 stations and 2,000 tickets, and how it moves. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { DESK, openBrowser, openPage } from '../test/browser/browser';
import { FakeDashboard } from '../test/browser/server';
import { crowd, shop, type Shown } from '../test/browser/world';
import { eventually } from '../test/waiting';
import { large } from '../test/runtime/dashboard/networks';

const ASSETS = resolve(__dirname, '../dist/runtime/dashboard/assets');
const COMMAND = resolve(__dirname, '../dist/runtime/cli/main.js');
const RAILYARD_MS = 60_000;
const DRAGGED_MS = 2_000;

/** Drags the map from within the page, as fast as it shows frames, and gives back the times between them. */
const DRAG = `new Promise((done) => {
  const frame = document.querySelector('.frame');
  const send = (type, x, y) => frame.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x, clientY: y, bubbles: true }));
  frame.setPointerCapture = () => {};
  send('pointerdown', 600, 400);
  const times = [];
  const step = (time) => {
    times.push(time);
    send('pointermove', 600 + 150 * Math.sin(time / 300), 400 + 100 * Math.cos(time / 300));
    if (time - times[0] < ${DRAGGED_MS}) return requestAnimationFrame(step);
    send('pointerup', 600, 400);
    done(times.slice(1).map((each, index) => each - times[index]));
  };
  requestAnimationFrame(step);
})`;

const FIRST_PAINT = `performance.getEntriesByName('first-contentful-paint')[0].startTime`;
/** When the stops are there and the browser has nothing left to do for a moment. */
const INTERACTIVE = `new Promise((done) => requestIdleCallback(() => done(performance.now())))`;

async function look(browser: Browser, what: string, url: string): Promise<void> {
  const { page } = await openPage(browser, url, DESK);
  await page.locator('.stop').first().waitFor();
  const interactive = await page.evaluate<number>(INTERACTIVE);
  const paint = await page.evaluate<number>(FIRST_PAINT);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  console.log(
    `  ${what}: first paint ${paint.toFixed(0)} ms, ` +
      `interactive ${interactive.toFixed(0)} ms, memory of scripts ${(usedSize / 1e6).toFixed(1)} MB`,
  );
  const frames = (await page.evaluate<number[]>(DRAG)).sort((a, b) => a - b);
  const share = (of: number): string => (frames[Math.floor((frames.length - 1) * of)] ?? 0).toFixed(1);
  const rate = (frames.length * 1000) / frames.reduce((sum, time) => sum + time, 0);
  console.log(
    `  panning: ${rate.toFixed(0)} frames a second, half within ${share(0.5)} ms, 95 % within ${share(0.95)} ms`,
  );
  await page.context().close();
}

async function lookAtWorld(browser: Browser, world: Shown): Promise<void> {
  const dashboard = await FakeDashboard.start({ world });
  try {
    await look(browser, `${world.stations.length} stations, ${world.tickets.length} tickets`, dashboard.url);
  } finally {
    await dashboard.stop();
  }
}

/** The whole way: the demo's own server, its stream, and what the API server of the railyard is asked. */
async function lookAtRailyard(browser: Browser): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-bench-page-'));
  const args = [COMMAND, 'demo', '--folder', join(folder, 'yard'), '--dashboard-port', '0'];
  const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  demo.stdout.on('data', (part: Buffer) => (said += part.toString()));
  const ended = new Promise((done) => demo.once('close', done));
  try {
    const url = await eventually(
      'the demo names its dashboard',
      () => /See it all at (\S+)/.exec(said)?.[1],
      RAILYARD_MS,
    );
    // A browser that has never been there, both times; the server has compressed its files by the second.
    for (const time of ['first', 'again']) await look(browser, `the railyard of npm start, ${time}`, url);
  } finally {
    demo.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function main(): Promise<void> {
  for (const file of readdirSync(ASSETS)) {
    console.log(`  ${file}: ${gzipSync(readFileSync(join(ASSETS, file))).length} bytes in gzip`);
  }
  const browser = await openBrowser();
  try {
    await lookAtRailyard(browser);
    await lookAtWorld(browser, shop());
    await lookAtWorld(browser, crowd(large(500), 2_000));
  } finally {
    await browser.close();
  }
}
