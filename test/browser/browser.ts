/** A real Chromium, and pages in it that tell what went wrong in them. */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PICTURES = join(__dirname, 'pictures');

/** @throws Error where the machine has no Chromium: these tests cannot be left out */
export async function openBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find((place) => place !== '' && existsSync(place));
  if (executablePath === undefined) {
    throw new Error('this machine has no Chromium: apt-get install chromium, or name one in the variable CHROMIUM');
  }
  // A container has no user namespaces for a sandbox, and nothing that is loaded here is foreign.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface Opened {
  readonly page: Page;
  /** What the page complained about: exceptions, and what its policy forbade. */
  readonly complaints: readonly string[];
}

export const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 860 }, colorScheme: 'light' };
export const NIGHT: BrowserContextOptions = { ...DESK, colorScheme: 'dark' };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export async function openPage(browser: Browser, url: string, how: BrowserContextOptions = DESK): Promise<Opened> {
  const context = await browser.newContext(how);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

/** Keeps what the page looks like, for people. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
}
