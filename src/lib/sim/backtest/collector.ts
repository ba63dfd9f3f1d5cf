/** Notes what a backtest does, as it does it, and makes the rows of its result. Changes nothing of the run. */
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { DecisionSample, FillResult, MarketResult, Unquoted } from '../../core/backtest/result.ts';
import type { Engine } from '../../core/engine.ts';
import type { Intent } from '../../core/intents.ts';
import { HORIZONS_MS } from '../../core/pnl/split.ts';
import { type AgeTally, addedTallies, LOOK_MS, lookOf } from '../../core/promotion/data-age.ts';
import { quotedAges } from '../../core/promotion/quoted-ages.ts';
import type { Decision } from '../../core/quoting/decide.ts';
import type { EpochMs, Microdollars } from '../../core/units.ts';
import { type Centicontracts, signOf } from '../../core/units.ts';
import type { VenueFill } from '../venue.ts';
import type { BacktestMarket, Records } from './data.ts';
import { RECORD } from './data.ts';
import { Equity } from './equity.ts';
import type { BacktestExchange, Listed } from './exchange.ts';
import { MarketTally } from './market-tally.ts';

export type FillRow = { -readonly [Key in keyof FillResult]: FillResult[Key] } & { laterMids: (number | null)[] };

interface Quoted {
  readonly fair: number | null;
  readonly fairError: number | null;
}

/** Of one market more steps of its position than these are thinned. */
const INVENTORY_MAX = 2_000;

export interface Glance {
  readonly fills: number;
  /** Cash and positions at their exit price, since the start. */
  readonly gained: Microdollars;
  /** Of all markets together: open with a known book, and of that with both sides quoted. */
  readonly openMs: number;
  readonly bothMs: number;
}

export class Collector {
  readonly fills: FillRow[] = [];
  readonly #samples: DecisionSample[] = [];
  readonly equity: Equity;
  readonly tallies: MarketTally[];
  readonly inventory: { at: EpochMs; position: Centicontracts }[][];
  readonly #job: BacktestJob;
  readonly #markets: readonly BacktestMarket[];
  readonly #exchange: BacktestExchange;
  readonly #numbers: Map<string, number>;
  readonly #quoted = new Map<string, Quoted>();
  /** Markets that trade, and whose books are known. */
  readonly #open = new Set<Listed>();
  /** By horizon, fills whose mid is yet to be noted. */
  readonly #due = HORIZONS_MS.map((ms) => ({ ms, first: 0 }));
  readonly #unquoted = new Map<string, { readonly name: string; moments: number; readonly reason: string }>();
  #moments = 0;
  #ages: readonly AgeTally[] = [];
  #nextLookAt = 0;
  #nextSampleAt = 0;
  #nextMidAt = Infinity;

  /** @param shards on which the cash is; absent: those of the markets */
  constructor(job: BacktestJob, markets: readonly BacktestMarket[], exchange: BacktestExchange, shards?: number) {
    this.#job = job;
    this.#markets = markets;
    this.#exchange = exchange;
    this.#numbers = new Map();
    const used = shards ?? Math.max(1, new Set(markets.map(({ market }) => market.shard)).size);
    this.equity = new Equity(job.cash * used);
    this.tallies = [];
    this.inventory = [];
    for (const { listing } of exchange.markets) this.list(listing.market.ticker);
  }

  /** The next market. */
  list(ticker: string): void {
    this.#numbers.set(ticker, this.tallies.length);
    this.tallies.push(new MarketTally());
    this.inventory.push([]);
  }

  /** Each with how its market ended, where that is known by now. */
  get samples(): readonly DecisionSample[] {
    return this.#samples.map((sample): DecisionSample => {
      const result = this.#markets[this.numberOf(sample.ticker) ?? -1]?.result;
      return { ...sample, outcome: result === undefined ? null : result === 'yes' ? 1 : 0 };
    });
  }

  get glance(): Glance {
    const quoted = this.tallies.map(({ facts }) => facts.quoted);
    return {
      ...{ fills: this.fills.length, gained: this.equity.gained },
      openMs: quoted.reduce((sum, { openMs }) => sum + openMs, 0),
      bothMs: quoted.reduce((sum, { bothMs }) => sum + bothMs, 0),
    };
  }

  opened(listed: Listed, isOpen: boolean): void {
    if (isOpen) this.#open.add(listed);
    else this.#open.delete(listed);
  }

  numberOf(ticker: string): number | undefined {
    return this.#numbers.get(ticker);
  }

  /** Counts the records that were played: the first so many. Each is to be counted once. */
  countRecords(records: Records, played: number): void {
    const { kind, market, at, size } = records;
    for (let index = 0; index < played; index += 1) {
      if (kind[index] === RECORD.reference || kind[index] === RECORD.heard) continue;
      const number = market[index] as number;
      const tally = this.tallies[number] as MarketTally;
      if (tally.firstAt === undefined) tally.firstAt = at[index] as number;
      tally.lastAt = at[index] as number;
      const { counts } = tally;
      if (kind[index] === RECORD.delta) counts.deltas += 1;
      else if (kind[index] === RECORD.snapshot) counts.snapshots += 1;
      else if (kind[index] === RECORD.print) {
        if (this.#markets[number]?.printsAre === 'inferred') counts.printsInferred += 1;
        else counts.prints += 1;
        counts.volume += size[index] as number;
      }
    }
  }

  /** Mids that are due before the market moves on. */
  get nextMidAt(): number {
    return this.#nextMidAt;
  }

  /** Notes the mids that fall due up to `at`: of the books as they are now. */
  noteMids(at: number): void {
    this.#nextMidAt = Infinity;
    for (const [horizon, due] of this.#due.entries()) {
      for (let fill = this.fills[due.first]; fill !== undefined; fill = this.fills[due.first]) {
        const dueAt = fill.at + due.ms;
        if (dueAt >= at) {
          this.#nextMidAt = Math.min(this.#nextMidAt, dueAt);
          break;
        }
        fill.laterMids[horizon] = this.#midAt(fill.ticker);
        due.first += 1;
      }
    }
  }

  decided(engine: Engine, intents: readonly Intent[], at: EpochMs): void {
    for (const intent of intents) {
      const number = this.#numbers.get(intent.ticker);
      if (number === undefined) continue;
      const order = engine.orders.byClientId(intent.clientOrderId);
      (this.tallies[number] as MarketTally).asked(intent, order?.price);
      const fair = engine.market(intent.ticker)?.decision?.fair;
      const isPriced = intent.kind === 'create' || (intent.kind === 'amend' && intent.price !== order?.price);
      if (!isPriced) continue;
      this.#quoted.set(intent.clientOrderId, {
        fair: fair?.probability ?? null,
        fairError: fair?.standardError ?? null,
      });
    }
    for (const { index, listing } of this.#open) {
      if (engine.market(listing.market.ticker)?.decision?.at === at)
        (this.tallies[index] as MarketTally).counts.decisions += 1;
    }
    if (at >= this.#nextSampleAt) this.#sample(engine, at);
    if (at >= this.#nextLookAt) this.#look(engine, at);
    this.equity.look(at);
  }

  fill(fill: VenueFill, listed: Listed): void {
    const { market } = listed.listing;
    const context = this.#exchange.contexts.get(fill.tradeId);
    this.#exchange.contexts.delete(fill.tradeId);
    const midDoubled = (context === undefined ? listed.book.midDoubled() : context.midDoubled) ?? null;
    const quoted = this.#quoted.get(fill.clientOrderId);
    const { tradeId, clientOrderId, ticker, at, side, price, size, fee, isTaker, positionAfter } = fill;
    this.fills.push({
      ...{ tradeId, clientOrderId, ticker, eventTicker: market.eventTicker, at, side, price, size, fee, isTaker },
      ...{ by: context?.cause ?? 'taken', midDoubled, laterMids: HORIZONS_MS.map(() => null) },
      ...{ fair: quoted?.fair ?? null, fairError: quoted?.fairError ?? null },
      ...{ restingSince: context?.standing.since ?? at, aheadAtStart: context?.standing.aheadAtStart ?? NONE },
      msToClose: market.closeAt - at,
      offsetDoubled: midDoubled === null ? null : signOf(side) * (midDoubled - 2 * price),
      ...{ endPrice: price, positionAfter },
    });
    this.#nextMidAt = Math.min(this.#nextMidAt, at + HORIZONS_MS[0]);
    this.equity.fill(ticker, listed.book, fill);
    const steps = this.inventory[listed.index] as (typeof this.inventory)[number];
    steps.push({ at, position: positionAfter });
    if (steps.length > INVENTORY_MAX) {
      this.inventory[listed.index] = steps.filter((_, index) => index % 2 === 0 || index === steps.length - 1);
    }
  }

  marketFacts(number: number): Pick<MarketResult, 'counts' | 'quoted' | 'firstAt' | 'lastAt'> {
    return (this.tallies[number] as MarketTally).facts;
  }

  get unquoted(): Unquoted {
    const reasons = [...this.#unquoted.values()].sort((a, b) => b.moments - a.moments || (a.name < b.name ? -1 : 1));
    return { moments: this.#moments, reasons };
  }

  /** By kind of data. */
  get ages(): readonly AgeTally[] {
    return this.#ages;
  }

  #look(engine: Engine, at: EpochMs): void {
    this.#nextLookAt = (Math.floor(at / LOOK_MS) + 1) * LOOK_MS;
    this.#ages = addedTallies([...this.#ages, ...lookOf(quotedAges(engine, at))]);
  }

  #sample(engine: Engine, at: EpochMs): void {
    this.#nextSampleAt = (Math.floor(at / this.#job.sampleMs) + 1) * this.#job.sampleMs;
    for (const { listing, book } of this.#open) {
      const { market } = listing;
      const decision = engine.market(market.ticker)?.decision;
      if (decision !== undefined && at < market.closeAt) this.#noteGate(decision);
      if (decision?.fair === undefined || at >= market.closeAt) continue;
      this.#samples.push({
        ...{ ticker: market.ticker, eventTicker: market.eventTicker, at, msToClose: market.closeAt - at },
        ...{ fair: decision.fair.probability, midDoubled: book.midDoubled() ?? null },
        outcome: null,
        position: decision.position,
      });
    }
  }

  #noteGate({ gate, posture }: Decision): void {
    this.#moments += 1;
    if (gate === undefined || (posture !== 'pull' && posture !== 'hold')) return;
    const { name, reason } = gate;
    const known = this.#unquoted.get(name);
    if (known === undefined) this.#unquoted.set(name, { name, moments: 1, reason });
    else known.moments += 1;
  }

  #midAt(ticker: string): number | null {
    const listed = this.#exchange.markets[this.#numbers.get(ticker) ?? -1];
    return listed?.listing.book === undefined ? null : (listed.book.midDoubled() ?? null);
  }
}

const NONE = 0 as Centicontracts;
