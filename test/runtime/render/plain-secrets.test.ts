import { plainSecrets } from '../../../runtime/render';

const secret = (more: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, ...more });
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['data', { data: { password: base64('hunter2') } }],
  ['stringData', { stringData: { password: 'hunter2' } }],
  ['one value of many', { stringData: { user: '<path:kv/db#user>', password: 'hunter2' } }],
])('values in %s can be read by anybody who reads the branch', (_where, more) => {
  expect(plainSecrets([secret(more)])).toEqual(['Secret db']);
});

test.each([
  ['none', {}],
  ['an empty one', { data: { token: '' } }],
  ['one of another shape', { data: { token: null, other: 1 } }],
  ['encrypted ones', { data: { password: 'RU5DWw==' }, sops: { version: '3.9.0' } }],
  ['one that is fetched', { data: { password: base64('<path:kv/db#password>\n') } }],
  ['one that is put in', { stringData: { password: '${PASSWORD}' } }],
  ['a reference', { stringData: { password: 'ref+vault://kv/db#/password' } }],
])('a Secret with %s tells nobody anything', (_what, more) => {
  expect(plainSecrets([secret(more)])).toEqual([]);
});

test('other kinds are none of Kubernetes’ Secrets', () => {
  expect(plainSecrets([{ ...secret({ stringData: { a: 'b' } }), apiVersion: 'example.com/v1' }])).toEqual([]);
});
