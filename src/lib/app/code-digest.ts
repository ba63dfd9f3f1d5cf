/**
 * Which code computes: a digest of every source below src/lib. A package and an image carry it as it was when they were
 * built, so that a clone and what was packed from it agree, and a changed formula never passes for the old one.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { codeVersion } from './code-version.ts';

/** `lib`: src/lib in a clone, dist/lib in a package. */
const LIB = fileURLToPath(new URL('..', import.meta.url));
/** Beside dist/lib; scripts/code-digest.ts writes it. */
const WRITTEN = fileURLToPath(new URL('../../code-digest', import.meta.url));
const DIGITS = 16;

/** `0.2.0+1f0c…`; read once by whoever keeps it. */
export function codeIdentity(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const digest = isSource || !existsSync(WRITTEN) ? digestOf(LIB) : readFileSync(WRITTEN, 'utf8').trim();
  return `${codeVersion()}+${digest}`;
}

/** Of every .ts, or .js where it is compiled, below the folder: names and bytes. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of globSync('**/*.{ts,js}', { cwd: folder }).sort()) {
    if (!name.endsWith('.d.ts')) hash.update(`${name}\n`).update(readFileSync(`${folder}/${name}`));
  }
  return hash.digest('hex').slice(0, DIGITS);
}
