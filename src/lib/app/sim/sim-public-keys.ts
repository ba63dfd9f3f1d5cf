/** Public keys that a client of the embedded exchange brings along, so that it keeps its key from one run to the next. */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KmmError } from '../errors/errors.ts';

export interface BroughtKey {
  readonly keyId: string;
  /** SPKI. */
  readonly publicKeyPem: string;
}

/** `text`: `ID=FILE`, the file a public key in PEM form, RSA or Ed25519. Throws KMM_USAGE, KMM_KEY_UNREADABLE, KMM_KEY_INVALID. */
export function broughtKey(text: string): BroughtKey {
  const mark = text.indexOf('=');
  const [keyId, file] = [text.slice(0, mark), text.slice(mark + 1)];
  if (mark < 1 || file === '') throw new KmmError('KMM_USAGE', `--key ${text} is not ID=FILE`);
  const pem = read(file);
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----/m.test(pem)) {
    throw new KmmError('KMM_KEY_INVALID', `${file} holds no public key in PEM form`, {
      next: ['openssl pkey -in PRIVATE.pem -pubout -out PUBLIC.pem'],
    });
  }
  return { keyId, publicKeyPem: spkiOf(pem, file) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new KmmError('KMM_KEY_UNREADABLE', `${file} cannot be read`, { cause: error });
  }
}

function spkiOf(pem: string, file: string): string {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ed25519') {
      return key.export({ type: 'spki', format: 'pem' }).toString();
    }
  } catch {
    // Said below: OpenSSL's own words may quote the file.
  }
  throw new KmmError('KMM_KEY_INVALID', `${file} holds no RSA or Ed25519 key`);
}
