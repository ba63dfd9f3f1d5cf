/** What went wrong in a period and how long it lasted, from the alerts that were queued: halts, and everything else. */
import type { AlertRow } from '../../adapters/store/report-rows.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Period } from './period.ts';

export interface Incident {
  /** `halt LOSS_DAY *`, `feed KX…`: the same key is the same trouble. */
  readonly key: string;
  readonly isHalt: boolean;
  readonly priority: AlertRow['priority'];
  /** As it was last told. */
  readonly text: string;
  readonly from: EpochMs;
  /** Null: it still held at the period's end. */
  readonly to: EpochMs | null;
  /** How often it was told anew while it held. */
  readonly changes: number;
}

/**
 * Those that held at some moment of the period, in the order in which they began.
 * @param alerts in their order, from well before the period on: what began before it is known by its beginning
 */
export function incidentsOf(
  alerts: readonly AlertRow[],
  { from, to }: Pick<Period, 'from' | 'to'>,
): readonly Incident[] {
  const open = new Map<string, Incident>();
  const over: Incident[] = [];
  for (const { key, priority, change, text, at } of alerts) {
    if (at >= to || change === 'digest') continue;
    const known = open.get(key);
    if (change === 'cleared') {
      open.delete(key);
      if (known !== undefined && at >= from) over.push({ ...known, to: at });
      continue;
    }
    const first = { key, isHalt: key.startsWith('halt '), priority, text, from: at, to: null, changes: 0 };
    open.set(key, known === undefined ? first : { ...known, priority, text, changes: known.changes + 1 });
  }
  return [...over, ...open.values()].sort((a, b) => a.from - b.from || (a.key < b.key ? -1 : 1));
}
