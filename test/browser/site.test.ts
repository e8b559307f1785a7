/** The documents as a site, opened from a disk. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { siteOf } from '../../scripts/docs/site';
import { sourcesIn } from '../../scripts/docs/sources';
import { violationsIn } from './accessible';
import { DESK, NIGHT, openBrowser, openPage, PHONE } from './browser';

const sources = sourcesIn(resolve(__dirname, '../..'));
const folder = mkdtempSync(join(tmpdir(), 'site-'));
const at = (page: string): string => pathToFileURL(join(folder, page)).href;
let browser: Browser;

beforeAll(async () => {
  for (const [file, content] of siteOf(sources)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

test.each([
  ['[nowhere](nothing.md)', 'nothing.md'],
  ['[no heading](concepts.md#no-such-words)', 'concepts.md#no-such-words'],
  ['[to a page](../README.md#two-commands), ![no picture](pictures/none.png)', 'pictures/none.png'],
])('a site is not built where a document says %s', (words, dead) => {
  const pages = new Map([...sources.pages, ['docs/runbook.md', `# Runbook\n\n${words}\n`]]);
  const runbook = (error: unknown): string[] =>
    String(error)
      .split('\n')
      .filter((line) => line.includes('docs/runbook.md: nothing'));
  try {
    siteOf({ ...sources, pages });
    throw new Error('it was built');
  } catch (error) {
    expect(runbook(error)).toEqual([expect.stringContaining(`docs/runbook.md: nothing is at ${dead}`)]);
  }
});

test('a document that the navigation forgets is named', () => {
  const pages = new Map([...sources.pages, ['docs/guides/new.md', '# New\n']]);
  expect(() => siteOf({ ...sources, pages })).toThrow('docs/guides/new.md: docs/README.md does not list it');
});

test.each([
  ['index.html', DESK],
  ['docs/architecture.html', NIGHT],
  ['docs/reference/command.html', DESK],
  ['docs/guides/gates.html', PHONE],
  ['examples/guestbook/index.html', NIGHT],
])('%s asks nobody for anything, and axe finds nothing wrong with it', async (place, how) => {
  const { page, complaints } = await openPage(browser, 'about:blank', how);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(at(place));
  await page.waitForLoadState('networkidle');
  expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
  expect(complaints).toEqual([]);
  expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(await violationsIn(page)).toEqual([]);
  await page.context().close();
});

test('diagrams are drawn, light and dark', async () => {
  for (const how of [DESK, NIGHT]) {
    const { page } = await openPage(browser, at('docs/architecture.html'), how);
    await page.locator('pre.mermaid svg').nth(2).waitFor();
    expect(await page.locator('pre.mermaid').count()).toBe(3);
    expect(await page.locator('pre.mermaid').first().textContent()).toContain('source branch');
    await page.context().close();
  }
});

test('the search leads to the heading that was looked for, by keyboard alone', async () => {
  const { page } = await openPage(browser, at('docs/guides/gates.html'));
  await page.keyboard.press('/');
  await page.keyboard.type('roll back');
  await page.locator('#found [role=option]').first().waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('sharding');
  await page.locator('#found [role=option] b', { hasText: /^Sharding$/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/docs\/guides\/sharding\.html$/);
  await page.getByRole('combobox').fill('xylophone');
  await page.getByText('Nothing was found.').waitFor();
  await page.context().close();
});
