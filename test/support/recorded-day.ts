/** Recorded rows of one market, as a test tells them, made ready to be run over. Prices in cents, sizes in contracts. */
import { fillRulesOf } from '../../src/lib/app/backtest/fill-rules.ts';
import type { BacktestJob, FillMode } from '../../src/lib/core/backtest/job.ts';
import { centicents, centicontracts, type EpochMs, epochMs, microdollars } from '../../src/lib/core/units.ts';
import { type BacktestData, RECORD } from '../../src/lib/sim/backtest/data.ts';
import { pairPrints, type Row, recordsOf, rowOf } from '../../src/lib/sim/backtest/rows.ts';
import { MARKET, parametersOf, type StoryOptions } from './engine.ts';

const DAY_FROM = MARKET.openAt;
export const DAY_CLOSE = MARKET.closeAt;

type Pairs = readonly (readonly [cents: number, contracts: number])[];

export class RecordedDay {
  readonly rows: Row[] = [];

  snapshot(second: number, bids: Pairs, asks: Pairs): this {
    const levels = (pairs: Pairs) =>
      pairs.map(([cents, size]) => ({ price: centicents(cents * 100), size: centicontracts(size * 100) }));
    this.rows.push(rowOf(RECORD.snapshot, at(second), 0, { snapshot: { bids: levels(bids), asks: levels(asks) } }));
    return this;
  }

  delta(second: number, side: 'bid' | 'ask', cents: number, contracts: number): this {
    const level = { side: sideOf(side), price: cents * 100, size: Math.round(contracts * 100) };
    this.rows.push(rowOf(RECORD.delta, at(second), 0, level));
    return this;
  }

  print(second: number, takerSide: 'bid' | 'ask', cents: number, contracts: number): this {
    const trade = { side: sideOf(takerSide), price: cents * 100, size: Math.round(contracts * 100) };
    this.rows.push(rowOf(RECORD.print, at(second), 0, trade));
    return this;
  }

  lost(second: number): this {
    this.rows.push(rowOf(RECORD.lost, at(second), 0));
    return this;
  }

  data(result?: 'yes' | 'no'): BacktestData {
    const market = { market: MARKET, printsAre: 'recorded', ...(result !== undefined && { result }) } as const;
    const records = recordsOf(pairPrints(this.rows));
    return { records, markets: [market], files: [], gaps: [], notes: [], assumptions: [] };
  }
}

export function jobOfDay(
  mode: FillMode = 'calibrated',
  options: StoryOptions & { readonly latencyMs?: number } = {},
): BacktestJob {
  const { latencyMs = 0, ...story } = options;
  const way = { kind: 'fixed', ms: latencyMs } as const;
  return {
    schemaVersion: 1,
    data: { files: [], references: [], markets: [], prints: 'auto' },
    parameters: parametersOf(story),
    fill: fillRulesOf(mode),
    latency: { feed: way, order: way, response: way },
    ...{ turnMs: 100, seed: 1, cash: microdollars(1_000_000_000), sampleMs: 1_000 },
  };
}

/** Seconds from the market's open. */
export function at(second: number): EpochMs {
  return epochMs(DAY_FROM + Math.round(second * 1_000));
}

function sideOf(side: 'bid' | 'ask'): 0 | 1 {
  return side === 'bid' ? 0 : 1;
}
