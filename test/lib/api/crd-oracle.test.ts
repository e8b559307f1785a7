import { stringify } from 'yaml';
import { crds, crdsYaml } from '../../../lib/api/crd';
import { buildOracle, goIsThere, judge } from './oracle';

const BUILD_MS = 600_000;

// A machine without Go cannot ask. It says so by failing, unless whoever runs the tests has said that this is meant.
const judged = process.env.K8STA_WITHOUT_GO === '1' && !goIsThere() ? test.skip : test;

let binary = '';

beforeAll(() => {
  if (judged === test.skip) return;
  if (!goIsThere()) {
    throw new Error(
      'Go is not on the PATH, so nobody can say what an API server thinks of our CustomResourceDefinitions. ' +
        'Install Go 1.24 or newer, or set K8STA_WITHOUT_GO=1 to leave these tests out.',
    );
  }
  binary = buildOracle();
}, BUILD_MS);

/** Our definitions after a change that the oracle should not like. */
function planted(change: (yaml: string) => string): string[] {
  const before = crdsYaml();
  const after = change(before);
  if (after === before) throw new Error('The change changes nothing: the text that it looks for is gone.');
  return judge(binary, after);
}

judged('an API server takes our definitions: structure, defaults, CEL types and CEL cost', () => {
  expect(judge(binary, crdsYaml())).toEqual([]);
});

judged('an API server takes each definition alone', () => {
  for (const crd of crds()) expect(judge(binary, stringify(crd))).toEqual([]);
});

judged('the oracle objects to a field that is not structural', () => {
  expect(planted((yaml) => yaml.replace('type: boolean', 'const: true'))).toEqual([
    expect.stringContaining('unknown field'),
  ]);
});

judged('the oracle objects to a default that breaks its own schema', () => {
  expect(planted((yaml) => yaml.replace('default: true', 'default: maybe')).join('\n')).toContain(
    'must be of type boolean',
  );
});

judged('the oracle objects to a rule that speaks of no field', () => {
  expect(planted((yaml) => yaml.replace('has(self.chart)', 'has(self.charts)')).join('\n')).toContain(
    "undefined field 'charts'",
  );
});

judged('the oracle objects to a rule that costs too much', () => {
  const rule = 'self.images.all(a, self.images.all(b, self.images.all(c, a.repoURL.matches(b.repoURL + c.repoURL))))';
  expect(planted((yaml) => yaml.replaceAll('rule: self == oldSelf', `rule: ${rule}`)).join('\n')).toContain(
    'exceeds budget',
  );
});
