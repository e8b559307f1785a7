/** The dashboard in a real browser, on the real servers, with the rights of a person: a ride, a gate, a failure, a way back. */

import type { Browser, Page } from 'playwright-core';
import { keepPicture, openBrowser, openPage } from '../browser/browser';
import { eventually } from '../waiting';
import { installAuthority } from './authority';
import { installK8sTA, kubectl, Line, RuntimeProcess } from './line';
import { Workloads } from './workloads';

const NAMESPACE = 'seen';
const DEADLINE_MS = 120_000;
const ROLES = ['k8sta-viewer', 'k8sta-approver', 'k8sta-conductor'];
const runtime = new RuntimeProcess({ args: ['--dashboard-port=0', '--dashboard-address=127.0.0.1'] });
const workloads = new Workloads();
let line: Line;
let browser: Browser;
let page: Page;
let complaints: readonly string[];

beforeAll(async () => {
  await installK8sTA();
  await installAuthority();
  await runtime.start();
  line = await Line.open({
    namespace: NAMESPACE,
    stations: ['test', 'prod'].map((name) => ({ name, applications: [{ id: 'web' }], degradedGraceSeconds: 1 })),
  });
  const gate = JSON.stringify({ spec: { entry: { approval: {} } } });
  await kubectl(['patch', 'station', 'prod', '-n', NAMESPACE, '--type=merge', '-p', gate]);
  await kubectl(['create', 'serviceaccount', 'grace', '-n', NAMESPACE]);
  const grace = `--serviceaccount=${NAMESPACE}:grace`;
  for (const role of ROLES) {
    await kubectl(['create', 'rolebinding', role, '-n', NAMESPACE, `--clusterrole=${role}`, grace]);
  }
  browser = await openBrowser();
  const port = await eventually(
    'the dashboard is served',
    async () => /"port":(\d+)[^\n]*Serving the dashboard/.exec(await runtime.log())?.[1],
    DEADLINE_MS,
  );
  ({ page, complaints } = await openPage(browser, `http://127.0.0.1:${port}`));
  page.setDefaultTimeout(DEADLINE_MS);
}, 240_000);

afterAll(async () => {
  await browser.close();
  await runtime.stop();
  await workloads.stop();
}, 60_000);

const ticket = (name: string) => page.locator(`.board .rows li`, { hasText: name }).first();
const toTheBoard = (): Promise<void> => page.getByRole('link', { name: 'K8sTA: all that is under way' }).click();

test('a token of the API server opens it, and one that it did not give out does not', async () => {
  const field = page.getByLabel(/token/i);
  await field.fill('made.up.token');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await field.fill((await kubectl(['create', 'token', 'grace', '-n', NAMESPACE])).trim());
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator(`[data-stop="${NAMESPACE}/prod"]`).waitFor();
  await keepPicture(page, 'real-signed-in');
});

test('a ride is seen moving up to the gate, and is approved with its difference in front', async () => {
  await line.ticket('one', '1.0.0');
  await ticket('1.0.0').getByText('stands before prod').waitFor();
  await keepPicture(page, 'real-gate');
  await ticket('1.0.0').locator('a').click();
  await page.getByRole('button', { name: 'Review and approve' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('acme/web:1.0.0').first().waitFor();
  await keepPicture(page, 'real-approve');
  await dialog.getByRole('button', { name: 'Approve for prod' }).click();
  await page.locator('.paper', { hasText: 'has completed its ride' }).waitFor();
  const { status } = await line.completed('one');
  expect(status?.stamps?.at(-1)?.approvals?.map(({ by }) => by)).toEqual([`system:serviceaccount:${NAMESPACE}:grace`]);
  expect(await line.repository.manifests('env/prod')).toContain('acme/web:1.0.0');
});

test('what prod shows is told with who made it', async () => {
  await page.locator(`[data-stop="${NAMESPACE}/prod"]`).click();
  const [commit] = await line.repository.log('main');
  await page.locator('.application', { hasText: commit?.sha.slice(0, 7) ?? '' }).waitFor();
  await page.locator('.application').getByText(`by ${commit?.author}`).first().waitFor();
  await keepPicture(page, 'real-station');
});

test('a release that fails is seen to fail, in the words of Argo CD', async () => {
  workloads.become(/acme\/web:1\.1\.0$/, 'Degraded');
  await toTheBoard();
  await line.ticket('two', '1.1.0');
  await ticket('1.1.0').getByText('failed at test').waitFor();
  await ticket('1.1.0').locator('a').click();
  await page.locator('.waits.bad').getByText('Argo CD reports Degraded').waitFor();
  await keepPicture(page, 'real-failure');
});

test('prod is rolled back to what it showed before, and held there', async () => {
  await line.ticket('three', '1.2.0');
  await line.waiting('three', 'Approval');
  await toTheBoard();
  await ticket('1.2.0').locator('a').click();
  await page.getByRole('button', { name: 'Review and approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve for prod' }).click();
  await line.completed('three');
  await page.locator(`[data-stop="${NAMESPACE}/prod"]`).click();
  await page.getByRole('button', { name: 'Roll back to this' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back to this' }).click();
  await page.getByText(/held by /).waitFor();
  await page.locator('.history li.present', { hasText: 'rollback' }).waitFor();
  await keepPicture(page, 'real-rollback');
  expect(await line.repository.manifests('env/prod')).toContain('acme/web:1.0.0');
  expect(complaints).toEqual([]);
});
