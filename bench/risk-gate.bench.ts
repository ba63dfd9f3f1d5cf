/**
 * The risk gate for one quote, with 500 open positions and 1,000 resting orders: the sums brought up to date after a fill,
 * the context of the market, and `permit`. Every market an event of its own, then ladders of ten, then all of one event.
 * Of a few rounds the quietest counts. Beside it the worst loss of the account added up anew, which is what the kept sums save.
 */

import { LINEAR_CENT } from '../src/lib/core/grid.ts';
import { type MarketState, marketState } from '../src/lib/core/market-state.ts';
import { Ledger } from '../src/lib/core/money/ledger.ts';
import { Orders } from '../src/lib/core/orders/orders.ts';
import type { Parameters } from '../src/lib/core/parameters.ts';
import { worstOfEvent } from '../src/lib/core/risk/exposure.ts';
import { Portfolio } from '../src/lib/core/risk/portfolio.ts';
import { permit } from '../src/lib/core/risk/risk.ts';
import { centicents, centicontracts, type EpochMs, epochMs, microdollars, type Side } from '../src/lib/core/units.ts';
import { benchConfig } from './engine-play.ts';

const MARKETS = 500;
const WARM = 5_000;
const QUOTES = 10_000;
const ROUNDS = 7;
const BUDGET_US = 100;
const NOW = epochMs(1_790_000_000_000);
const HOUR_MS = 3_600_000;

export function run(): { name: string; lines: string[] } {
  return {
    name: `risk gate: ${MARKETS} positions, ${2 * MARKETS} resting orders`,
    lines: [
      lineOf('an event each', (index) => `KXGATE${index % 20}-E${index}`),
      lineOf('ladders of ten', (index) => `KXGATE${index % 20}-E${Math.floor(index / 10)}`),
      lineOf('one event', () => 'KXGATE-E'),
    ],
  };
}

function lineOf(what: string, eventOf: (index: number) => string): string {
  const rounds = Array.from({ length: ROUNDS }, () => measure(eventOf)).sort((a, b) => a.p99 - b.p99);
  const { p50, p99, anew } = rounds[0] as ReturnType<typeof measure>;
  const ratios = `budget/p99 = ${(BUDGET_US / p99).toFixed(1)}; added up anew/p50 = ${(anew / p50).toFixed(1)}`;
  return `${what}: p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs; ${ratios}`;
}

function measure(eventOf: (index: number) => string): { p50: number; p99: number; anew: number } {
  const account = new BenchAccount(eventOf);
  const micros: number[] = [];
  for (let n = 0; n < WARM + QUOTES; n += 1) {
    const startedMs = performance.now();
    account.quote(n);
    if (n >= WARM) micros.push((performance.now() - startedMs) * 1_000);
  }
  micros.sort((a, b) => a - b);
  const at = (part: number) => micros[Math.min(micros.length - 1, Math.floor(part * micros.length))] as number;
  return { p50: at(0.5), p99: at(0.99), anew: account.anewMicros() };
}

class BenchAccount {
  readonly #ledger = new Ledger();
  readonly #orders = new Orders();
  readonly #parameters: Parameters = benchConfig().parameters;
  readonly #portfolio = new Portfolio(this.#ledger, this.#orders, this.#parameters.risk);
  readonly #states: MarketState[] = [];
  #fills = 0;

  constructor(eventOf: (index: number) => string) {
    this.#ledger.deposit(0, microdollars(100_000_000_000));
    for (let index = 0; index < MARKETS; index += 1) this.#open(eventOf(index), index);
  }

  /** A fill somewhere, and the quote that follows it. */
  quote(n: number): void {
    const state = this.#states[(n * 7) % MARKETS] as MarketState;
    const side = n % 2 === 0 ? 'bid' : 'ask';
    this.#fill(state, side, 100);
    this.#portfolio.refresh(state);
    const context = this.#portfolio.riskContext(state, this.#parameters, NOW);
    permit({ side, price: centicents(side === 'bid' ? 4_700 : 5_300), size: centicontracts(500) }, context);
  }

  /** What one look at all events costs that nobody has kept. */
  anewMicros(): number {
    const startedMs = performance.now();
    const rounds = 200;
    for (let round = 0; round < rounds; round += 1) {
      const byEvent = new Map<string, MarketState[]>();
      for (const state of this.#states) {
        this.#portfolio.refresh(state);
        const of = byEvent.get(state.market.eventTicker) ?? [];
        of.push(state);
        byEvent.set(state.market.eventTicker, of);
      }
      for (const states of byEvent.values())
        worstOfEvent(
          states.map(({ outcomes }) => outcomes),
          true,
        );
    }
    return ((performance.now() - startedMs) * 1_000) / rounds;
  }

  #open(eventTicker: string, index: number): void {
    const state = marketState({
      ...{ ticker: `${eventTicker}-T${index}`, eventTicker, seriesTicker: eventTicker.split('-')[0] ?? '' },
      ...{ shard: 0, status: 'active', title: 'bench', grid: LINEAR_CENT, isMutuallyExclusive: true },
      ...{ openAt: epochMs(NOW - HOUR_MS), closeAt: epochMs(NOW + HOUR_MS) },
      fees: { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } },
    });
    this.#states.push(state);
    this.#portfolio.add(state);
    this.#fill(state, index % 3 === 0 ? 'ask' : 'bid', 1_000);
    for (const side of ['bid', 'ask'] as const) this.#order(state, side, index);
    this.#portfolio.refresh(state);
  }

  #order({ market: { ticker } }: MarketState, side: Side, index: number): void {
    this.#orders.intended(
      {
        ...{ kind: 'create', counter: index, ticker, shard: 0, clientOrderId: `bench-${side}-${index}`, side },
        ...{ price: centicents(side === 'bid' ? 4_500 : 5_500), size: centicontracts(500) },
        expiresAt: (NOW + HOUR_MS) as EpochMs,
      },
      NOW,
    );
  }

  #fill({ market: { ticker } }: MarketState, side: Side, size: number): void {
    this.#fills += 1;
    this.#ledger.fill(
      {
        ...{ type: 'fill', at: NOW, tradeId: `bench-${this.#fills}`, orderId: 'bench', ticker, side },
        ...{ price: centicents(5_000), size: centicontracts(size), isTaker: false, fee: microdollars(0) },
      },
      0,
    );
  }
}
