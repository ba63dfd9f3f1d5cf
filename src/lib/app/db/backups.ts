/** The folder of backups: their names, and which of them are kept. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { discard } from '../../adapters/store/copy.ts';
import type { Home } from '../config/home.ts';

/** Two weeks of nights. */
export const KEPT_DEFAULT = 14;

export function backupFolder({ directory }: Pick<Home, 'directory'>): string {
  return join(directory, 'backup');
}

/** `kmm-prod-20261120T072000Z.db`, `….sealed` when encrypted: sorted by name they are sorted by time. */
export function backupName(env: string, now: Date, isSealed: boolean): string {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `kmm-${env}-${stamp}.db${isSealed ? '.sealed' : ''}`;
}

/** Removes the oldest but the newest `kept`, of those that are named as ours. Gives what was removed. */
export function prune(folder: string, env: string, kept: number): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) =>
    new RegExp(`^kmm-${env}-\\d{8}T\\d{6}Z\\.db(\\.sealed)?$`).test(name),
  );
  const paths = names
    .sort()
    .slice(0, -kept)
    .map((name) => join(folder, name));
  discard(...paths);
  return paths;
}
