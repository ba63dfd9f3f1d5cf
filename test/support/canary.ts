/**
 * Marked secrets and the search for them (reliability.md I9, F44): byte by byte, in every form that a secret may take, by
 * rules of its own that share nothing with what kmm uses to hide them.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import { readTape } from '../../src/lib/adapters/store/tape-reader.ts';

export interface Secrets {
  add(name: string, value: string): void;
  /** "the passphrase in hex in /…/kmm.db" */
  findings(where: string, content: Buffer | string): string[];
}

export function secrets(): Secrets {
  const forms: { readonly what: string; readonly bytes: Buffer }[] = [];
  const add = (what: string, form: string | Buffer) => forms.push({ what, bytes: Buffer.from(form) });
  return {
    add(name, value) {
      for (const [form, bytes] of formsOf(value)) add(`${name} ${form}`, bytes);
    },
    findings(where, content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      return forms.filter((form) => bytes.includes(form.bytes)).map(({ what }) => `${what} in ${where}`);
    },
  };
}

/** A passphrase has its text; a PEM has its lines and the bytes that they spell, the private ones at their end. */
function* formsOf(value: string): Generator<readonly [form: string, bytes: string | Buffer]> {
  if (!value.includes('-----BEGIN')) return yield* spellings('', Buffer.from(value));
  const lines = value.split('\n').filter((line) => line !== '' && !line.startsWith('-'));
  for (const [index, line] of lines.entries()) {
    // The first bytes of a key say what kind it is: they are no secret.
    if (index === 0 && lines.length > 1) continue;
    yield [`line ${index + 1}`, line.replace(/=+$/, '')];
    yield [`line ${index + 1} in a URL`, encodeURIComponent(line)];
  }
  const bytes = Buffer.from(lines.join(''), 'base64');
  yield* spellings('bytes', bytes.subarray(-PRIVATE_BYTES));
}

/** Of an Ed25519 key the seed, of an RSA key the last of its numbers. */
const PRIVATE_BYTES = 32;

function* spellings(of: string, bytes: Buffer): Generator<readonly [form: string, bytes: string | Buffer]> {
  yield [`${of} as they are`, bytes];
  yield [`${of} in hex`, bytes.toString('hex')];
  yield [`${of} in capital hex`, bytes.toString('hex').toUpperCase()];
  if (of === '') yield ['in a URL', encodeURIComponent(bytes.toString())];
  // Inside something longer, base64 begins at any of three places; the signs at its edges are shared with neighbours.
  for (const shift of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const inner = padded.toString('base64').slice(shift === 0 ? 0 : shift + 1, -4);
    yield [`${of} in base64, shifted by ${shift}`, inner];
    yield [`${of} in base64 for URLs, shifted by ${shift}`, inner.replaceAll('+', '-').replaceAll('/', '_')];
  }
}

export interface Kept {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly isFolder: boolean;
  readonly content: Buffer;
}

/** Every file and folder below; a tape as its bytes and as what its blocks unpack to. */
export function keptBelow(folder: string): Kept[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? Buffer.concat([readFileSync(path), ...unpacked(path)]) : Buffer.alloc(0);
    return { path, mode: statSync(path).mode & 0o777, isFolder: entry.isDirectory(), content };
  });
}

function unpacked(path: string): Buffer[] {
  if (!path.endsWith('.tape')) return [];
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  return [...tape.records()].map(({ data }) => Buffer.from(data));
}
