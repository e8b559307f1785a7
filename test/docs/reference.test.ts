import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, REFERENCE } from '../../scripts/reference/pages';

const now = pages();

test.each([...now.keys()])('docs/reference/%s says what the sources say; if not: npm run reference', (file) => {
  expect(readFileSync(join(REFERENCE, file), 'utf8')).toBe(now.get(file));
});

test('there is no page that nobody writes', () => {
  expect(readdirSync(REFERENCE).sort()).toEqual([...now.keys()].sort());
});
