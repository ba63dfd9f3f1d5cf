/**
 * A file encrypted with a passphrase: scrypt and AES-256-GCM, so that a changed or cut one does not open. What is decrypted
 * is not to be used before `unseal` has answered: only its last bytes prove the whole.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/** Names the format; a later one gets another. */
const MAGIC = Buffer.from('kmmseal1');
/** As dear as that of a stored key: 16 MB and a fifth of a second. */
const SCRYPT = { N: 16_384, r: 8, p: 5, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + SALT_BYTES + IV_BYTES;
const CHUNK_BYTES = 1024 * 1024;
const CIPHER = 'aes-256-gcm';

/** Whether the file says that it is one. Throws when it cannot be read. */
export function isSealed(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const magic = Buffer.alloc(MAGIC.length);
    return readSync(file, magic, 0, MAGIC.length, 0) === MAGIC.length && magic.equals(MAGIC);
  } finally {
    closeSync(file);
  }
}

/** Writes `to` anew, for its owner alone, synced. Throws what the file system says. */
export function seal(from: string, to: string, passphrase: string): void {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const head = Buffer.concat([MAGIC, salt, iv]);
  withFiles(from, to, (source, target) => {
    const cipher = createCipheriv(CIPHER, keyOf(passphrase, salt), iv).setAAD(head);
    writeSync(target, head);
    for (const chunk of chunksOf(source, 0, fstatSync(source).size)) writeSync(target, cipher.update(chunk));
    writeSync(target, cipher.final());
    writeSync(target, cipher.getAuthTag());
  });
}

/** False: another passphrase, or the file was changed or cut. `to` is then worth nothing. */
export function unseal(from: string, to: string, passphrase: string): boolean {
  return withFiles(from, to, (source, target) => {
    const { size } = fstatSync(source);
    if (size < HEAD_BYTES + TAG_BYTES) return false;
    const head = Buffer.alloc(HEAD_BYTES);
    const tag = Buffer.alloc(TAG_BYTES);
    readSync(source, head, 0, HEAD_BYTES, 0);
    readSync(source, tag, 0, TAG_BYTES, size - TAG_BYTES);
    const salt = head.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
    const decipher = createDecipheriv(CIPHER, keyOf(passphrase, salt), head.subarray(MAGIC.length + SALT_BYTES))
      .setAAD(head)
      .setAuthTag(tag);
    for (const chunk of chunksOf(source, HEAD_BYTES, size - TAG_BYTES)) writeSync(target, decipher.update(chunk));
    try {
      writeSync(target, decipher.final());
      return true;
    } catch {
      return false;
    }
  });
}

function keyOf(passphrase: string, salt: Buffer): Buffer {
  return scryptSync(passphrase, salt, KEY_BYTES, SCRYPT);
}

function withFiles<Result>(from: string, to: string, work: (source: number, target: number) => Result): Result {
  const source = openSync(from, 'r');
  try {
    const target = openSync(to, 'wx', 0o600);
    try {
      const result = work(source, target);
      fsyncSync(target);
      return result;
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function* chunksOf(file: number, start: number, end: number): Generator<Buffer> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let at = start; at < end; ) {
    const read = readSync(file, buffer, 0, Math.min(CHUNK_BYTES, end - at), at);
    if (read === 0) throw new Error('the file grew shorter while it was read');
    at += read;
    yield buffer.subarray(0, read);
  }
}
