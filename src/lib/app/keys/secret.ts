/**
 * Values that nobody may see: private keys, passphrases, tokens. A `Secret` prints as `[secret]` however it is printed,
 * and its value is had by one explicit word. What was ever one is taken out of every text at the last hop before it
 * leaves (reliability.md S6, S7): a copy may have found its way into a message that we did not write.
 */
const HIDDEN = '[secret]';

/** Shorter ones would tear holes into harmless words; no passphrase that kmm accepts is that short. */
const LENGTH_MIN = 8;

/** Of this process. The one thing here that is kept by the module: whoever prints last knows nothing of who read a key. */
const registered = new Set<string>();

export class Secret<T extends string = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
    for (const form of formsOf(value)) registered.add(form);
  }

  /** The value itself; the only way to it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** The text without anything that was ever a secret of this process, in any of the forms it may have taken. */
export function scrub(text: string): string {
  let clean = text;
  for (const form of registered) if (clean.includes(form)) clean = clean.replaceAll(form, HIDDEN);
  return clean;
}

/** As it is, in base64, hex and URLs, escaped in JSON; of a PEM each line by itself, and the bytes that the lines spell. */
function formsOf(value: string): readonly string[] {
  const isPem = value.includes('-----BEGIN');
  // Of an old kind of PEM file, the lines before the key say how it is encrypted.
  const lines = value.split(/\r?\n/).filter((line) => !(isPem && /^-----|: /.test(line)));
  const forms = [value, ...lines, ...lines.map(encodeURIComponent), JSON.stringify(value).slice(1, -1)];
  forms.push(encodeURIComponent(value), ...encoded(Buffer.from(value)));
  if (isPem) forms.push(...keyBytes(lines).flatMap(encoded));
  return [...new Set(forms.map((form) => form.trim()).filter((form) => form.length >= LENGTH_MIN))];
}

function encoded(bytes: Buffer): readonly string[] {
  return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
}

/** An Ed25519 key in PKCS#8 is so long, and its last 32 bytes are the key itself. */
const ED25519_BYTES = 48;
const SEED_BYTES = 32;

function keyBytes(lines: readonly string[]): readonly Buffer[] {
  const all = Buffer.from(lines.join(''), 'base64');
  return all.length === ED25519_BYTES ? [all, all.subarray(-SEED_BYTES)] : [all];
}
