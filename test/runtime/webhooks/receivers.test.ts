import { addressOf, Receivers, type SenderName, type StoredReceiver } from '../../../runtime/webhooks';
import { IMAGES, PUSHES } from './payloads';
import { deliveryOf, NOW, SECRET } from './signing';

const stored = (sender: string, values: Record<string, string> = {}): StoredReceiver => ({
  namespace: 'k8sta-system',
  name: `webhook-${sender}`,
  values: { sender, secret: SECRET, ...values },
});
const outcome = (sender: SenderName, secret: string, now = NOW, path?: string): string => {
  const [, payload] = [...PUSHES, ...IMAGES].find(([name]) => name === sender) ?? [];
  if (payload === undefined) throw new Error(`no payload of ${sender}`);
  const receiver = stored(sender);
  const receivers = new Receivers([receiver]);
  return receivers.receive(path ?? addressOf(receiver), deliveryOf(sender, payload, secret), now).outcome;
};

const SIGNING: readonly SenderName[] = [
  'github',
  'gitlab',
  'gitea',
  'bitbucket',
  'azure-devops',
  'harbor',
  'artifactory',
  'azure-registry',
  'distribution',
  'aws',
  'generic',
];

test.each(SIGNING)('S8: %s is refused with a wrong secret, at the right address', (sender) => {
  expect(outcome(sender, SECRET)).toBe('Taken');
  expect(outcome(sender, 'a secret that somebody guesses')).toBe('Refused');
});

test.each(['docker-hub', 'quay', 'google'] as const)('%s signs nothing: its address is its secret', (sender) => {
  expect(outcome(sender, '')).toBe('Taken');
  expect(outcome(sender, '', NOW, '/webhooks/x')).toBe('Refused');
});

test('S8: a delivery without any proof is refused', () => {
  for (const sender of SIGNING) {
    const receiver = stored(sender);
    const delivery = { headers: {}, body: Buffer.from('{}') };
    expect(new Receivers([receiver]).receive(addressOf(receiver), delivery, NOW)).toEqual({ outcome: 'Refused' });
  }
});

test('S8: what another sender would accept is refused', () => {
  const receiver = stored('github');
  const delivery = { headers: { authorization: SECRET, 'x-gitlab-token': SECRET }, body: Buffer.from('{}') };
  expect(new Receivers([receiver]).receive(addressOf(receiver), delivery, NOW).outcome).toBe('Refused');
});

test('S8: what is repeated after five minutes is refused, where the sender gives a time', () => {
  expect(outcome('generic', SECRET, NOW + 299_000)).toBe('Taken');
  expect(outcome('generic', SECRET, NOW + 301_000)).toBe('Refused');
  expect(outcome('generic', SECRET, NOW - 301_000)).toBe('Refused');
});

test('a body that is no document is told to whoever has proved himself, and to nobody else', () => {
  const receiver = stored('gitlab');
  const receivers = new Receivers([receiver]);
  const body = Buffer.from('{"ref":');
  expect(receivers.receive(addressOf(receiver), { headers: { 'x-gitlab-token': SECRET }, body }, NOW).outcome).toBe(
    'Unreadable',
  );
  expect(receivers.receive(addressOf(receiver), { headers: {}, body }, NOW).outcome).toBe('Refused');
});

test('GitHub may send a form', () => {
  const receiver = stored('docker-hub');
  const body = Buffer.from(`payload=${encodeURIComponent('{"repository":{"repo_name":"acme/web"}}')}`);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(new Receivers([receiver]).receive(addressOf(receiver), { headers, body }, NOW)).toMatchObject({
    hints: [{ kind: 'Image', repoURL: 'docker.io/acme/web' }],
  });
});

test.each([
  [{ secret: '' }, 'Secret k8sta-system/webhook-github opens no webhook: its key secret has 0 characters'],
  [{ secret: 'short' }, 'its key secret has 5 characters; use 16 or more'],
  [{ sender: 'githib' }, 'its key sender says "githib", which is none of github, gitlab'],
  [{ sender: 'constructor' }, 'which is none of'],
])('a Secret with %j opens no receiver, and is named', (values, problem) => {
  const receiver = stored('github', values);
  const receivers = new Receivers([receiver]);
  expect(receivers.size).toBe(0);
  expect(receivers.problems[0]).toContain(problem);
  expect(receivers.receive(addressOf(receiver), { headers: {}, body: Buffer.alloc(0) }, NOW).outcome).toBe('Refused');
});

test('the address changes with the secret, and does not hold it', () => {
  const [one, other] = [stored('github'), stored('github', { secret: 'another that nobody guesses' })];
  expect(addressOf(one)).not.toBe(addressOf(other));
  expect(addressOf(one)).toMatch(/^\/webhooks\/[\w-]{43}$/);
  expect(addressOf({ ...one, name: 'other' })).not.toBe(addressOf(one));
});

test('tracks: it is heard for the namespaces and Tracks that it names', () => {
  const receiver = stored('docker-hub', { tracks: 'shop, billing/api' });
  const delivery = { headers: {}, body: Buffer.from('{}') };
  const reception = new Receivers([receiver]).receive(addressOf(receiver), delivery, NOW);
  if (reception.outcome !== 'Taken') throw new Error(reception.outcome);
  const { isFor } = reception.receiver;
  expect(isFor({ namespace: 'shop', name: 'main' })).toBe(true);
  expect(isFor({ namespace: 'billing', name: 'api' })).toBe(true);
  expect(isFor({ namespace: 'billing', name: 'web' })).toBe(false);
});
