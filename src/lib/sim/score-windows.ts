/**
 * Quarter hours of the simulated reference price, asked about before their close: what the settlement average and its naive
 * rival said, and what came. Strikes are settlements of the windows before, the volatility is learned from the prints alone.
 */
import { averageRivals } from '../core/honesty/average-rivals.ts';
import type { Question } from '../core/honesty/rivals.ts';
import { invariant } from '../core/invariant.ts';
import type { Market } from '../core/market.ts';
import { References } from '../core/reference/references.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import { seededStream } from './random.ts';
import { ReferencePath } from './reference.ts';
import { seriesFacts } from './series.ts';

export interface SimulatedRequest {
  readonly seed: string;
  readonly windows: number;
  /** Whole seconds before the close, below 900. */
  readonly horizons: readonly number[];
  /** 0.5 = 50 % a year. */
  readonly annualVolatility: number;
}

const INDEX = 'BRTI';
const PERIOD_MS = 900_000;
const START = epochMs(1_767_225_600_000);
const PRICE = 80_000;
const TERMS = { referenceAgeMsMax: 3_000, annualVolatilityFloors: [0.05], proxySdDollars: 0 };

/** By horizon. A model that refuses here is a broken invariant: the simulated index never stops. */
export function simulatedQuestions(request: SimulatedRequest): ReadonlyMap<number, readonly Question[]> {
  const { seed, windows, horizons, annualVolatility } = request;
  const path = new ReferencePath({ stream: seededStream(seed), startAt: START, price: PRICE, annualVolatility });
  const references = new References();
  const { ticker: seriesTicker, title, grid, fees, shard, settles, isMutuallyExclusive } = seriesFacts('KXBTC15M');
  const answered = new Map<number, Question[]>(horizons.map((seconds) => [seconds, []]));
  hear(path, references, START, epochMs(START + PERIOD_MS));
  for (let window = 1; window <= windows; window += 1) {
    const openAt = epochMs(START + window * PERIOD_MS);
    const closeAt = epochMs(openAt + PERIOD_MS);
    const floor = path.settlementAverage(openAt);
    const ticker = `${seriesTicker}-${window}`;
    const market: Market = {
      ...{ ticker, eventTicker: ticker, seriesTicker, title, shard, grid, fees, isMutuallyExclusive },
      ...{ status: 'active', openAt, closeAt, strike: { type: 'greater_or_equal', floor } },
      ...(settles !== undefined && { settles }),
    };
    let heard = openAt;
    const said: { readonly seconds: number; readonly chances: Readonly<Record<string, number>> }[] = [];
    for (const seconds of horizons.toSorted((a, b) => b - a)) {
      const at = epochMs(closeAt - seconds * 1_000);
      hear(path, references, heard, at);
      heard = at;
      const found = averageRivals({ market, reference: references.get(INDEX), at, terms: TERMS });
      invariant(found.kind === 'chances', 'the simulated index can always be priced');
      said.push({ seconds, chances: { naive: found.naive, average: found.average } });
    }
    hear(path, references, heard, closeAt);
    const isTrue = path.settlementAverage(closeAt) >= floor;
    for (const { seconds, chances } of said) answered.get(seconds)?.push({ group: ticker, isTrue, said: chances });
  }
  return answered;
}

/** The prints in (from, to], as the index channel says them. */
function hear(path: ReferencePath, references: References, from: EpochMs, to: EpochMs): void {
  for (let at = from + 1_000; at <= to; at += 1_000) {
    const { value, window } = path.factAt(epochMs(at), INDEX);
    references.apply({
      ...{ type: 'reference_price', at: epochMs(at), index: INDEX, value },
      ...(window !== undefined && { window }),
    });
  }
}
