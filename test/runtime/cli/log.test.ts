import { logTo } from '../../../runtime/cli/log';
import { fieldsOfKey } from '../../../runtime/dispatch/jobs/log-fields';
import { testTerminal } from './terminal';

const SECRET = 'hunter2';

test.each([
  ['a password', { password: SECRET }],
  ['a credential with all that is in it', { credential: { username: 'me', password: SECRET } }],
  ['a header of a request', { request: { headers: { authorization: `Bearer ${SECRET}` } } }],
  ['the data of a Secret', { object: { data: { url: SECRET } } }],
  ['a URL with a credential, in the words of others', { error: `fatal: unable to access 'https://me:${SECRET}@git.example.com/a.git'` }], // prettier-ignore
])('%s does not get into the log, nor onto the screen of a person', (_what, fields) => {
  const terminal = testTerminal();
  logTo(terminal, 'debug').child(fields).info(fields, 'Something happened');
  logTo({ ...terminal, err: { ...terminal.err, isTTY: true } }, 'debug').info(fields, 'Something happened');
  expect(terminal.written.err).toContain('[redacted]');
  expect(terminal.written.err).not.toContain(SECRET);
});

test('what is no secret is written as it is', () => {
  const terminal = testTerminal();
  logTo(terminal, 'info').info({ namespace: 'shop', ticket: 'main-1', url: 'https://git.example.com/a.git' }, 'Moved');
  expect(JSON.parse(terminal.written.err)).toMatchObject({ namespace: 'shop', ticket: 'main-1', url: 'https://git.example.com/a.git', message: 'Moved' }); // prettier-ignore
});

test.each([
  ['track shop/main', { namespace: 'shop', track: 'main' }],
  ['station shop/prod', { namespace: 'shop', station: 'prod' }],
  ['unreadable Ticket shop/main-1', { namespace: 'shop', ticket: 'main-1' }],
])('a line about "%s" says so field by field', (key, fields) => {
  expect(fieldsOfKey(key)).toEqual(fields);
});
