/** The one line a run ends with: what was done, what rests, what it made, and whether that agrees with the exchange. */
import { formatMoney, type Microdollars, microdollars } from '../../core/units.ts';
import type { ClosingComparison } from './account/closing-comparison.ts';
import type { OpenedSession } from './open-session.ts';

/** Money as decimal text, counts as numbers: scripts rely on these names. */
export interface Summary {
  readonly type: 'summary';
  readonly schemaVersion: 1;
  readonly env: string;
  readonly seconds: number;
  readonly markets: number;
  readonly frames: number;
  readonly turns: number;
  readonly intents: number;
  readonly orders: Readonly<Record<'placed' | 'cancelled' | 'amended' | 'refused' | 'unknown', number>>;
  /** Of this session. */
  readonly fills: number;
  readonly restingAtEnd: number;
  readonly cashDollars: string;
  readonly realizedDollars: string;
  readonly unrealizedDollars: string;
  readonly feesDollars: string;
  /** Null when the exchange could not be read at the end. */
  readonly exchangeCashDollars: string | null;
  /** Ledger cash per shard and positions equal the exchange's own, to the last digit. Null: not comparable yet. */
  readonly reconciled: boolean | null;
  readonly intentsHash: string;
  readonly tape: string;
  readonly droppedFrames: number;
  readonly tickToIntentMs: { readonly p50: number | null; readonly p99: number | null };
  /** Two complete listings in a row held none of our orders. */
  readonly isConfirmed: boolean;
}

export interface SummaryInput {
  readonly env: string;
  readonly seconds: number;
  readonly restingAtEnd: number;
  readonly isConfirmed: boolean;
  readonly comparison: ClosingComparison;
}

export function summaryOf({ session, tape }: OpenedSession, input: SummaryInput): Summary {
  const { engine, hash, tickToIntent, progress } = session;
  const { ledger, portfolio, account } = engine;
  const { exchange, isEqual } = input.comparison;
  const exchangeCash = exchange === undefined ? null : sum(exchange.cash.values());
  return {
    ...{ type: 'summary', schemaVersion: 1, env: input.env, seconds: input.seconds },
    ...{ markets: progress.markets, frames: progress.frames, turns: progress.turns, intents: hash.count },
    orders: session.counters.counts,
    // Of this session, as all counts beside it.
    fills: ledger.fillCount - account.fillsRestored,
    restingAtEnd: input.restingAtEnd,
    cashDollars: formatMoney(ledger.totalCash()),
    realizedDollars: formatMoney(ledger.realized),
    unrealizedDollars: formatMoney(portfolio.unrealized()),
    feesDollars: formatMoney(ledger.fees),
    exchangeCashDollars: exchangeCash === null ? null : formatMoney(exchangeCash),
    reconciled: isEqual,
    intentsHash: hash.digest(),
    tape: tape.path,
    droppedFrames: tape.dropped,
    tickToIntentMs: { p50: tickToIntent.quantile(0.5), p99: tickToIntent.quantile(0.99) },
    isConfirmed: input.isConfirmed,
  };
}

function sum(amounts: Iterable<Microdollars>): Microdollars {
  let total = 0;
  for (const amount of amounts) total += amount;
  return microdollars(total);
}
