import { generateKeyPairSync, sign } from 'node:crypto';

/** Distinguished encoding of ASN.1: tag, length, contents. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...contents: Buffer[]): Buffer => der(0x30, ...contents);
const octets = (contents: Buffer): Buffer => der(0x04, contents);
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const identifier = (digits: string): Buffer => der(0x06, hex(digits));
const time = (text: string): Buffer => der(0x17, Buffer.from(text));
const truth = der(0x01, hex('ff'));

const COMMON_NAME = identifier('550403');
const BASIC_CONSTRAINTS = identifier('551d13');
const SUBJECT_ALTERNATIVE_NAME = identifier('551d11');
const ECDSA_WITH_SHA256 = sequence(identifier('2a8648ce3d040302'));
const LOOPBACK = der(0x87, hex('7f000001'));

/** A key and a certificate for 127.0.0.1 that it signs itself, as PEM, made anew each time. */
export function selfSigned(name: string): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const extensions = sequence(
    sequence(BASIC_CONSTRAINTS, truth, octets(sequence(truth))),
    sequence(SUBJECT_ALTERNATIVE_NAME, octets(sequence(LOOPBACK))),
  );
  const content = sequence(
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('01')),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time('200101000000Z'), time('491231235959Z')),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, hex('00'), sign('sha256', content, privateKey));
  const base64 = sequence(content, ECDSA_WITH_SHA256, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}
