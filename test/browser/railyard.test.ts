/** The page on the railyard, as `npm start` opens it. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'yaml';
import { eventually } from '../waiting';
import { keepPicture, openBrowser, openPage } from './browser';

const COMMAND = resolve(__dirname, '../../dist/runtime/cli/main.js');
const DEADLINE_MS = 60_000;
jest.setTimeout(4 * DEADLINE_MS);

let folder: string;
let demo: ChildProcess;
let said = '';
let browser: Browser;
let page: Page;
let complaints: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'browser-railyard-'));
  demo = spawn(process.execPath, [COMMAND, 'demo', '--folder', join(folder, 'yard'), '--dashboard-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  demo.stdout?.on('data', (part: Buffer) => (said += part.toString()));
  demo.stderr?.on('data', (part: Buffer) => (said += part.toString()));
  browser = await openBrowser();
  const url = await eventually(
    'the demo names its dashboard',
    () => /See it all at (\S+)/.exec(said)?.[1],
    DEADLINE_MS,
  );
  ({ page, complaints } = await openPage(browser, url));
  page.setDefaultTimeout(DEADLINE_MS);
  await page.locator('.rows li.good', { hasText: 'has completed its ride' }).first().waitFor();
});
afterAll(async () => {
  await browser.close();
  demo.kill('SIGINT');
  await eventually('the demo ends', () => demo.exitCode !== null || demo.signalCode !== null, DEADLINE_MS);
  rmSync(folder, { recursive: true, force: true });
});

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
}

/** What people do by kubectl patch. */
async function patch(path: string, change: object): Promise<void> {
  const config = parse(readFileSync(join(folder, 'yard', 'kubeconfig'), 'utf8')) as Kubeconfig;
  const response = await fetch(`${config.clusters[0]?.cluster.server ?? ''}${path}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify(change),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

const station = (name: string): string => `/apis/k8sta.io/v1alpha1/namespaces/guestbook/stations/${name}`;
const application = (name: string): string => `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`;

async function publish(tag: string): Promise<void> {
  const image = `ghcr.io/acme/guestbook:${tag}`;
  const child = spawn(process.execPath, [COMMAND, 'railyard', 'publish', image, '--folder', join(folder, 'yard')]);
  await eventually(`${image} is published`, () => child.exitCode === 0, DEADLINE_MS);
}

/** The row of the board that carries this version. */
const row = (tag: string) => page.locator('.board .rows li', { hasText: `guestbook ${tag}` }).first();
const toTheBoard = (): Promise<void> => page.getByRole('link', { name: 'K8sTA: all that is under way' }).click();

test('a change is seen riding from station to station, up to the gate', async () => {
  await patch(station('prod'), { spec: { entry: { approval: {} } } });
  await page.evaluate(`
    window.places = new Set();
    new MutationObserver(() => {
      for (const ticket of document.querySelectorAll('.ticket')) window.places.add(ticket.getAttribute('transform'));
    }).observe(document.querySelector('.tickets'), { attributes: true, childList: true, subtree: true });
  `);
  await publish('1.7.0');
  await row('1.7.0').getByText('stands before prod').waitFor();
  expect(await page.evaluate('window.places.size')).toBeGreaterThanOrEqual(3);
  await keepPicture(page, 'railyard-gate');
});

test('at the gate it is approved with the rendered difference in front, and rides on', async () => {
  await row('1.7.0').locator('a').click();
  await page.getByRole('button', { name: 'Review and approve' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('ghcr.io/acme/guestbook:1.7.0').first().waitFor();
  await keepPicture(page, 'railyard-approve');
  await dialog.getByRole('button', { name: 'Approve for prod' }).click();
  await page.locator('.paper', { hasText: 'has completed its ride' }).waitFor();
  expect(await page.locator('.journey li.passed').count()).toBe(3);
  expect(await page.locator('.journey').innerText()).toContain('approved by');
  await keepPicture(page, 'railyard-ticket');
});

test('a release that crashes is seen to fail, in the words of Argo CD', async () => {
  await patch(station('test'), { spec: { deadlines: { degraded: '1s' } } });
  await patch(application('guestbook-test-web'), {
    metadata: { annotations: { 'railyard.k8sta.io/health': 'Degraded: the pods crash in a loop' } },
  });
  await toTheBoard();
  await publish('1.8.0');
  await row('1.8.0').getByText('failed at test').waitFor();
  await row('1.8.0').locator('a').click();
  await page.locator('.waits.bad').getByText('the pods crash in a loop').waitFor();
  await page.locator('.stop.bad').first().waitFor();
  await keepPicture(page, 'railyard-failure');
});

test('prod is rolled back to what it showed before, and held there', async () => {
  await page.locator('[data-stop="guestbook/prod"]').click();
  await page.getByRole('heading', { name: 'prod', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Roll back to this' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back to this' }).click();
  await page.getByText(/held by /).waitFor();
  await page.locator('.history li.present', { hasText: 'rollback' }).waitFor();
  await keepPicture(page, 'railyard-rollback');
  expect(complaints).toEqual([]);
});
