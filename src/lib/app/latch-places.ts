/** The halts that outlive processes, in the database or in files beside it: listed for whoever asks, and cleared. */
import { existsSync } from 'node:fs';
import { type JournalFile, openJournal } from '../adapters/store/journal.ts';
import { type LatchFile, LatchFiles } from '../adapters/store/latch-files.ts';
import type { Latch } from '../adapters/store/latches.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { haltCondition } from '../core/alerts/halt-conditions.ts';
import type { HaltName } from '../core/risk/halts.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import type { Access } from './config/access.ts';
import { kmmError } from './errors/errors.ts';
import { scrub } from './keys/secret.ts';
import { operatorName } from './operator.ts';

type Place = Pick<Access, 'env' | 'home'>;

/** Oldest first. Throws KMM_DB_*. */
export function latchesIn(access: Place): readonly Latch[] {
  return withLatches(access, (places) => places.map(({ latch }) => latch));
}

/** Those that wait in files until somebody trades or resumes, because no database would take them. */
export function latchesBeside(home: Pick<Access['home'], 'latches'>): readonly Latch[] {
  const files = new LatchFiles(home.latches);
  return files.all().flatMap((file) => placeOf(files, file).map(({ latch }) => latch));
}

/** Clears this one wherever it is kept; what was cleared. Throws KMM_DB_*, KMM_JOURNAL. */
export function clearLatch(access: Place, name: HaltName, scope: string): readonly Latch[] {
  return withLatches(access, (places) => {
    const wanted = places.filter(({ latch }) => latch.name === name && latch.scope === scope);
    for (const { clear } of wanted) clear();
    return wanted.map(({ latch }) => latch);
  });
}

interface LatchPlace {
  readonly latch: Latch;
  readonly clear: () => void;
}

/** A database that cannot be used hides no halt beside it: it is complained of only where that is all there is. */
function withLatches<Answer>({ env, home }: Place, use: (places: readonly LatchPlace[]) => Answer): Answer {
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

function clearRow(journal: JournalFile, latch: Latch): void {
  const { name, scope } = latch;
  const now = epochMs(Date.now());
  const problem = journal.clearLatch(name, scope, operatorName(), now);
  if (problem !== undefined) throw kmmError(problem);
  tellCleared(journal, latch, now);
}

/** No trader is there to say that it is over; unsaid, the same halt again would be taken for the one that was told. */
function tellCleared(journal: JournalFile, latch: Latch, now: EpochMs): void {
  const { key, priority, text } = haltCondition(latch, `cleared by ${operatorName()}`);
  const last = journal.toldAlerts(now).findLast((alert) => alert.key === key && alert.change !== 'digest');
  if (last === undefined || last.change === 'cleared') return;
  journal.queueAlerts([{ key, priority, change: 'cleared', stage: last.stage, text: scrub(text), at: now }]);
}
