/** A small tape of one day with everything in it that an archive has a place for, and much that it has none for. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TapeHeader } from '../../src/lib/adapters/store/tape-format.ts';
import { homeOf } from '../../src/lib/app/config/home.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import type { TapeKind } from '../../src/lib/ports.ts';
import { openedTape, T0, TAPE_HEADER } from './tape.ts';
import { tempDir } from './temp-dir.ts';

export type ComposedRecord = readonly [kind: TapeKind, data: unknown, at: EpochMs];

const MARKETS = ['KXBTC15M-26MAY110145-45', 'KXETH15M-26MAY110145-45'] as const;

/** Two series on one subscription, two days: an hour and more before midnight UTC, the rest after it. */
export function composedRecords(deltas = 300): readonly ComposedRecord[] {
  const records: ComposedRecord[] = [];
  let seq = 0;
  const put = (kind: TapeKind, data: unknown) =>
    records.push([kind, data, epochMs(MIDNIGHT - 150 * STEP_MS + records.length * STEP_MS)]);
  const frame = (type: string, msg: object, isCounted = true) =>
    put('frame', { type, sid: 2, ...(isCounted && { seq: ++seq }), msg });
  put('session', { id: 'made', config: 'x' });
  for (const market_ticker of MARKETS) {
    frame('orderbook_snapshot', { market_ticker, yes_dollars_fp: [['0.4000', '50.00']], no_dollars_fp: [] });
  }
  for (let index = 0; index < deltas; index += 1) {
    const market_ticker = MARKETS[index % 3 === 0 ? 1 : 0];
    const price_dollars = `0.${30 + (index % 10)}00`;
    const times = { ts_ms: MIDNIGHT + index };
    frame('orderbook_delta', {
      market_ticker,
      price_dollars,
      delta_fp: '3.25',
      side: index % 2 ? 'yes' : 'no',
      ...times,
    });
    if (index === 100) seq += 2;
    if (index === 120) put('note', 'not JSON \0 at all, “with signs” and half a \ud800');
    if (index === 130) frame('something_new', { market_ticker, value: 1 });
    if (index === 140) frame('orderbook_snapshot', { market_ticker });
    if (index === 150) put('gap', { from: MIDNIGHT, to: MIDNIGHT + 2_000, reason: 'gap: KX' });
    if (index === 160) put('rest', { method: 'GET', path: '/markets', status: 200, body: { a: [1] } });
    if (index === 170)
      put('event', { type: 'market_status_changed', at: MIDNIGHT, ticker: market_ticker, status: 'active' });
  }
  return records;
}

const MIDNIGHT = Math.ceil(T0 / 86_400_000) * 86_400_000;
const STEP_MS = 1_000;
/** The day after it: both days of the tape are over. */
export const AFTERWARDS = new Date(MIDNIGHT + 2 * 86_400_000);

/** In the folder of tapes of a home of its own. */
export async function homeWithTape(
  records: readonly ComposedRecord[] = composedRecords(),
  name = 'made',
  folder = tempDir(),
) {
  const home = homeOf('sim', { KMM_HOME: folder });
  mkdirSync(home.tapes, { recursive: true });
  return { home, tape: await composedTape(home.tapes, records, name) };
}

export async function composedTape(
  folder: string,
  records: readonly ComposedRecord[],
  name: string,
  header: Partial<TapeHeader> = {},
): Promise<string> {
  const path = join(folder, `${name}.tape`);
  const tape = openedTape(path, { whenFull: 'wait', header: { ...TAPE_HEADER, ...header } });
  for (const [kind, data, at] of records) {
    tape.append(kind, at, 1, typeof data === 'string' ? data : JSON.stringify(data));
  }
  await tape.close();
  return path;
}
