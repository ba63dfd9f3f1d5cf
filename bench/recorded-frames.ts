/** Frames for benches: a recorded 15-minute window of a Bitcoin market beside the project, else as many composed ones. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRecordings } from '../src/lib/app/recording/recording.ts';
import type { PlayedRecord } from '../src/lib/app/recording/replay-books.ts';
import { epochMs } from '../src/lib/core/units.ts';

const RECORDING = fileURLToPath(
  new URL('../../shared/data/kxbtc15m_l2/kxbtc15m_l2_20260513T230110Z.jsonl.gz', import.meta.url),
);
const COMPOSED_DELTAS = 90_000;

export interface BenchFrames {
  readonly source: string;
  /** One snapshot per market, deltas, and a few tickers. */
  readonly frames: readonly PlayedRecord[];
}

export async function recordedFrames(): Promise<BenchFrames> {
  if (!existsSync(RECORDING)) return { source: 'composed frames', frames: composed() };
  const frames: PlayedRecord[] = [];
  for await (const record of readRecordings([RECORDING])) {
    // As a socket hands them over: each in a buffer of its own.
    if (record.kind === 'frame') frames.push({ ...record, data: Buffer.from(record.data), yesPrice: false });
  }
  return { source: 'recorded frames', frames };
}

/** Deltas that walk a book up and down, never below zero: what one adds, the next but nine takes away. */
function composed(): PlayedRecord[] {
  const market = '"market_ticker":"KXBTC15M-26MAY131915-15","market_id":"2a9fd564-4a9e-443b-94ea-0d7862390d1b"';
  const texts = [`{"type":"orderbook_snapshot","sid":2,"seq":1,"msg":{${market}}}`];
  for (let index = 0; index < COMPOSED_DELTAS; index += 1) {
    const turn = Math.floor(index / 20);
    const side = index % 2 === 0 ? 'yes' : 'no';
    const cents = 30 + ((turn * 7 + (index % 10)) % 19);
    const size = index % 20 < 10 ? '' : '-';
    const numbers = `"price_dollars":"0.${cents}00","delta_fp":"${size}25.00","side":"${side}"`;
    const times = `"ts":"2026-05-13T23:15:00.000000Z","ts_ms":${1_778_713_271_039 + index}`;
    texts.push(`{"type":"orderbook_delta","sid":2,"seq":${index + 2},"msg":{${market},${numbers},${times}}}`);
  }
  return texts.map((text) => ({ kind: 'frame', at: epochMs(0), conn: 1, data: Buffer.from(text), yesPrice: false }));
}

/** The fastest of so many runs, in nanoseconds per frame; runs of all candidates take turns, so that load hits all alike. */
export async function fastest(
  rounds: number,
  frames: number,
  candidates: readonly (() => unknown)[],
): Promise<number[]> {
  const best = candidates.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, candidate] of candidates.entries()) {
      const startedMs = performance.now();
      await candidate();
      best[index] = Math.min(best[index] as number, ((performance.now() - startedMs) * 1e6) / frames);
    }
  }
  return best;
}
