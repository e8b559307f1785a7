import type { Browser, Page } from 'playwright-core';
import type { TicketDiff } from '../../runtime/dashboard/protocol';
import { eventually } from '../waiting';
import { violationsIn } from './accessible';
import { DESK, NIGHT, PHONE, keepPicture, openBrowser, openPage, type Opened } from './browser';
import { FakeDashboard, type Script } from './server';
import { shop, station, ticket, track } from './world';

let browser: Browser;
let dashboard: FakeDashboard;
let opened: Opened;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  await opened.page.context().close();
  await dashboard.stop();
});

const deployment = (image: string, replicas: number): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    '  name: web',
    '  labels:',
    ...Array.from({ length: 20 }, (_, index) => `    label-${index}: "${index}"`),
    'spec:',
    `  replicas: ${replicas}`,
    '  template:',
    '    spec:',
    '      containers:',
    '        - name: web',
    `          image: ${image}`,
    '',
  ].join('\n');

const diff: TicketDiff = {
  station: 'eu-prod',
  digest: `sha256:${'ab'.repeat(32)}`,
  applications: [
    {
      application: 'argocd/eu-prod-web',
      repoURL: 'https://git.example.com/guestbook.git',
      branch: 'env/eu-prod',
      truncated: false,
      files: [
        {
          path: 'apps-v1-deployment-web.yaml',
          before: deployment('ghcr.io/acme/guestbook:1.3.9', 3),
          after: deployment('ghcr.io/acme/guestbook:1.4.0', 5),
        },
        { path: 'logo.png', before: '', after: '', binary: true },
      ],
    },
  ],
};

async function open(script: Partial<Script> = {}, place = '', how = DESK): Promise<Page> {
  dashboard = await FakeDashboard.start({ world: shop(), diff, ...script });
  opened = await openPage(browser, `${dashboard.url}/${place}`, how);
  return opened.page;
}

const FOCUSED = 'document.activeElement.getAttribute("data-stop")';

/** What holds in a moment: the page is told first. */
const soon = (check: () => void | Promise<void>): Promise<true> =>
  eventually('the page and its server agree', async () => {
    await check();
    return true;
  });

const placeOf = (page: Page, name: string): Promise<string | null> =>
  page.locator(`[data-ticket="shop/${name}"]`).getAttribute('transform');

describe('the map', () => {
  test('shows each station, line and ticket, and what asks for somebody first', async () => {
    const page = await open();
    await page.locator('.stop').first().waitFor();
    expect(await page.locator('.stop').count()).toBe(11);
    expect(await page.locator('.plate').allTextContents()).toEqual(
      expect.arrayContaining(['main', 'us-east', 'europe', 'asia', 'docs', 'hotfix']),
    );
    expect(await page.locator('.ticket').count()).toBe(4);
    expect(await page.locator('.board section').first().innerText()).toMatch(/waiting for you[^]*europe-3/i);
    await keepPicture(page, 'map-light');
    expect(opened.complaints).toEqual([]);
  });

  test('a ticket that moves rides along its line, within two seconds', async () => {
    const page = await open();
    await page.locator('.ticket').first().waitFor();
    const before = await placeOf(page, 'main-8');
    const [rider] = dashboard.script.world.tickets.filter(({ metadata }) => metadata.name === 'main-8');
    if (rider?.status === undefined) throw new Error('main-8 is gone');
    const moved = { ...rider, status: { ...rider.status, phase: 'Standing' as const, station: 'release' } };
    const start = Date.now();
    dashboard.change({ set: { tickets: [moved] } });
    await page.waitForFunction(
      `document.querySelector('[data-ticket="shop/main-8"]')?.getAttribute('transform') !== ${JSON.stringify(before)}`,
    );
    expect(Date.now() - start).toBeLessThan(2_000);
    const riding = 'document.getAnimations().some(({ effect }) => effect.target.dataset.ticket === "shop/main-8")';
    expect(await page.evaluate(riding)).toBe(true);
  });

  test('nothing moves for those who asked for less motion', async () => {
    const page = await open({}, '', { ...DESK, reducedMotion: 'reduce' });
    await page.locator('.ticket').first().waitFor();
    const before = await placeOf(page, 'main-8');
    const [rider] = dashboard.script.world.tickets.filter(({ metadata }) => metadata.name === 'main-8');
    if (rider?.status === undefined) throw new Error('main-8 is gone');
    dashboard.change({ set: { tickets: [{ ...rider, status: { ...rider.status, station: 'release' } }] } });
    await soon(async () => expect(await placeOf(page, 'main-8')).not.toBe(before));
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });

  test('is walked through with arrow keys, and a station opens with Enter', async () => {
    const page = await open();
    await page.locator('.stop').first().waitFor();
    await page.locator('.stop[tabindex="0"]').focus();
    const start = await page.evaluate<string>(FOCUSED);
    await page.keyboard.press('ArrowRight');
    const next = await page.evaluate<string>(FOCUSED);
    expect(next).not.toBe(start);
    await page.keyboard.press('Enter');
    await page.locator('.panel h2', { hasText: next.split('/')[1] ?? '' }).waitFor();
  });

  test('a lost connection is said, and comes back by itself with what changed meanwhile', async () => {
    const page = await open();
    await page.getByText('Live', { exact: true }).waitFor();
    dashboard.breakStreams();
    await page.getByText('Not connected').waitFor();
    dashboard.script.world = { ...dashboard.script.world, tickets: [] };
    await page.getByText('Live', { exact: true }).waitFor();
    await soon(async () => expect(await page.locator('.ticket').count()).toBe(0));
  });

  test('runs down on a phone, where the panel stands below it', async () => {
    const page = await open({}, '', PHONE);
    const [first, last] = await Promise.all(
      ['shop/test', 'shop/release'].map((key) => page.locator(`[data-stop="${key}"] .sign`).boundingBox()),
    );
    expect(last?.y ?? 0).toBeGreaterThan((first?.y ?? 0) + 40);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await keepPicture(page, 'map-phone');
  });
});

describe('a ticket', () => {
  test('is approved with the difference in front of the reader, which names exactly that', async () => {
    const page = await open({}, '#/ticket/shop/europe-3');
    await page.getByRole('button', { name: 'Review and approve' }).click();
    await page.getByText('image: ghcr.io/acme/guestbook:1.4.0').waitFor();
    expect(await page.getByRole('button', { name: /lines that stay/ }).count()).toBeGreaterThan(0);
    expect(await page.locator('.hljs-attr').count()).toBeGreaterThan(0);
    await keepPicture(page, 'approve');
    await page.getByRole('button', { name: 'Approve for eu-prod' }).click();
    await soon(() =>
      expect(dashboard.verbs).toEqual([
        { verb: 'approve', namespace: 'shop', ticket: 'europe-3', station: 'eu-prod', digest: diff.digest },
      ]),
    );
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(opened.complaints).toEqual([]);
  });

  test('says what it waits for, and shows its journey', async () => {
    const page = await open({}, '#/ticket/shop/us-east-3', NIGHT);
    const panel = page.locator('.panel');
    await panel.getByText('stays healthy for 15m before it departs').waitFor();
    expect(await panel.innerText()).toMatch(/ends in 1[12] min/);
    expect(await panel.locator('.journey li').allInnerTexts()).toEqual([
      expect.stringContaining('us-canary'),
      expect.stringContaining('us-prod'),
    ]);
    await keepPicture(page, 'ticket-dark');
  });

  test('that failed says why, and can be tried again after a question', async () => {
    const page = await open({}, '#/ticket/shop/docs-12');
    await page.locator('.waits.bad').getByText('back-off restarting failed container').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(dashboard.verbs).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
    await soon(() => expect(dashboard.verbs).toEqual([{ verb: 'retry', namespace: 'shop', ticket: 'docs-12' }]));
  });

  test('what the API server refuses is told in its own words', async () => {
    const error = 'tickets.k8sta.io "us-east-3" is forbidden: User "ada" cannot patch it';
    const page = await open({ refusal: { code: 403, error } }, '#/ticket/shop/us-east-3');
    await page.getByRole('button', { name: 'Abort' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Abort' }).click();
    await page.getByRole('alert').getByText(error).waitFor();
  });

  test('that vanishes while it is looked at is said to be gone', async () => {
    const page = await open({}, '#/ticket/shop/europe-3');
    await page.getByRole('heading', { name: 'guestbook 1.4.0' }).waitFor();
    dashboard.change({ gone: [{ kind: 'Ticket', namespace: 'shop', name: 'europe-3' }] });
    await page.getByText('There is no ticket shop/europe-3').waitFor();
  });
});

describe('a difference', () => {
  const LINES = 10_000;
  const manifest = (line: (index: number) => string): string =>
    Array.from({ length: LINES }, (_, index) => `${line(index)}\n`).join('');
  const long = (files: TicketDiff['applications'][number]['files']): TicketDiff => ({
    ...diff,
    applications: diff.applications.map((application) => ({ ...application, files })),
  });
  /** Seconds of a processor that the page takes from the click until it answers another one: other work of the machine does not count. */
  const interactiveIn = async (files: TicketDiff['applications'][number]['files']): Promise<[Page, number]> => {
    const page = await open({ diff: long(files) }, '#/ticket/shop/europe-3');
    const button = page.getByRole('button', { name: 'Review and approve' });
    await button.waitFor();
    const debug = await page.context().newCDPSession(page);
    await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
    const taken = async (): Promise<number> => {
      const { metrics } = await debug.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const start = await taken();
    await button.click();
    await page.locator('.diff .sides').first().waitFor();
    await page.locator('.diff summary').last().click();
    await page.locator('.diff details:not([open])').first().waitFor();
    return [page, (await taken()) - start];
  };

  test('of ten thousand lines with a few that change is folded, and interactive within two seconds', async () => {
    const before = manifest((index) => `key-${index}: value ${index}`);
    const after = manifest((index) => `key-${index}: value ${index % 2_500 === 7 ? 'another' : index}`);
    const [page, took] = await interactiveIn([
      { path: 'long.yaml', before, after },
      { path: 'other.yaml', before: 'a: 1\n', after: 'a: 2\n' },
    ]);
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThan(2);
    expect(await page.locator('.diff summary').first().innerText()).toMatch(/\+4 −4/);
    expect(await page.getByRole('button', { name: /lines that stay/ }).count()).toBe(5);
    expect(await page.locator('.diff tbody tr').count()).toBeLessThan(60);
    await page
      .getByRole('button', { name: /lines that stay/ })
      .nth(1)
      .click();
    await page.getByRole('button', { name: /more rows/ }).waitFor();
    await keepPicture(page, 'long-difference');
  });

  test('of ten thousand lines that all change is drawn in parts, and interactive within two seconds', async () => {
    const [page, took] = await interactiveIn([
      {
        path: 'long.yaml',
        before: manifest((index) => `old-${index}: 1`),
        after: manifest((index) => `new-${index}: 2`),
      },
      { path: 'other.yaml', before: 'a: 1\n', after: 'a: 2\n', truncated: true },
    ]);
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThan(2);
    const rows = page.locator('.diff tbody tr');
    const drawn = await rows.count();
    expect(drawn).toBeLessThan(1_000);
    await page.getByRole('button', { name: /more rows/ }).click();
    await soon(async () => expect(await rows.count()).toBeGreaterThan(drawn));
    await page.getByText('The end of this file is cut off.').waitFor({ state: 'attached' });
  });

  test('of a binary file says so, and no lines', async () => {
    const page = await open({}, '#/ticket/shop/europe-3');
    await page.getByRole('button', { name: 'Review and approve' }).click();
    const file = page.locator('.diff details', { hasText: 'logo.png' });
    await file.getByText('A binary file: it changes.').waitFor();
    expect(await file.locator('summary').innerText()).toMatch(/logo\.png\s+binary/);
    expect(await file.locator('table').count()).toBe(0);
  });
});

describe('a station', () => {
  test('says who made what it shows, and what its windows say while nobody is there', async () => {
    const until = new Date(Date.now() + 2 * 3_600_000).toISOString();
    const windows = [{ allow: '0 9 * * 1-5', duration: '8h', timeZone: 'UTC' }];
    const prod = station('shop', 'timed', '1.4.0', { entry: { windows } });
    const { base = '', overlay = '' } = prod.status?.states?.[0] ?? {};
    const authors = {
      [base]: { name: 'Ada <i>Lovelace</i>', subject: 'Add a page', time: '2026-01-02T03:04:05Z' },
      [overlay]: { name: 'Grace', subject: 'Two replicas' },
    };
    const world = { ...shop(), stations: [...shop().stations, prod] };
    const page = await open({ world, authors, windows: [{ open: false, until }] }, '#/station/shop/timed');
    const panel = page.locator('.panel');
    await panel.getByText('by Ada <i>Lovelace</i>').waitFor();
    await panel.getByText('by Grace').waitFor();
    await panel.locator('.gates li.shut', { hasText: /opens in (2 h|1 h 59 min)/ }).waitFor();
    await keepPicture(page, 'station-window');
    expect(await violationsIn(page)).toEqual([]);
  });

  test('goes back to an earlier arrival, after a question', async () => {
    const page = await open({}, '#/station/shop/us-prod');
    await page.getByRole('button', { name: 'Roll back to this' }).first().click();
    await keepPicture(page, 'rollback');
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back to this' }).click();
    await soon(() =>
      expect(dashboard.verbs).toEqual([{ verb: 'rollback', namespace: 'shop', station: 'us-prod', to: 'main-5' }]),
    );
  });

  test('a button that the API server would refuse is off, and says why', async () => {
    const reason = 'ada may not create tickets in shop: ask for the role k8sta-driver';
    const page = await open({ forbidden: { rollback: reason } }, '#/station/shop/us-prod');
    await page.getByText(reason).first().waitFor();
    const button = page.getByRole('button', { name: 'Roll back to this' }).first();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(dashboard.verbs).toEqual([]);
    await keepPicture(page, 'station');
  });
});

test('a track tells what its subscriptions chose and why, and boards a ticket by hand', async () => {
  const page = await open({}, '#/track/shop/main');
  await page.getByText('1.4.1 of 212 tags: the highest that satisfies ^1.0.0; 3 are ignored').waitFor();
  await page.getByRole('button', { name: 'Board a ticket by hand' }).click();
  await page.getByLabel('Tag').fill('1.5.0');
  await page.getByRole('button', { name: 'Board', exact: true }).click();
  await soon(() =>
    expect(dashboard.verbs).toEqual([
      {
        verb: 'board',
        namespace: 'shop',
        track: 'main',
        change: { images: [{ repoURL: 'ghcr.io/acme/guestbook', tag: '1.5.0' }] },
      },
    ]),
  );
});

test('signing in needs a token that the API server knows, and says so', async () => {
  const page = await open({ token: 'right' });
  await page.getByLabel('Kubernetes token').fill('wrong');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').getByText('the API server does not know this token').waitFor();
  expect(await page.getByRole('link', { name: 'Sign in with your organisation' }).getAttribute('href')).toBe(
    '/api/oidc/start',
  );
  expect(await violationsIn(page)).toEqual([]);
  await keepPicture(page, 'sign-in');
  await page.getByLabel('Kubernetes token').fill('right');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.stop').first().waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Kubernetes token').waitFor();
});

test('a sign-in that ends is said, and the next one leads back to where the reader was', async () => {
  const page = await open({ token: 'right' }, '#/ticket/shop/europe-3');
  const signIn = async (): Promise<void> => {
    await page.getByLabel('Kubernetes token').fill('right');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  const subject = page.getByRole('heading', { name: 'guestbook 1.4.0' });
  const ended = page.getByText('Your sign-in has ended.');
  await page.getByLabel('Kubernetes token').waitFor();
  expect(await ended.count()).toBe(0);
  await signIn();
  await subject.waitFor();
  dashboard.endSessions();
  await ended.waitFor();
  expect(await violationsIn(page)).toEqual([]);
  await signIn();
  await subject.waitFor();
  dashboard.endSessions();
  await ended.waitFor();
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
  await subject.waitFor();
  expect(new URL(page.url()).hash).toBe('#/ticket/shop/europe-3');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Kubernetes token').waitFor();
  expect(await ended.count()).toBe(0);
});

test('names, tags and messages that are markup are text', async () => {
  const hostile = '<img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';
  const world = {
    tracks: [track('shop', 'main', [hostile])],
    stations: [station('shop', hostile, hostile)],
    tickets: [
      ticket(
        'shop',
        hostile,
        { track: 'main', change: { images: [{ repoURL: 'x', tag: hostile }] }, origin: { person: hostile } },
        {
          phase: 'Standing',
          station: hostile,
          waiting: { reason: 'Approval', since: new Date().toISOString(), message: hostile },
        },
      ),
    ],
    applications: [],
  };
  const files = [{ path: hostile, before: '', after: `key: ${hostile}\n` }];
  const page = await open({
    world,
    diff: {
      station: hostile,
      applications: [{ application: hostile, repoURL: hostile, branch: hostile, truncated: false, files }],
    },
  });
  await page.locator('.board').getByText(hostile).first().waitFor();
  await page.locator('.board .rows a').first().click();
  await page.getByRole('button', { name: 'Show the difference' }).click();
  await page.locator('.sides').waitFor();
  await page.locator('.stop').click();
  await page.getByText('Arrivals').waitFor();
  expect(await page.title()).toBe('K8sTA');
  expect(await page.locator('img, #page script').count()).toBe(0);
  expect(opened.complaints).toEqual([]);
});

describe('everybody can use', () => {
  const PLACES = ['', '#/station/shop/us-prod', '#/ticket/shop/europe-3', '#/track/shop/main'];
  test.each([
    ['by day', DESK],
    ['by night', NIGHT],
    ['on a phone', PHONE],
  ])('every view %s: axe finds nothing', async (_, how) => {
    const page = await open({}, '', how);
    for (const place of PLACES) {
      await page.goto(`${dashboard.url}/${place}`);
      await page.locator('.panel h2').first().waitFor();
      await page.locator('.stop').first().waitFor();
      expect(await violationsIn(page)).toEqual([]);
    }
    await page.goto(`${dashboard.url}/#/ticket/shop/europe-3`);
    await page.getByRole('button', { name: 'Review and approve' }).click();
    await page.locator('.sides').waitFor();
    expect(await violationsIn(page)).toEqual([]);
  });
});
