/**
 * Signs requests to the exchange, and verifies such signatures for the embedded one.
 *
 * The signed text is `<timestamp ms><METHOD><path>`: the path from the root, without its query; the body is not signed
 * (kalshi/api.md 2). The algorithm follows the key. The PEM text is never kept; a signer shows nothing of its key.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import { encryptedPem } from './encrypted-key.ts';

export type KeyKind = 'rsa' | 'ed25519';

export interface KeyRefusal {
  readonly code:
    | 'unreadable'
    | 'symlink'
    | 'not_a_file'
    | 'mode'
    | 'owner'
    | 'not_a_key'
    /** And no passphrase was given. */
    | 'encrypted'
    | 'passphrase'
    | 'unsupported';
  /** One sentence; never holds any of the file's content. */
  readonly message: string;
}
export type SignerResult =
  | { readonly ok: true; readonly signer: Signer }
  | { readonly ok: false; readonly error: KeyRefusal };

/** The three headers of a signed request. Never to be logged. */
export type SignedHeaders = Readonly<
  Record<'KALSHI-ACCESS-KEY' | 'KALSHI-ACCESS-TIMESTAMP' | 'KALSHI-ACCESS-SIGNATURE', string>
>;

export class Signer {
  readonly keyId: string;
  readonly kind: KeyKind;
  /** Of the public key: `SHA256:` and the base64 of its SPKI's hash. Tells keys apart and gives nothing away. */
  readonly fingerprint: string;
  readonly #key: KeyObject;

  /** Takes PKCS#1 or PKCS#8 PEM text of an RSA or Ed25519 private key, encrypted or not. */
  static fromPem(keyId: string, pem: string, passphrase?: string): SignerResult {
    if (passphrase === undefined && isEncrypted(pem)) return { ok: false, error: NO_PASSPHRASE };
    let key: KeyObject;
    try {
      key = createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
    } catch {
      return { ok: false, error: isEncrypted(pem) ? WRONG_PASSPHRASE : NOT_A_KEY };
    }
    const kind = kindOf(key);
    if (kind === undefined) return { ok: false, error: { code: 'unsupported', message: UNSUPPORTED } };
    return { ok: true, signer: new Signer(keyId, kind, key) };
  }

  private constructor(keyId: string, kind: KeyKind, key: KeyObject) {
    this.keyId = keyId;
    this.kind = kind;
    this.fingerprint = fingerprintOf(key);
    this.#key = key;
  }

  /** The key as it may lie on a disk. */
  encryptedPem(passphrase: string): string {
    return encryptedPem(this.#key, passphrase);
  }

  /** `path` from the root; a query on it is left out of the signature. `timestampMs`: Unix ms by the exchange's clock. */
  headers(method: string, path: string, timestampMs: number): SignedHeaders {
    const timestamp = String(Math.round(timestampMs));
    const text = Buffer.from(signedText(timestamp, method, path));
    const signature =
      this.kind === 'ed25519'
        ? signBytes(null, text, this.#key)
        : signBytes('sha256', text, { key: this.#key, ...PSS_PADDING });
    return {
      'KALSHI-ACCESS-KEY': this.keyId,
      'KALSHI-ACCESS-TIMESTAMP': timestamp,
      'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
    };
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** What a server received: the timestamp header as text, the method, the path from the root. */
export interface SignedRequest {
  readonly timestamp: string;
  readonly method: string;
  readonly path: string;
}

/** False for any signature that does not fit, malformed base64 included. `publicKey`: PEM text or a key object. */
export function verifySignature(publicKey: string | KeyObject, request: SignedRequest, signature: string): boolean {
  try {
    const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey;
    const text = Buffer.from(signedText(request.timestamp, request.method, request.path));
    const bytes = Buffer.from(signature, 'base64');
    return key.asymmetricKeyType === 'ed25519'
      ? verifyBytes(null, text, key, bytes)
      : verifyBytes('sha256', text, { key, ...PSS_PADDING }, bytes);
  } catch {
    return false;
  }
}

/** A new pair as PEM text: private PKCS#8, public SPKI. RSA of 2048 bits. */
export function generateKeyPair(kind: KeyKind): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

const HIDDEN = '[secret]';
const RSA_BITS = 2048;
const UNSUPPORTED = 'The key is of a kind that the exchange does not take; use RSA or Ed25519.';
/** MGF1 with the same hash is Node's default. */
const PSS_PADDING = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

function signedText(timestamp: string, method: string, path: string): string {
  const query = path.indexOf('?');
  return timestamp + method + (query === -1 ? path : path.slice(0, query));
}

function kindOf(key: KeyObject): KeyKind | undefined {
  const type = key.asymmetricKeyType;
  return type === 'rsa' || type === 'ed25519' ? type : undefined;
}

/** Whether the PEM text can be read without a passphrase. */
export function isEncrypted(pem: string): boolean {
  return /^(-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED)/m.test(pem);
}

function fingerprintOf(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(spki).digest('base64').replace(/=+$/, '')}`;
}

/** OpenSSL's own message is not passed on: it may quote what it read. */
const NOT_A_KEY: KeyRefusal = { code: 'not_a_key', message: 'The text is not a private key in PEM form.' };
const NO_PASSPHRASE: KeyRefusal = {
  code: 'encrypted',
  message: 'The key is encrypted and no passphrase was given.',
};
const WRONG_PASSPHRASE: KeyRefusal = {
  code: 'passphrase',
  message: 'The passphrase does not open the key.',
};
