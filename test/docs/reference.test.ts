import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, REFERENCE } from '../../scripts/reference/pages';
import { PICTURES, pictures } from '../../scripts/reference/pictures';

const now = pages();

test.each([...now.keys()])('docs/reference/%s says what the sources say; if not: npm run reference', (file) => {
  expect(readFileSync(join(REFERENCE, file), 'utf8')).toBe(now.get(file));
});

test('there is no page that nobody writes', () => {
  expect(readdirSync(REFERENCE).sort()).toEqual([...now.keys()].sort());
});

const drawn = pictures();

test.each([...drawn.keys()])('docs/pictures/%s shows its example; if not: npm run reference', (file) => {
  expect(readFileSync(join(PICTURES, file), 'utf8')).toBe(drawn.get(file));
});
