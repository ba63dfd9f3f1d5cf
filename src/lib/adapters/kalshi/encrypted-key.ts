/**
 * A private key as encrypted PKCS#8: PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914). Node and OpenSSL read it
 * (`openssl pkey -in FILE`), so a key is never bound to kmm. Node writes such files with a cheap key derivation only
 * (PBKDF2, 2,048 rounds), which is why the few bytes around the ciphertext are put together here.
 */
import { createCipheriv, type KeyObject, randomBytes, scryptSync } from 'node:crypto';

/** 16 MB and a fifth of a second: as dear as OpenSSL still reads without being told to (32 MB at most). */
const SCRYPT = { N: 16_384, r: 8, p: 5 } as const;
const SCRYPT_BYTES_MAX = 64 * 1024 * 1024;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const IV_BYTES = 16;

export function encryptedPem(key: KeyObject, passphrase: string): string {
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const secret = scryptSync(passphrase, salt, KEY_BYTES, { ...SCRYPT, maxmem: SCRYPT_BYTES_MAX });
  const cipher = createCipheriv('aes-256-cbc', secret, iv);
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  secret.fill(0);
  plain.fill(0);
  const derivation = sequence(
    OID_SCRYPT,
    sequence(octets(salt), integer(SCRYPT.N), integer(SCRYPT.r), integer(SCRYPT.p)),
  );
  const scheme = sequence(OID_AES_256_CBC, octets(iv));
  const whole = sequence(sequence(OID_PBES2, sequence(derivation, scheme)), octets(data));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN ENCRYPTED PRIVATE KEY-----', ...lines, '-----END ENCRYPTED PRIVATE KEY-----', ''].join('\n');
}

/** DER of 1.2.840.113549.1.5.13, 1.3.6.1.4.1.11591.4.11 and 2.16.840.1.101.3.4.1.42. */
const OID_PBES2 = Buffer.from('06092a864886f70d01050d', 'hex');
const OID_SCRYPT = Buffer.from('06092b06010401da47040b', 'hex');
const OID_AES_256_CBC = Buffer.from('060960864801650304012a', 'hex');

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(SEQUENCE, Buffer.concat(parts));
}

function octets(bytes: Buffer): Buffer {
  return tagged(OCTETS, bytes);
}

/** Positive. A leading zero keeps the top bit from meaning a sign. */
function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return tagged(INTEGER, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

/** Below 128 in one byte, else the number of bytes first. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.of(0x80 | bytes.length, ...bytes);
}
