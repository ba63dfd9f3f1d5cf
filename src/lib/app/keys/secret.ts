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

/** As it is, in base64, hex and URLs, escaped in JSON, and each line of a PEM by itself. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const lines = value.split(/\r?\n/).filter((line) => !line.startsWith('-----'));
  const forms = [
    value,
    ...lines,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ];
  return forms.map((form) => form.trim()).filter((form) => form.length >= LENGTH_MIN);
}
