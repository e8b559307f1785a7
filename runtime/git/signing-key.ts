/**
 * A private key that commits are signed with, read from the text that people keep it in. Ed25519 alone: its signatures
 * are the same for the same bytes, so that a commit that is made again is the same commit. Reading the frame that OpenSSH
 * puts around 32 bytes of key is all that is done here by hand; the key itself is `node:crypto`'s.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { TransientError } from '../errors';

const KIND = 'ssh-ed25519';
const KEY_BYTES = 32;
const MAGIC = 'openssh-key-v1\0';
const OPENSSH = /^-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END OPENSSH PRIVATE KEY-----\s*$/;
/** What stands before the bytes of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const ADVICE = 'Make one with: ssh-keygen -t ed25519 -N ""';

export interface SigningKey {
  readonly key: KeyObject;
  /** As `ssh-keygen` writes it into a `.pub` file, between kind and comment, decoded. */
  readonly publicKey: Buffer;
}

/**
 * @param text an OpenSSH private key, or one in PKCS #8 PEM
 * @throws TransientError, which never repeats any of the key: a person mends its Secret
 */
export function parseSigningKey(text: string): SigningKey {
  const body = OPENSSH.exec(text.trim())?.[1];
  const key = body === undefined ? fromPem(text) : fromOpenSsh(Buffer.from(body, 'base64'));
  if (key.asymmetricKeyType !== 'ed25519') throw unusable(`it is of the kind ${key.asymmetricKeyType}`);
  const { x = '' } = key.export({ format: 'jwk' });
  return { key, publicKey: Buffer.concat([sshString(KIND), sshString(Buffer.from(x, 'base64url'))]) };
}

/** A length of four bytes, and what is so long. */
export function sshString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function fromPem(text: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text)) throw locked();
  try {
    return createPrivateKey(text);
  } catch {
    throw unusable('it is no private key in OpenSSH or PEM form');
  }
}

function fromOpenSsh(bytes: Buffer): KeyObject {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw unusable('it is cut short or damaged');
  const frame = new Frame(bytes.subarray(MAGIC.length));
  const cipher = frame.text();
  frame.text(); // What a passphrase is made into a key by,
  frame.bytes(); // and how.
  if (cipher !== 'none') throw locked();
  if (frame.number() !== 1) throw unusable('it holds more than one key');
  frame.bytes(); // The public key, which stands beside the private one again.
  const secret = new Frame(frame.bytes());
  if (secret.number() !== secret.number()) throw unusable('it is damaged');
  const kind = secret.text();
  if (kind !== KIND)
    throw unusable(`it is of the kind ${/^[a-z0-9@.-]{1,60}$/.test(kind) ? kind : 'that nobody knows'}`);
  const publicKey = secret.bytes();
  const seedAndPublic = secret.bytes();
  const seed = seedAndPublic.subarray(0, KEY_BYTES);
  if (seedAndPublic.length !== 2 * KEY_BYTES || !seedAndPublic.subarray(KEY_BYTES).equals(publicKey)) {
    throw unusable('it is damaged');
  }
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

/** Numbers and strings of SSH, one after the other. */
class Frame {
  private at = 0;

  constructor(private readonly content: Buffer) {}

  number(): number {
    this.at += 4;
    if (this.at > this.content.length) throw unusable('it is cut short or damaged');
    return this.content.readUInt32BE(this.at - 4);
  }

  bytes(): Buffer {
    const length = this.number();
    this.at += length;
    if (this.at > this.content.length) throw unusable('it is cut short or damaged');
    return this.content.subarray(this.at - length, this.at);
  }

  text(): string {
    return this.bytes().toString('latin1');
  }
}

const unusable = (why: string): TransientError =>
  new TransientError(`The key that commits are signed with cannot be used: ${why}. ${ADVICE}`);

const locked = (): TransientError =>
  new TransientError(
    'The key that commits are signed with is protected by a passphrase, which nobody is there to type. ' +
      `Take a key of its own without one. ${ADVICE}`,
  );
