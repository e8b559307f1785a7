import type { Browser } from 'playwright-core';
import { large } from '../runtime/dashboard/networks';
import { keepPicture, openBrowser, openPage } from './browser';
import { FakeDashboard } from './server';
import { crowd } from './world';

let browser: Browser;
let dashboard: FakeDashboard;
beforeAll(async () => {
  browser = await openBrowser();
  dashboard = await FakeDashboard.start({ world: crowd(large(500), 2_000) });
});
afterAll(async () => {
  await browser.close();
  await dashboard.stop();
});

/** Frames that the browser shows while the map is dragged for a second, each with the time since the one before. */
const COUNT_FRAMES = `new Promise((done) => {
  const times = [];
  const step = (time) => {
    times.push(time);
    if (time - times[0] < 1000) requestAnimationFrame(step);
    else done(times.slice(1).map((each, index) => each - times[index]));
  };
  requestAnimationFrame(step);
})`;

test('500 stations and 2,000 tickets are drawn, and follow the hand', async () => {
  const { page, complaints } = await openPage(browser, dashboard.url);
  await page.locator('.stop').first().waitFor();
  expect(await page.locator('.stop').count()).toBe(500);
  await keepPicture(page, 'large');
  await page.getByRole('button', { name: 'Larger' }).click();
  await page.getByRole('button', { name: 'Larger' }).click();
  await page.mouse.move(700, 400);
  await page.mouse.down();
  const counting = page.evaluate<number[]>(COUNT_FRAMES);
  const end = Date.now() + 1_000;
  for (let step = 0; Date.now() < end; step += 1) await page.mouse.move(700 - (step % 200), 400 - (step % 100));
  const frames = await counting;
  await page.mouse.up();
  const middle = [...frames].sort((a, b) => a - b)[Math.floor(frames.length / 2)] ?? Infinity;
  console.log(`panning: ${frames.length} frames in a second, the middle one ${middle.toFixed(1)} ms`);
  // A busy machine drops some; drawing all anew for each of them would take ten times as long.
  expect(middle).toBeLessThan(50);
  expect(complaints).toEqual([]);
});

test('the search finds one among all of them, and the map goes there', async () => {
  const { page } = await openPage(browser, dashboard.url);
  await page.getByRole('searchbox').fill('team-7-canary');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'team-7-canary', exact: true }).waitFor();
  const box = await page.locator('[data-stop="shop/team-7-canary"] .sign').boundingBox();
  expect(box?.x ?? -1).toBeGreaterThan(0);
  expect(box?.x ?? 1e9).toBeLessThan(1_000);
});
