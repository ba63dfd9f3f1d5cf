/**
 * Frames per second and core of a backtest with one fill model: a nearly whole KXBTC15M window, loaded once. Beside it the same
 * without decisions (exchange, queue, feed and books), and the books alone.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import { latenciesOf, USUAL_LATENCY } from '../src/lib/app/backtest/latencies.ts';
import { loadBacktest } from '../src/lib/app/backtest/load.ts';
import { jobOf } from '../src/lib/app/backtest/run-bands.ts';
import { loadConfiguration } from '../src/lib/app/config/config.ts';
import { Books, type FeedEvent } from '../src/lib/core/book/books.ts';
import { type Centicents, type Centicontracts, epochMs, microdollars } from '../src/lib/core/units.ts';
import { type BacktestData, RECORD } from '../src/lib/sim/backtest/data.ts';
import { runBacktest } from '../src/lib/sim/backtest/run.ts';
import { fastest as atBest, type BenchFrames, recordedFrames } from './recorded-frames.ts';
import type { BenchResult } from './run.ts';

const RECORDING = '../shared/data/kxbtc15m_l2/kxbtc15m_l2_20260513T230110Z.jsonl.gz';
const BUDGET = 1_000_000;
const ROUNDS = 15;

export async function run(): Promise<BenchResult> {
  const sources = {
    files: [RECORDING],
    outcomes: '../shared/data/kxbtc15m_markets.csv',
    references: [],
    markets: [],
    prints: 'auto',
  } as const;
  const loading = performance.now();
  const data = await loadBacktest(sources);
  const loadMs = performance.now() - loading;
  const { parameters } = loadConfiguration({ environment: 'sim', flags: [] });
  const at = (turnMs: number) =>
    jobOf(
      {
        ...{ sources, parameters, latency: latenciesOf(USUAL_LATENCY), turnMs, seed: 1 },
        ...{ cash: microdollars(10_000_000_000), sampleMs: 1_000 },
      },
      'calibrated',
    );
  const whole = fastest(data, () => void runBacktest(at(100), data));
  const slow = fastest(data, () => void runBacktest(at(1_000), data));
  const idle = fastest(data, () => void runBacktest(at(3_600_000), data));
  const books = fastest(data, () => replayBooks(data));
  const frames = (await recordedFrames()).frames;
  const [replayNs] = (await atBest(5, frames.length, [() => withBooks(frames)])) as [number];
  const python = pythonSeconds();
  const { totals } = runBacktest(at(100), data);
  const perTurn = (1e6 * totals.frames * (1 / whole - 1 / idle)) / totals.turns;
  const row = (name: string, rate: number) =>
    `${name.padEnd(44)} ${(rate / 1_000).toFixed(0).padStart(6)} k frames/s  ${(rate / BUDGET).toFixed(2)} × budget`;
  return {
    name: `backtest, ${totals.frames} frames, ${totals.turns} turns, ${totals.fills} fills (one fill model)`,
    lines: [
      row('whole, a decision per 100 ms', whole),
      row('whole, a decision per second', slow),
      row('exchange, queue, feed and books: no decisions', idle),
      row('books alone', books),
      `a decision costs ${perTurn.toFixed(1)} µs; the whole is ${(books / whole).toFixed(1)} × slower than books alone`,
      python === undefined
        ? 'no python3 here to compare with'
        : `from JSON text to books: ${((replayNs * frames.length) / 1e6).toFixed(0)} ms, ${((1e9 * python) / (replayNs * frames.length)).toFixed(1)} × a Python dict book (${python.toFixed(2)} s); the whole backtest from columns: ${((python * whole) / data.records.length).toFixed(1)} ×`,
      `loaded once in ${loadMs.toFixed(0)} ms (text to columns, prints inferred)`,
    ],
  };
}

/** What bench/dict-book.py takes for the same recording, its text in memory; undefined where there is no Python. */
function pythonSeconds(): number | undefined {
  const program = fileURLToPath(new URL('dict-book.py', import.meta.url));
  try {
    return Number(execFileSync('python3', [program, RECORDING], { encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

function withBooks(frames: BenchFrames['frames']): void {
  const books = new Books({ allowGaps: false });
  for (const { data, at, conn, yesPrice } of frames) {
    for (const event of translateFrame(data, { at, conn, yesPrice }).events) {
      if (event.type !== 'ticker') books.apply(event as FeedEvent);
    }
  }
}

/** Frames per second of the best round. */
function fastest({ records }: BacktestData, once: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    once();
    best = Math.min(best, performance.now() - start);
  }
  return (1_000 * records.length) / best;
}

function replayBooks({ records, markets }: BacktestData): void {
  const books = new Books({ allowGaps: true });
  for (let i = 0; i < records.length; i += 1) {
    const market = records.market[i] as number;
    const ticker = markets[market]?.market.ticker ?? '';
    const frame = { at: epochMs(Math.floor(records.at[i] as number)), feed: { conn: 1, sid: 1, seq: i + 1 }, ticker };
    if (records.kind[i] === RECORD.snapshot) {
      const levels = records.snapshots[records.size[i] as number];
      if (levels !== undefined) books.apply({ type: 'book_snapshot', ...frame, ...levels });
    } else if (records.kind[i] === RECORD.delta) {
      const price = records.price[i] as Centicents;
      const delta = records.size[i] as Centicontracts;
      books.apply({ type: 'book_delta', ...frame, side: records.side[i] === 0 ? 'bid' : 'ask', price, delta });
    }
  }
}
