/**
 * VaR and shortfall of a portfolio by 10,000 quasi-random paths, off the hot path: 200 bins as one event, as
 * eight, and as fifty. Budget: < 50 ms for 10,000 paths × 200 bins. Then what `kmm risk show` costs the trader that is asked:
 * every limit of 500 markets in 50 events, part by part, 1,000 orders resting. It stands in the trading loop: < 10 ms.
 */
import { NO_OUTCOMES } from '../src/lib/core/risk/exposure.ts';
import type { BookMarket, BookOrder } from '../src/lib/core/risk/risk-book.ts';
import { riskViewFrom } from '../src/lib/core/risk/risk-view.ts';
import { type Family, familyOf } from '../src/lib/core/tail-risk/family.ts';
import { jointProfits } from '../src/lib/core/tail-risk/joint.ts';
import { tailOf } from '../src/lib/core/tail-risk/tail.ts';
import { centicents, centicontracts, epochMs, microdollars, type Side } from '../src/lib/core/units.ts';
import { benchConfig } from './engine-play.ts';

const PATHS = 10_000;
const ROUNDS = 15;

export function run(): { name: string; lines: string[] } {
  const shapes = [
    ['1 event of 200 bins', 1, 200],
    ['8 events of 25 bins', 8, 25],
    ['50 events of 4 bins', 50, 4],
  ] as const;
  return {
    name: `VaR and ES, ${PATHS.toLocaleString('en-US')} paths`,
    lines: [
      ...shapes.map(([name, events, bins]) => {
        const families = Array.from({ length: events }, (_, index) => ladder(bins, index));
        return `${name}: ${fastest(() => drawn(families)).toFixed(1)} ms`;
      }),
      `limits of 500 markets, part by part: ${fastest(looked).toFixed(1)} ms`,
    ],
  };
}

function ladder(bins: number, seed: number): Family {
  const markets = Array.from({ length: bins }, (_, bin) => {
    const contracts = ((bin * 37 + seed * 11) % 201) - 100;
    return { ifNo: microdollars(-contracts * 400_000), ifYes: microdollars(contracts * 600_000) };
  });
  const family = familyOf(markets, { chances: markets.map(() => 1 / (bins + 1)), none: 1 / (bins + 1) }, true);
  if (family.kind === 'refused') throw new Error(family.reason);
  return family;
}

function drawn(families: readonly Family[]): void {
  const joint = jointProfits(families, { paths: PATHS, correlation: 0.3 });
  if (joint.kind === 'refused') throw new Error(joint.reason);
  if (!(tailOf(joint.pnl, undefined, 0.95).shortfall > 0)) throw new Error('a book like this has a tail');
}

const HELD = Array.from({ length: 50 }, (_, event) => ({
  eventTicker: `KX-${event}`,
  past: NO_OUTCOMES,
  markets: Array.from({ length: 10 }, (_, strike) => heldMarket(`KX-${event}`, strike)),
}));

function heldMarket(eventTicker: string, strike: number): BookMarket {
  const none = {
    realized: microdollars(0),
    fees: microdollars(0),
    bought: centicontracts(500),
    sold: centicontracts(0),
  };
  const order = (side: Side, price: number): BookOrder => ({
    ...{ side, price: centicents(price), boldest: centicents(price), total: centicontracts(500), state: 'working' },
    ...{ filledSeen: centicontracts(0), filledStated: centicontracts(0) },
  });
  return {
    ...{ ticker: `${eventTicker}-${strike}`, eventTicker, seriesTicker: 'KX', shard: 0, isMutuallyExclusive: true },
    fees: { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } },
    holding: { ...none, position: centicontracts(500), cost: microdollars(2_000_000) },
    ...{ orders: [order('bid', 3_000 + strike), order('ask', 5_000 + strike)], owing: [], isAtStake: true },
  };
}

function looked(): void {
  const limits = benchConfig().parameters.risk;
  const { bars } = riskViewFrom({ at: epochMs(0), limits, events: HELD, halts: [] });
  if (bars.length < 1_500) throw new Error('every market has its limits');
}

function fastest(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}
