/** The halts that outlive processes, in the database or beside it: listed for whoever asks, cleared for `kmm resume`. */
import { existsSync } from 'node:fs';
import { type JournalFile, openJournal } from '../adapters/store/journal.ts';
import { type LatchFile, LatchFiles } from '../adapters/store/latch-files.ts';
import type { Latch } from '../adapters/store/latches.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { epochMs } from '../core/units.ts';
import type { Access } from './config/access.ts';
import { KmmError, kmmError } from './errors/errors.ts';
import { operatorName } from './operator.ts';

/** Oldest first. Throws KMM_DB_*. */
export function latchesIn(access: Pick<Access, 'env' | 'home'>): readonly Latch[] {
  return withLatches(access, (places) => places.map(({ latch }) => latch));
}

/**
 * Clears those of this name and this scope, one by one, by default all; gives what was cleared, with its reason. Throws
 * KMM_USAGE for a halt that is not on, KMM_DB_*, KMM_JOURNAL.
 */
export function clearLatches(
  access: Pick<Access, 'env' | 'home'>,
  name: string | undefined,
  scope?: string,
): readonly Latch[] {
  return withLatches(access, (places) => {
    const wanted = places.filter(({ latch }) => isAsked(latch, name, scope));
    if (name !== undefined && wanted.length === 0) {
      const asked = scope === undefined ? name : `${name} (${scope})`;
      const present = places.map(({ latch }) => nameOf(latch, scope)).join(', ') || 'none';
      throw new KmmError('KMM_USAGE', `no halt ${asked} is latched in ${access.env}; there are: ${present}`);
    }
    for (const { clear } of wanted) clear();
    return wanted.map(({ latch }) => latch);
  });
}

interface LatchPlace {
  readonly latch: Latch;
  readonly clear: () => void;
}

/** A database that cannot be used hides no halt beside it: it is complained of only where that is all there is. */
function withLatches<Answer>(
  { env, home }: Pick<Access, 'env' | 'home'>,
  use: (places: readonly LatchPlace[]) => Answer,
): Answer {
  const files = new LatchFiles(home.latches);
  const beside = files.all().flatMap((file) => placeOf(files, file));
  const journal = existsSync(home.database) ? openJournal({ path: home.database, env, access: 'guest' }) : undefined;
  if (journal instanceof StoreProblem) {
    if (beside.length === 0) throw kmmError(journal);
    return use(beside);
  }
  try {
    const rows = journal?.latches().map((latch) => ({ latch, clear: () => clearRow(journal, latch) })) ?? [];
    return use([...rows, ...beside]);
  } finally {
    journal?.close();
  }
}

function placeOf(files: LatchFiles, file: LatchFile): LatchPlace[] {
  const { note } = file;
  return note.kind === 'latch' ? [{ latch: { ...note.halt, by: note.by }, clear: () => files.remove(file) }] : [];
}

function clearRow(journal: JournalFile, { name, scope }: Latch): void {
  const problem = journal.clearLatch(name, scope, operatorName(), epochMs(Date.now()));
  if (problem !== undefined) throw kmmError(problem);
}

function isAsked(latch: Latch, name: string | undefined, scope: string | undefined): boolean {
  return (name === undefined || latch.name === name) && (scope === undefined || latch.scope === scope);
}

function nameOf({ name, scope }: Latch, asked: string | undefined): string {
  return asked === undefined ? name : `${name} (${scope})`;
}
