/**
 * What systemd lends a service (`LoadCredentialEncrypted=`): `kalshi-key`, used as the key itself, and `kmm-passphrase`,
 * which opens a stored one. Only files of the folder that the service manager named count as credentials.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Keeper } from '../../adapters/kalshi/key-file.ts';
import type { Variables } from '../config/home.ts';

export interface Credentials {
  readonly key?: string;
  readonly passphrase?: string;
}

/** Paths of those that are there. */
export function credentialsOf(variables: Variables): Credentials {
  const directory = variables.CREDENTIALS_DIRECTORY;
  if (directory === undefined || directory === '') return {};
  const [key, passphrase] = ['kalshi-key', 'kmm-passphrase'].map((name) => join(resolve(directory), name));
  return {
    ...(key !== undefined && existsSync(key) && { key }),
    ...(passphrase !== undefined && existsSync(passphrase) && { passphrase }),
  };
}

export function keeperOf(file: string, variables: Variables = process.env): Keeper {
  const directory = variables.CREDENTIALS_DIRECTORY;
  const isLent = directory !== undefined && directory !== '' && dirname(resolve(file)) === resolve(directory);
  return isLent ? 'credential' : 'ours';
}
