/**
 * The config files as layers: ./config.toml, the user's, the machine's; or the one that `--config` names and no other.
 *
 * A ./config.toml that says nothing of kmm's schema is some other program's and is left alone, even when it is broken.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { KmmError } from '../errors/errors.ts';
import type { Host, Layer } from './config-layers.ts';
import { SCHEMA_NAME } from './config-schema.ts';
import type { Tree } from './config-tree.ts';
import { tomlPositions } from './toml-positions.ts';

/** The files, strongest first. Notes say which one was left aside and why. Throws KMM_CONFIG_*. */
export function fileLayers(
  host: Host,
  only: string | undefined,
): { layers: readonly Layer[]; notes: readonly string[] } {
  if (only !== undefined) return { layers: [fileLayer(only, read(only, true) ?? '')], notes: [] };
  const layers: Layer[] = [];
  const notes: string[] = [];
  const local = join(host.directory, 'config.toml');
  const localText = read(local, false);
  if (localText !== undefined && MENTIONS_SCHEMA.test(localText)) layers.push(fileLayer(local, localText));
  else if (localText !== undefined) notes.push(`./config.toml is not read: it does not say schema = "${SCHEMA_NAME}"`);
  for (const file of [userFile(host), host.systemFile]) {
    const text = read(file, false);
    if (text !== undefined) layers.push(fileLayer(file, text));
  }
  return { layers, notes };
}

/** Told before parsing, because a stranger's ./config.toml need not even be valid. */
const MENTIONS_SCHEMA = /^\s*schema\s*=\s*["']kmm\//m;

function fileLayer(file: string, text: string): Layer {
  const values = parseToml(file, text);
  const positions = tomlPositions(text);
  if (values.schema !== SCHEMA_NAME) {
    const said = values.schema === undefined ? 'no schema' : `schema = ${JSON.stringify(values.schema)}`;
    throw new KmmError('KMM_CONFIG_SCHEMA', `${file} says ${said}, and this kmm reads "${SCHEMA_NAME}"`);
  }
  return {
    values,
    origin(path) {
      for (let length = path.length; length > 0; length--) {
        const position = positions.get(path.slice(0, length).join('.'));
        if (position !== undefined) return { kind: 'file', file, ...position };
      }
      return { kind: 'file', file, line: 1, column: 1 };
    },
  };
}

function parseToml(file: string, text: string): Tree {
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    throw new KmmError('KMM_CONFIG_SYNTAX', `${file}:${error.line}:${error.column}: ${reason}`, { cause: error });
  }
}

function userFile(host: Host): string {
  const own = host.variables.XDG_CONFIG_HOME;
  return join(own !== undefined && own !== '' ? own : join(host.userHome, '.config'), 'kmm', 'config.toml');
}

function read(file: string, isRequired: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!isRequired && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_CONFIG_UNREADABLE', `${file} cannot be read: ${reason}`, { cause: error });
  }
}
