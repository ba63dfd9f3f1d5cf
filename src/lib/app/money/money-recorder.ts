/**
 * Notes what reports need beside the fills: the mids after each of them, what every market and the account looked like, what
 * the markets are, and when ledger and exchange agreed to the last digit. After the turn's intents have left: no order waits.
 */
import type { FillMarkRow, MarketRow, ReconciliationRow } from '../../adapters/store/money-rows.ts';
import type { AccountSample, MarketSample, MoneyWriter } from '../../adapters/store/money-writer.ts';
import type { RuleNote } from '../../adapters/store/rule-rows.ts';
import { topOfOthers } from '../../core/book/book-of-others.ts';
import { doubledMid } from '../../core/book/signals.ts';
import type { Engine } from '../../core/engine.ts';
import { type Market, strikeText } from '../../core/market.ts';
import type { MarketState } from '../../core/market-state.ts';
import type { FillMark } from '../../core/money/markouts.ts';
import { hasEnded } from '../../core/orders/order.ts';
import { settlementText } from '../../core/reference/settlement-rule.ts';
import { type Centicents, type EpochMs, type Side, signOf } from '../../core/units.ts';
import type { ClosingComparison } from '../session/account/closing-comparison.ts';
import { differencesOf } from '../session/account/compare.ts';
import type { SessionPart } from '../session/session-part.ts';

const MARKETS_MS = 15_000;
const ACCOUNT_MS = 60_000;
const RECONCILED_MS = 60_000;
/** Between two steps of thinning out old samples. */
const PRUNE_MS = 5_000;

export interface MoneyRecorderOptions {
  readonly engine: Engine;
  readonly account: string;
  /** `flush`: what the ledger is made of is in the file before it is said to be equal to the exchange's. */
  readonly journal: { readonly money: Pick<MoneyWriter, 'write' | 'prune'>; readonly flush: () => void };
  /** From the bytes to the intents of the turn that last had some, ms; undefined: none had. */
  readonly latencyMs: () => number | undefined;
  readonly warn: (text: string) => void;
  /** Hears of each mid after a fill. */
  readonly onMark: (mark: FillMark) => void;
}

export class MoneyRecorder implements SessionPart {
  readonly #options: MoneyRecorderOptions;
  /** As they were last written. */
  readonly #markets = new Map<string, Market>();
  #fillMarks: FillMarkRow[] = [];
  #marketsAt = 0;
  #accountAt = 0;
  #prunedAt = 0;
  /** When the two were last said to be equal, or not to be. */
  #equalAt = 0;
  #differs: string | undefined;
  #hasFailed = false;

  constructor(options: MoneyRecorderOptions) {
    this.#options = options;
  }

  turned(): void {
    const { engine, onMark } = this.#options;
    for (const mark of engine.markouts.take()) {
      this.#fillMarks.push({ ...mark, fair: mark.fair ?? null, model: mark.model ?? null });
      onMark(mark);
    }
  }

  tick(at: EpochMs): void {
    this.#write(at, this.#marketSamplesDue(at), this.#accountSamplesDue(at), this.#reconciliationDue(at));
    if (at - this.#prunedAt < PRUNE_MS || this.#hasFailed) return;
    this.#prunedAt = at;
    this.#failed(this.#options.journal.money.prune(at)?.message);
  }

  /** The session is over: how all of it stands, and what came of the comparison with the exchange. */
  ended({ exchange, isEqual }: ClosingComparison, at: EpochMs): void {
    this.turned();
    const differences = exchange === undefined ? [] : differencesOf(this.#options.engine.ledger, exchange);
    const isKnown = exchange !== undefined && isEqual !== null;
    const compared: ReconciliationRow[] = isKnown ? [{ at, occasion: 'end', ...exchange, differences }] : [];
    this.#write(at, this.#marketSamples(at), [this.#accountSample(at)], compared);
  }

  #write(
    at: EpochMs,
    marketSamples: readonly MarketSample[],
    accountSamples: readonly AccountSample[],
    reconciliations: readonly ReconciliationRow[],
  ): void {
    const fillMarks = this.#fillMarks;
    this.#fillMarks = [];
    const defined = this.#newMarkets();
    const [markets, rules] = [defined.map(rowOf), defined.map(ruleNoteOf)];
    const notes = { markets, rules, fillMarks, marketSamples, accountSamples, reconciliations };
    if (this.#hasFailed || Object.values(notes).every((rows) => rows.length === 0)) return;
    const { journal, account } = this.#options;
    if (reconciliations.length > 0) journal.flush();
    this.#failed(journal.money.write(account, notes, at)?.message);
  }

  /** Trading does not end for it here: a journal that cannot be written fails the next commit too, and that one stops it. */
  #failed(problem: string | undefined): void {
    if (problem === undefined) return;
    this.#hasFailed = true;
    this.#options.warn(`what reports are made of is no longer written down: ${problem}`);
  }

  #newMarkets(): Market[] {
    const { engine } = this.#options;
    for (const ticker of this.#markets.keys()) if (engine.market(ticker) === undefined) this.#markets.delete(ticker);
    const defined: Market[] = [];
    for (const { market } of engine.markets()) {
      if (this.#markets.get(market.ticker) === market) continue;
      this.#markets.set(market.ticker, market);
      defined.push(market);
    }
    return defined;
  }

  #marketSamplesDue(at: EpochMs): readonly MarketSample[] {
    if (at - this.#marketsAt < MARKETS_MS) return [];
    this.#marketsAt = at;
    return this.#marketSamples(at);
  }

  /** Of the markets that are quoted or held. */
  #marketSamples(at: EpochMs): MarketSample[] {
    const { engine, latencyMs } = this.#options;
    const ms = latencyMs();
    const latencyUs = ms === undefined ? null : Math.round(ms * 1_000);
    const samples: MarketSample[] = [];
    for (const state of engine.markets()) {
      const { position, realized, fees } = engine.ledger.holding(state.market.ticker);
      if (!state.isSelected && position === 0) continue;
      const unrealized = engine.portfolio.unrealizedOf(state);
      samples.push({ ...this.#pricesOf(state), at, position, realized, fees, unrealized, latencyUs });
    }
    return samples;
  }

  #pricesOf(state: MarketState) {
    const { engine } = this.#options;
    const { ticker } = state.market;
    const orders = engine.orders.liveIn(ticker);
    const book = engine.books.get(ticker)?.book;
    const top = book?.isValid === true ? topOfOthers(book, orders) : undefined;
    const best = (side: Side): Centicents | null => {
      let price: Centicents | null = null;
      for (const order of orders) {
        if (order.side !== side || order.origin === 'external' || hasEnded(order)) continue;
        if (price === null || signOf(side) * (order.price - price) > 0) price = order.price;
      }
      return price;
    };
    return {
      ...{ ticker, midDoubled: top === undefined ? null : doubledMid(top), bid: best('bid'), ask: best('ask') },
      ...{ exitBid: state.hasMark ? state.exitBid : null, exitAsk: state.hasMark ? state.exitAsk : null },
    };
  }

  #accountSamplesDue(at: EpochMs): readonly AccountSample[] {
    if (at - this.#accountAt < ACCOUNT_MS) return [];
    this.#accountAt = at;
    return [this.#accountSample(at)];
  }

  #accountSample(at: EpochMs): AccountSample {
    const { ledger, portfolio, orders } = this.#options.engine;
    let [resting, unknown] = [0, 0];
    for (const order of orders.live()) {
      resting += 1;
      if (order.state === 'unknown') unknown += 1;
    }
    return {
      ...{ at, cash: ledger.totalCash(), realized: ledger.realized, unrealized: portfolio.unrealized() },
      ...{ fees: ledger.fees, worstLoss: portfolio.totalLoss(), resting, unknown },
    };
  }

  /** Once a minute that the two are equal; at once, and once, what is proved to differ. */
  #reconciliationDue(at: EpochMs): readonly ReconciliationRow[] {
    const { engine } = this.#options;
    const { ledger, halts } = engine;
    const { equalSince } = engine.account.reconciliation;
    const differs = halts.all().find(({ name, since }) => name === 'RECONCILE' && since > this.#equalAt)?.reason;
    const isNewlyEqual = equalSince !== undefined && equalSince > this.#equalAt;
    const isDue = isNewlyEqual
      ? at - this.#equalAt >= RECONCILED_MS || this.#differs !== undefined
      : differs !== this.#differs;
    if (!isDue || (!isNewlyEqual && differs === undefined)) return [];
    this.#differs = isNewlyEqual ? undefined : differs;
    if (isNewlyEqual) this.#equalAt = at;
    const held = [...ledger.tickers()].map((ticker) => [ticker, ledger.holding(ticker).position] as const);
    const positions = new Map(held.filter(([, position]) => position !== 0));
    const differences = this.#differs === undefined ? [] : [this.#differs];
    return [{ at, occasion: 'running', cash: new Map(ledger.cashByShard()), positions, differences }];
  }
}

function rowOf({ ticker, eventTicker, seriesTicker, shard, title, closeAt, isMutuallyExclusive }: Market): MarketRow {
  return { ticker, eventTicker, seriesTicker, shard, title, closeAt, isExclusive: isMutuallyExclusive ? 1 : 0 };
}

function ruleNoteOf({ ticker, seriesTicker, rules, strike, settles }: Market): RuleNote {
  const reads = settles === undefined ? null : settlementText(settles);
  return { ticker, seriesTicker, rules: rules ?? null, strike: strikeText(strike), reads };
}
