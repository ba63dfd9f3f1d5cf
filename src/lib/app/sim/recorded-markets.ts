/**
 * What a recording lacks for the full engine to run over it: markets are defined from the series table as they appear,
 * and every intent is taken as accepted at once and never filled. Such a run shows decisions and speed, not profit.
 */
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import { type EpochMs, epochMs, NO_SIZE } from '../../core/units.ts';
import { termsOfSeries } from '../../sim/series.ts';
import type { MarketOutcome } from './outcomes.ts';
import { SIM_CASH } from './sim-world.ts';

/** Where nobody says when a market closes. */
const OPEN_MS = 24 * 3_600_000;

export class RecordedMarkets {
  readonly #engine: Engine;
  readonly #tickers: string[] = [];
  /** What the recorder's notes said of the markets to come. */
  readonly watched = new Map<string, MarketOutcome>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Call before the engine is told of the event. */
  meet(event: EngineEvent): void {
    if (event.type !== 'book_snapshot' || this.#tickers.includes(event.ticker)) return;
    const { at, ticker } = event;
    if (this.#tickers.length === 0) this.#begin(at, event.feed.conn);
    this.#tickers.push(ticker);
    const closeAt = this.watched.get(ticker)?.closeAt ?? epochMs(at + OPEN_MS);
    const eventTicker = ticker.split('-').slice(0, 2).join('-');
    const names = { ticker, eventTicker, ...termsOfSeries(ticker) };
    const market = { ...names, status: 'active', openAt: at, closeAt } as const;
    this.#engine.apply({ type: 'market_defined', at, market });
    this.#engine.apply({ type: 'markets_selected', at, tickers: [...this.#tickers] });
  }

  /** Call before the engine is told of an event that is itself on the tape: what the recorder knew is not guessed again. */
  heard(event: EngineEvent): void {
    if (event.type !== 'market_defined' || this.#tickers.includes(event.market.ticker)) return;
    if (this.#tickers.length === 0) this.#restore(event.at);
    this.#tickers.push(event.market.ticker);
  }

  accept(intents: readonly Intent[], at: EpochMs): void {
    for (const intent of intents) this.#engine.apply(acceptance(intent, at));
  }

  #begin(at: EpochMs, conn: number): void {
    this.#engine.apply({ type: 'connection_changed', at, isUp: true, conn });
    this.#restore(at);
  }

  #restore(at: EpochMs): void {
    this.#engine.apply({ type: 'ledger_restored', at, openingCash: SIM_CASH, fills: [], settlements: [] });
  }
}

function acceptance(intent: Intent, at: EpochMs): EngineEvent {
  const { clientOrderId, kind, size } = intent;
  switch (kind) {
    case 'create': {
      const outcome = {
        kind: 'accepted',
        orderId: `taken-${clientOrderId}`,
        filled: NO_SIZE,
        remaining: size,
      } as const;
      return { type: 'create_outcome', at, clientOrderId, outcome };
    }
    case 'amend':
      return { type: 'change_outcome', at, clientOrderId, change: 'amend', outcome: { kind: 'amended' } };
    case 'decrease': {
      const outcome = { kind: 'decreased', remaining: size } as const;
      return { type: 'change_outcome', at, clientOrderId, change: 'decrease', outcome };
    }
    case 'cancel':
      return {
        type: 'change_outcome',
        at,
        clientOrderId,
        change: 'cancel',
        outcome: { kind: 'cancelled', reducedBy: size },
      };
    default:
      return kind satisfies never;
  }
}
