/** A whole file, plain or gzip, for parsers of reference data; their word for what is wrong becomes an error with its file. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SourceProblem } from '../../../core/reference/source-problem.ts';
import { KmmError } from '../../errors/errors.ts';

/** A year of any of these is below a megabyte. */
const BYTES_MAX = 256 * 1_024 * 1_024;

/** Throws KMM_MODEL_DATA. */
export function parsedFile<T>(path: string, parse: (text: string) => T): T {
  try {
    return parse(textOf(path));
  } catch (error) {
    if (error instanceof SourceProblem) throw new KmmError('KMM_MODEL_DATA', `${path}: ${error.message}`);
    throw error;
  }
}

/** One object a line. Throws KMM_MODEL_DATA with file and line. */
export function jsonLines(path: string): readonly unknown[] {
  return textOf(path)
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        throw new KmmError('KMM_MODEL_DATA', `${path}:${index + 1}: it is no JSON`);
      }
    });
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isPacked ? gunzipSync(bytes, { maxOutputLength: BYTES_MAX }) : bytes).toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new KmmError('KMM_MODEL_DATA', `${path}: it cannot be read (${code})`);
  }
}
