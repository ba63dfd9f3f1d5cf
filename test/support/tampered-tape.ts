/** A copy of a session's tape in which somebody has changed something, with everything else as it was. */
import { join } from 'node:path';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import type { TapeHeader } from '../../src/lib/adapters/store/tape-format.ts';
import { openTape } from '../../src/lib/adapters/store/tape-writer.ts';
import type { EpochMs } from '../../src/lib/core/units.ts';
import type { TapeKind } from '../../src/lib/ports.ts';
import { tapeAt } from './tape.ts';
import { tempDir } from './temp-dir.ts';

export interface CopiedRecord {
  readonly kind: TapeKind;
  readonly at: EpochMs;
  readonly conn: number;
  readonly text: string;
}

/** What is on it, as text. */
export function recordsOf(path: string): readonly CopiedRecord[] {
  return [...tapeAt(path).records()].flatMap(({ kind, at, conn, data }) =>
    kind === 'lost' ? [] : [{ kind, at, conn, text: data.toString() }],
  );
}

export async function tamperedTape(
  path: string,
  tamper: (records: readonly CopiedRecord[]) => readonly CopiedRecord[],
  header: Partial<TapeHeader> = {},
): Promise<string> {
  const copy = join(tempDir(), 'copy.tape');
  const tape = openTape({ path: copy, header: { ...tapeAt(path).header, ...header }, whenFull: 'wait' });
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  for (const { kind, at, conn, text } of tamper(recordsOf(path))) tape.append(kind, at, conn, text);
  await tape.close();
  return copy;
}
