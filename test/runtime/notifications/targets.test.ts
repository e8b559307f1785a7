import { type News, Targets, type StoredTarget } from '../../../runtime/notifications';

const NOW = Date.parse('2030-01-01T12:00:00Z');

const stored = (values: Record<string, string>, url = 'https://hooks.example.com/T0/secret-part'): StoredTarget => ({
  namespace: 'k8sta-system',
  name: 'news',
  created: '2030-01-01T10:00:00Z',
  url,
  values,
});

const news = (parts: Partial<News> = {}): News => ({
  id: 'u.arrived.0',
  kind: 'arrived',
  time: '2030-01-01T11:00:00Z',
  namespace: 'shop',
  ticket: 'main-7',
  track: 'main',
  station: 'prod',
  change: 'web 1.4.0',
  commits: [],
  ...parts,
});

const hears = (values: Record<string, string>, one: News): boolean =>
  new Targets([stored({ to: 'slack', ...values })]).for(one, NOW).length === 1;

test.each([
  [{}, news(), true],
  [{ tracks: 'shop' }, news(), true],
  [{ tracks: 'billing, shop/main' }, news(), true],
  [{ tracks: 'shop/other' }, news(), false],
  [{ stations: 'shop/prod' }, news(), true],
  [{ stations: 'shop/test' }, news(), false],
  [{ tracks: 'shop/main', stations: 'shop/test' }, news(), false],
  [{ news: 'failed approval-wanted' }, news(), false],
  [{ news: 'failed,arrived' }, news(), true],
])('what %j hears', (values, one, expected) => {
  expect(hears(values, one)).toBe(expected);
});

test('what happened before a Secret was there, or more than a day ago, floods nobody', () => {
  expect(hears({}, news({ time: '2030-01-01T09:59:59Z' }))).toBe(false);
  const targets = new Targets([{ ...stored({ to: 'slack' }), created: '2029-01-01T00:00:00Z' }]);
  expect(targets.for(news({ time: '2029-12-31T11:59:59Z' }), NOW)).toEqual([]);
  expect(targets.for(news({ time: '2029-12-31T12:00:01Z' }), NOW)).toHaveLength(1);
});

test.each([
  [{ to: 'pager' }, undefined, 'its key to says "pager", which is none of slack, webhook'],
  [{ to: 'webhook', secret: 'short' }, undefined, 'its key secret has 5 characters; use 16 or more'],
  [{ to: 'slack' }, 'ftp://hooks.example.com/secret-part', 'its key url is no address that begins with https://'],
  [{ to: 'slack', news: 'arrvied' }, undefined, 'its key news says "arrvied", which is none of arrived, '],
])('%j is said to be wrong, without what is secret', (values, url, words) => {
  const { list, problems } = new Targets([stored(values, url)]);
  expect(list).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('Secret k8sta-system/news is told nothing: ');
  expect(problems[0]).toContain(words);
  expect(problems[0]).not.toContain('secret-part');
  expect(problems[0]).not.toContain('short');
});
