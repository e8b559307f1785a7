import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../runtime/log';
import { messageOf } from '../../../runtime/errors';
import { parseSigningKey } from '../../../runtime/git/signing-key';
import { AUTHOR, filesWith, order, soon, stockGit, World } from './world';

const place = mkdtempSync(join(tmpdir(), 'k8sta-keys-'));
afterAll(() => rmSync(place, { recursive: true }));

/** A key as `ssh-keygen` makes it. */
function keygen(name: string, ...options: string[]): { secret: string; public: string } {
  const file = join(place, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'a comment', '-f', file, ...options]);
  return { secret: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8').trim() };
}

let world: World;
let repo: string;
let count = 0;
beforeAll(async () => {
  world = await World.start();
});
beforeEach(async () => {
  repo = await world.repository(`acme/signed-${(count += 1)}`);
});
afterAll(() => world.stop());

/** What stock Git says of the signature of a head, to somebody who trusts this key. */
function verified(branch: string, publicKey: string): string {
  const signers = join(place, 'allowed_signers');
  writeFileSync(signers, `${AUTHOR.email} namespaces="git" ${publicKey}\n`);
  const options = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`];
  // Ends with an error where the signature is not that of somebody trusted.
  stockGit(['--git-dir', world.bare(repo), ...options, 'verify-commit', branch]);
  return stockGit(['--git-dir', world.bare(repo), ...options, 'log', '-1', '--format=%G? %GS', branch]).trim();
}

describe('a commit that is signed', () => {
  const mine = keygen('mine', '-t', 'ed25519');
  const other = keygen('other', '-t', 'ed25519');

  test('is good to stock Git for whoever trusts the key, on a parent and without one, and to nobody else', async () => {
    const git = world.git({ signingKey: async () => mine.secret });
    const first = await git.commit(repo, order({ 'app.yaml': 'one' }));
    const second = await git.commit(repo, order({ 'app.yaml': 'two' }, { parent: first.commit, message: 'ünïcode ✓' }));
    await git.push(repo, [{ branch: 'first', expected: undefined, commit: first.commit }], soon());
    await git.push(repo, [{ branch: 'env/test', expected: undefined, commit: second.commit }], soon());

    expect(verified('first', mine.public)).toBe(`G ${AUTHOR.email}`);
    expect(verified('env/test', mine.public)).toBe(`G ${AUTHOR.email}`);
    expect(() => verified('env/test', other.public)).toThrow(/verify-commit/);
    expect(world.on(repo, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('is the same commit whoever makes it and when, and the one that ssh-keygen would have made', async () => {
    const signingKey = async (): Promise<string> => mine.secret;
    const made = await world.git({ signingKey }).commit(repo, order({ 'app.yaml': 'one' }));
    expect(
      await world.git({ signingKey, folder: `${world.mirrors}-2` }).commit(repo, order({ 'app.yaml': 'one' })),
    ).toEqual(made);

    const plain = await world.git({ folder: `${world.mirrors}-3` }).commit(repo, order({ 'app.yaml': 'one' }));
    expect(plain.tree).toBe(made.tree);
    expect(plain.commit).not.toBe(made.commit);
    const git = world.git({ signingKey });
    await git.push(repo, [{ branch: 'env/test', expected: undefined, commit: made.commit }], soon());
    const text = world.on(repo, 'cat-file', 'commit', 'env/test');
    const signature = /gpgsig ((?:.*\n )*.*)\n/.exec(text)?.[1]?.replaceAll('\n ', '\n');
    const file = join(place, 'commit');
    writeFileSync(file, text.replace(/gpgsig (?:.*\n )*.*\n/, ''));
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'git', '-f', join(place, 'mine'), file], { stdio: 'pipe' });
    expect(signature).toBe(readFileSync(`${file}.sig`, 'utf8').trim());
  });

  test('D5: is recognised as done where its push had lost the reply, and described like any other', async () => {
    const git = world.git({ signingKey: async () => mine.secret });
    const asked = order({ 'app.yaml': 'one' }, { message: 'arrive\n\nK8sTA-Ticket: shop/one\n' });
    const { commit } = await git.commit(repo, asked);
    const updates = [{ branch: 'env/test', expected: undefined, commit }];
    await git.push(repo, updates, soon());
    const next = world.git({ signingKey: async () => mine.secret, folder: `${world.mirrors}-next` });
    expect((await next.commit(repo, asked)).commit).toBe(commit);
    expect(await next.push(repo, updates, soon())).toEqual({ outcome: 'Accepted' });
    expect(await next.describe(repo, commit)).toMatchObject({
      subject: 'arrive',
      trailers: [{ key: 'K8sTA-Ticket', value: 'shop/one' }],
    });
  });

  test('is signed by the key that its repository has by now, and not at all where there is none', async () => {
    let key: string | undefined = other.secret;
    const asked: string[] = [];
    const git = world.git({ signingKey: async (url) => (asked.push(url), key) });
    const ids = [];
    for (key of [other.secret, mine.secret, undefined]) ids.push((await git.commit(repo, order({ a: '1' }))).commit);
    expect(new Set(ids).size).toBe(3);
    expect(new Set(asked)).toEqual(new Set([repo]));
  });
});

describe('a key that commits are signed with', () => {
  test('is the key that its public file says, in each form that it is written in', () => {
    const { secret, public: line } = keygen('public', '-t', 'ed25519');
    const pem = String(parseSigningKey(secret).key.export({ format: 'pem', type: 'pkcs8' }));
    for (const text of [secret, secret.trim(), secret.replaceAll('\n', '\r\n'), pem]) {
      expect(parseSigningKey(text).publicKey.toString('base64')).toBe(line.split(' ')[1]);
    }
  });

  const locked = (): string => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    return privateKey;
  };
  const half = (): string => {
    const text = keygen('half', '-t', 'ed25519').secret.split('\n');
    return [text[0], text[1]?.slice(0, 40), text.at(-2)].join('\n');
  };
  test.each<[string, () => string, RegExp]>([
    ['with a passphrase', () => keygen('locked', '-t', 'ed25519', '-N', 'secret').secret, /passphrase.*ssh-keygen -t/],
    ['in PEM with a passphrase', locked, /passphrase/],
    ['of RSA', () => keygen('rsa', '-t', 'rsa', '-b', '1024').secret, /of the kind ssh-rsa/],
    ['of RSA in PEM', () => keygen('pem', '-t', 'rsa', '-b', '1024', '-m', 'PEM').secret, /of the kind rsa/],
    ['of ECDSA', () => keygen('ecdsa', '-t', 'ecdsa').secret, /of the kind ecdsa-sha2-nistp256/],
    ['cut short', half, /cut short or damaged/],
    ['that is a public one', () => keygen('given-away', '-t', 'ed25519').public, /no private key/],
    ['that is garbage', () => 'canary-garbage', /no private key/],
  ])(
    '%s is refused in words that say what to do and hold none of it, and nothing is committed',
    async (_what, make, words) => {
      const key = make();
      const said: string[] = [];
      const write = (fields: unknown, message: string): void => void said.push(`${JSON.stringify(fields)} ${message}`);
      const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
      const git = world.git({ signingKey: async () => key, log });
      const error: unknown = await git.commit(repo, order({ a: '1' })).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'TransientError' });
      expect(messageOf(error)).toMatch(words);
      for (const line of key.split('\n').filter((one) => one.length > 12 && !one.startsWith('---'))) {
        expect(`${messageOf(error)} ${said.join(' ')}`).not.toContain(line);
      }
    },
  );

  test('S10: is in no file of ours, and needs no command', async () => {
    const { secret } = keygen('canary', '-t', 'ed25519');
    const git = world.git({ signingKey: async () => secret });
    const { commit } = await git.commit(repo, order({ a: '1' }));
    await git.push(repo, [{ branch: 'main', expected: undefined, commit }], soon());
    const line = secret.split('\n')[3] ?? '';
    expect(line.length).toBeGreaterThan(60);
    expect(filesWith(world.folder, new RegExp(line.replace(/[+/]/g, '\\$&')))).toEqual([]);
  });
});
