/** Keys of reference sources: read once at the start from files for their owner alone, secrets of this process from then on. */
import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import { KmmError } from '../errors/errors.ts';
import { keeperOf } from '../keys/credentials.ts';
import { Secret } from '../keys/secret.ts';
import type { ReferenceSettings, SourcePlace } from './settings.ts';

/** Throws KMM_REFERENCE_KEY for a file that cannot be used. */
export function referenceKeys({ sources }: ReferenceSettings): (place: Pick<SourcePlace, 'name'>) => string {
  const keys = new Map(
    sources.flatMap(({ name, keyFile }) => (keyFile === undefined ? [] : [[name, readKey(name, keyFile)] as const])),
  );
  return ({ name }) => keys.get(name)?.reveal() ?? '';
}

function readKey(name: string, file: string): Secret {
  const read = readPrivate(file, keeperOf(file));
  if (!read.ok) throw refused(name, read.error.message.replace(/\.$/, ''));
  const text = read.text.trim();
  if (text === '' || /\s/.test(text)) throw refused(name, `${file} does not hold one line and nothing else`);
  return new Secret(text);
}

function refused(name: string, what: string): KmmError {
  return new KmmError('KMM_REFERENCE_KEY', `references.${name}: ${what}`);
}
