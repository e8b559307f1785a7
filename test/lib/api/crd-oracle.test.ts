import { stringify } from 'yaml';
import { crds, crdsYaml } from '../../../lib/api/crd';
import { judge, judged, oracleBeforeAll } from './oracle';

const binary = oracleBeforeAll();

/** Our definitions after a change that the oracle should not like. */
function planted(change: (yaml: string) => string): string[] {
  const before = crdsYaml();
  const after = change(before);
  if (after === before) throw new Error('The change changes nothing: the text that it looks for is gone.');
  return judge(binary(), after);
}

judged('an API server takes our definitions: structure, defaults, CEL types and CEL cost', () => {
  expect(judge(binary(), crdsYaml())).toEqual([]);
});

judged('an API server takes each definition alone', () => {
  for (const crd of crds()) expect(judge(binary(), stringify(crd))).toEqual([]);
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
