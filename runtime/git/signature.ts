/** Signatures of commits, as `ssh-keygen -Y sign -n git` makes them. The same key and bytes give the same signature. */

import { createHash, sign } from 'node:crypto';
import { parseSigningKey, sshString, type SigningKey } from './signing-key';

/** Tells a signature of a commit from one of anything else. */
const NAMESPACE = 'git';
const HASH = 'sha512';
const MAGIC = 'SSHSIG';
const VERSION = 1;
const LINE = 70;

/** Signs the bytes of a commit, and gives the text that stands in its header. */
export type Sign = (commit: Buffer) => string;

/** Keys are read once as long as they stay what they are. */
export class Signers {
  private last: { readonly text: string; readonly sign: Sign } | undefined;

  /** @throws TransientError where the key cannot be used */
  with(text: string): Sign {
    if (this.last?.text === text) return this.last.sign;
    const key = parseSigningKey(text);
    this.last = { text, sign: (commit) => signature(key, commit) };
    return this.last.sign;
  }
}

function signature({ key, publicKey }: SigningKey, message: Buffer): string {
  const about = [sshString(NAMESPACE), sshString(''), sshString(HASH)];
  const digest = createHash(HASH).update(message).digest();
  // The algorithm hashes by itself.
  const bytes = sign(null, Buffer.concat([Buffer.from(MAGIC), ...about, sshString(digest)]), key);
  const version = Buffer.alloc(4);
  version.writeUInt32BE(VERSION);
  const kind = publicKey.subarray(0, 4 + publicKey.readUInt32BE(0));
  const signed = sshString(Buffer.concat([kind, sshString(bytes)]));
  const whole = Buffer.concat([Buffer.from(MAGIC), version, sshString(publicKey), ...about, signed]).toString('base64');
  const lines = whole.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
}
