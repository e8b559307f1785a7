/** What axe finds wrong with a page. */

import type { AxeResults } from 'axe-core';
import { source } from 'axe-core';
import type { Page } from 'playwright-core';

/** Each violation in a line: the rule, and where. */
export async function violationsIn(page: Page): Promise<string[]> {
  // The policy of the page lets no script in but its own; a debugger is not bound by it.
  await page.evaluate(source);
  const results = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
