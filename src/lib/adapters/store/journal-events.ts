/**
 * What the journal keeps of the events that came back: outcomes, orders, fills, settlements, results of markets, cash that came,
 * went or moved, opening cash.
 *
 * Recording the same event twice changes nothing. An order that has ended is never revived, and an expiry never moves
 * nearer: what is asked of these tables is what may still rest.
 */
import type Database from 'better-sqlite3';
import type {
  CashEntered,
  CashMoved,
  EngineEvent,
  FillSeen,
  LedgerRestored,
  SettlementSeen,
} from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import type { FeeCheck } from '../../core/money/fee-check.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { EpochMs } from '../../core/units.ts';
import type { ResultRows } from './estimate-rows.ts';
import { FeeCheckRows } from './fee-check-rows.ts';

/** Begins every client order id of kmm (reliability.md 2, Ids). */
const OWN_PREFIX = 'kmm-';

const RECORDED_TYPES = [
  'create_outcome',
  'change_outcome',
  'own_order',
  'orders_listed',
  'fill',
  'settlement',
  'market_status_changed',
  'cash_moved',
  'cash_entered',
  'ledger_restored',
] as const;
export type RecordedEvent = Extract<EngineEvent, { type: (typeof RECORDED_TYPES)[number] }>;

export function isRecorded(event: EngineEvent): event is RecordedEvent {
  return (RECORDED_TYPES as readonly string[]).includes(event.type);
}

type OutcomeEvent = Extract<EngineEvent, { type: 'create_outcome' | 'change_outcome' }>;

/** Writes for one session; the caller holds the transaction. */
export class EventRecorder {
  readonly #account: string;
  readonly #session: number;
  readonly #scrub: (text: string) => string;
  readonly #sql: ReturnType<typeof prepareStatements>;
  readonly #fees: FeeCheckRows;
  readonly #results: ResultRows;

  /** `scrub`: what the exchange or the wire has said is kept without secrets. */
  constructor(
    database: Database.Database,
    { account, session, results }: { account: string; session: number; results: ResultRows },
    scrub: (text: string) => string,
  ) {
    this.#scrub = scrub;
    this.#account = account;
    this.#session = session;
    this.#sql = prepareStatements(database);
    this.#fees = new FeeCheckRows(database);
    this.#results = results;
  }

  feeCheck(check: FeeCheck): void {
    this.#fees.add(this.#account, check);
  }

  /** An order exists from the moment its intent does: it counts until it is known to have ended. */
  intent(intent: Intent, at: EpochMs): void {
    const { clientOrderId, ticker, shard, side, price, size } = intent;
    const account = this.#account;
    if (intent.kind === 'create') {
      this.#sql.orderSent.run(
        account,
        clientOrderId,
        this.#session,
        ticker,
        shard,
        side,
        price,
        size,
        // What takes never rests: it counts from now as a lease that is over.
        intent.expiresAt ?? at,
        at,
      );
    } else if (intent.kind === 'amend') {
      this.#sql.orderExtended.run(intent.expiresAt, account, clientOrderId);
    }
  }

  event(event: RecordedEvent): void {
    switch (event.type) {
      case 'create_outcome':
        this.#outcome(event, 'create');
        this.#created(event);
        return;
      case 'change_outcome':
        this.#outcome(event, event.change);
        this.#changed(event);
        return;
      case 'own_order':
        this.#order(event.order, event.at);
        return;
      case 'orders_listed':
        for (const order of event.orders) this.#order(order, event.at);
        // A session is told of a whole listing only after its start has proved that nothing of an earlier one rests.
        if (event.ticker === undefined) this.#sql.earlierEnded.run(event.at, this.#account, this.#session, event.at);
        return;
      case 'fill':
        this.#fill(event);
        return;
      case 'settlement':
        this.#settlement(event);
        return;
      case 'market_status_changed':
        this.#results.heard(this.#account, event);
        return;
      case 'cash_moved':
        this.#move(event);
        return;
      case 'cash_entered':
        this.#entry(event);
        return;
      case 'ledger_restored':
        this.#opening(event);
        return;
      default:
        event satisfies never;
    }
  }

  #outcome({ clientOrderId, at, outcome }: OutcomeEvent, change: string): void {
    const { kind, ...detail } = outcome;
    this.#sql.outcome.run(clientOrderId, change, at, this.#session, kind, this.#scrub(JSON.stringify(detail)));
  }

  #created({ clientOrderId, at, outcome }: Extract<OutcomeEvent, { type: 'create_outcome' }>): void {
    switch (outcome.kind) {
      case 'accepted': {
        const state = outcome.remaining > 0 ? 'open' : 'ended';
        const { orderId, remaining, filled } = outcome;
        this.#sql.orderAccepted.run(orderId, remaining, filled, state, at, this.#account, clientOrderId);
        return;
      }
      case 'refused':
      case 'dropped':
        this.#sql.orderEnded.run(outcome.kind, at, this.#account, clientOrderId);
        return;
      case 'unknown':
        return;
      default:
        outcome satisfies never;
    }
  }

  #changed({ clientOrderId, at, outcome }: Extract<OutcomeEvent, { type: 'change_outcome' }>): void {
    if (outcome.kind === 'cancelled') this.#sql.orderEnded.run('cancelled', at, this.#account, clientOrderId);
  }

  /** One that we do not know (the database is last night's) is adopted; one that is no kmm's is none of ours. */
  #order(order: OwnOrder, at: EpochMs): void {
    if (!order.clientOrderId.startsWith(OWN_PREFIX)) return;
    this.#sql.orderSeen.run(
      this.#account,
      order.clientOrderId,
      order.orderId,
      order.ticker,
      order.shard ?? null,
      order.side,
      order.price,
      order.remaining,
      order.filled,
      order.expiresAt ?? null,
      order.status === 'resting' ? 'open' : 'ended',
      order.reason ?? null,
      at,
    );
  }

  /** What the exchange knew and we did not is kept, so that the next session starts from the same numbers. */
  #opening({ openingCash, fills, settlements, moves = [], entries = [], at }: LedgerRestored): void {
    for (const move of moves) this.#move(move);
    for (const entry of entries) this.#entry(entry);
    for (const { shard, cash } of openingCash) this.#sql.openingCash.run(this.#account, shard, cash, at);
    for (const fill of fills) this.#fill(fill);
    for (const settlement of settlements) this.#settlement(settlement);
    this.#fees.closeOld(this.#account);
  }

  #move({ transferId, from, to, amount, at, exchangeAt = at }: CashMoved): void {
    this.#sql.move.run(this.#account, transferId, this.#session, from, to, amount, exchangeAt);
  }

  #entry({ entryId, kind, shard, amount, label, at, exchangeAt = at }: CashEntered): void {
    const kept = this.#scrub(label);
    this.#sql.entry.run(this.#account, entryId, this.#session, kind, shard, amount, kept, exchangeAt);
  }

  /** Over REST a fill does not name our id: the order does. One that no order of kmm has made keeps none. */
  #fill(fill: FillSeen): void {
    const { tradeId, orderId, clientOrderId, ticker, side, price, size, isTaker, fee, shard, exchangeAt, at } = fill;
    this.#sql.fill.run({
      ...{ account: this.#account, session: this.#session, tradeId, orderId, ticker, side, price, size, fee, at },
      clientOrderId: clientOrderId ?? null,
      isTaker: isTaker ? 1 : 0,
      shard: shard ?? null,
      exchangeAt: exchangeAt ?? null,
    });
  }

  #settlement(event: SettlementSeen): void {
    const { ticker, settledAt, value, result, shard, at } = event;
    this.#results.heard(this.#account, event);
    const row = [this.#account, ticker, settledAt, this.#session, value, result, shard ?? null, at];
    if (this.#sql.settlement.run(...row).changes > 0) this.#results.paid(ticker);
  }
}

function prepareStatements(database: Database.Database) {
  return {
    orderSent: database.prepare(`
      INSERT INTO orders (account, client_order_id, session, ticker, shard, side, price, remaining, expires_at, updated_at,
        filled, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'sent')`),
    orderExtended: database.prepare(`
      UPDATE orders SET expires_at = max(expires_at, ?) WHERE account = ? AND client_order_id = ?`),
    orderAccepted: database.prepare(`
      UPDATE orders SET order_id = ?, remaining = ?, filled = ?, state = ?, updated_at = ?
      WHERE account = ? AND client_order_id = ? AND state = 'sent'`),
    earlierEnded: database.prepare(`
      UPDATE orders SET state = 'ended', reason = 'not listed after a later session began', updated_at = ?
      WHERE account = ? AND state = 'open' AND session < ? AND updated_at < ?`),
    orderEnded: database.prepare(`
      UPDATE orders SET state = 'ended', reason = ?, updated_at = ?
      WHERE account = ? AND client_order_id = ? AND state <> 'ended'`),
    orderSeen: database.prepare(`
      INSERT INTO orders (account, client_order_id, order_id, ticker, shard, side, price, remaining, filled, expires_at,
        state, reason, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (account, client_order_id) DO UPDATE SET
        order_id = excluded.order_id,
        price = excluded.price,
        remaining = excluded.remaining,
        filled = excluded.filled,
        expires_at = max(coalesce(orders.expires_at, excluded.expires_at), coalesce(excluded.expires_at, orders.expires_at)),
        state = excluded.state,
        reason = excluded.reason,
        updated_at = excluded.updated_at
      WHERE orders.state <> 'ended'`),
    outcome: database.prepare(`
      INSERT INTO outcomes (client_order_id, change, at, session, kind, detail) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    fill: database.prepare(`
      INSERT INTO fills (account, trade_id, session, order_id, client_order_id, ticker, side, price, size, is_taker, fee,
        shard, exchange_at, at)
      VALUES (@account, @tradeId, @session, @orderId,
        coalesce(@clientOrderId, (
          SELECT client_order_id FROM orders WHERE account = @account AND order_id = @orderId AND order_id IS NOT NULL)),
        @ticker, @side, @price, @size, @isTaker, @fee, @shard, @exchangeAt, @at)
      ON CONFLICT (account, trade_id) DO UPDATE SET
        client_order_id = coalesce(fills.client_order_id, excluded.client_order_id),
        shard = coalesce(fills.shard, excluded.shard)
      WHERE fills.client_order_id IS NULL OR fills.shard IS NULL`),
    settlement: database.prepare(`
      INSERT INTO settlements (account, ticker, settled_at, session, value, result, shard, at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    move: database.prepare(`
      INSERT INTO cash_moves (account, transfer_id, session, from_shard, to_shard, amount, at) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    entry: database.prepare(`
      INSERT INTO cash_entries (account, entry_id, session, kind, shard, amount, label, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`),
    openingCash: database.prepare(`
      INSERT INTO opening_cash (account, shard, cash, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`),
  };
}
