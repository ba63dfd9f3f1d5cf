/**
 * A settle in virtual time: an account of the embedded exchange, its journal, and sweeps one after the other. Trades go
 * straight to the exchange, so that the journal knows only what a sweep has booked. Its markets pay a second after their result.
 */
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { DEFAULT_COSTS } from '../../src/lib/adapters/kalshi/endpoint-costs.ts';
import { PacedWire } from '../../src/lib/adapters/kalshi/paced-wire.ts';
import { BASIC_TIER, RateLimiter } from '../../src/lib/adapters/kalshi/rate-limit.ts';
import { virtualLink } from '../../src/lib/adapters/sim-server/link.ts';
import { MoneyRows } from '../../src/lib/adapters/store/money-rows.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import { type Reconciled, reconciledOf } from '../../src/lib/app/money/reconciled.ts';
import { repair, type SettleOptions, type SettleReport, settle } from '../../src/lib/app/settle/settle.ts';
import { noteComparison, openBooks, readKept, type SettleDesk } from '../../src/lib/app/settle/settle-desk.ts';
import { type Centicents, epochMs, microdollars } from '../../src/lib/core/units.ts';
import type { Wire } from '../../src/lib/ports.ts';
import type { RulingCommand } from '../../src/lib/sim/control.ts';
import { ACCOUNT, MORNING, Scene } from './virtual-session.ts';

const LINK = { rest: 'virtual', ws: 'virtual', keyId: ACCOUNT, keyFile: '' };

export class SettleBench {
  readonly scene: Scene;
  readonly ticker: string;
  readonly shard: number;
  /** Stands before the exchange. */
  hand: (wire: Wire) => Wire = (wire) => wire;
  readonly #tapes: Promise<void>[] = [];
  #orders = 0;

  constructor(series = 'KXBTC15M') {
    this.scene = new Scene(series, MORNING);
    onTestFinished(() => this.tapesClosed());
    const open = this.scene.desk('GET', `/markets?series_ticker=${series}&status=open`).json.markets;
    const cents = (text: string) => Math.round(Number(text) * 100);
    const { ticker, exchange_index: shard } = open.find(
      (one: { yes_bid_dollars: string; yes_ask_dollars: string }) =>
        cents(one.yes_bid_dollars) > 10 && cents(one.yes_ask_dollars) < 90,
    );
    this.ticker = ticker;
    this.shard = shard;
  }

  async tapesClosed(): Promise<void> {
    await Promise.all(this.#tapes);
  }

  /** Everything that the journal has, as text. */
  rows(): string {
    const database = new Database(this.scene.configuration.home.database, { readonly: true });
    try {
      const tables = database.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
      return JSON.stringify(tables.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]));
    } finally {
      database.close();
    }
  }

  /** What a report would say of the account's money. */
  reconciled(): Reconciled {
    const { home, env } = this.scene.configuration;
    const rows = MoneyRows.open(home.database, env);
    if (rows instanceof StoreProblem) throw rows;
    try {
      return reconciledOf(rows, ACCOUNT, [...rows.fills(ACCOUNT)]);
    } finally {
      rows.close();
    }
  }

  options(more: Partial<SettleOptions> = {}): SettleOptions {
    return { since: epochMs(MORNING - 86_400_000), isDryRun: false, ...more };
  }

  desk(more: Partial<SettleDesk> = {}): SettleDesk {
    const { clock, served, configuration } = this.scene;
    const { wire } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const onTape = (tape: Promise<void>) => void this.#tapes.push(tape);
    return {
      ...{ env: 'sim', account: ACCOUNT, clock, wire: this.#paced(this.hand(wire)), readLagMs: 50, speed: 1 },
      kept: () => readKept(configuration, ACCOUNT, more.holder === undefined),
      openBooks: () => openBooks({ configuration, link: LINK, clock, onTape }),
      compared: (row) => noteComparison(configuration, ACCOUNT, row),
      close: async () => {},
      ...more,
    };
  }

  settle(more: Partial<SettleOptions> = {}, desk = this.desk()): Promise<SettleReport> {
    return this.within(settle(desk, this.options(more)));
  }

  repair(shown: SettleReport, desk = this.desk()): Promise<SettleReport> {
    return this.within(repair(desk, this.options(), shown));
  }

  within<Value>(work: Promise<Value>): Promise<Value> {
    return this.scene.clock.runUntilSettled(work, this.scene.served);
  }

  /** Takes what is there; the journal knows nothing of it. */
  trade(side: 'bid' | 'ask', contracts: number, ticker = this.ticker): void {
    this.#orders += 1;
    const order = {
      ...{ ticker, side, count: `${contracts}.00`, price: side === 'bid' ? '0.9900' : '0.0100' },
      ...{ time_in_force: 'immediate_or_cancel', self_trade_prevention_type: 'taker_at_cross' },
      client_order_id: `elsewhere-${this.#orders}`,
    };
    const { status, json } = this.scene.desk('POST', '/portfolio/events/orders', order);
    if (status !== 201 || Number(json.fill_count) !== contracts) throw new Error(JSON.stringify(json));
  }

  /** Cash from outside, or out. */
  cash(dollars: number, as: 'deposit' | 'withdrawal' | 'unlisted' = 'unlisted', shard = 0): void {
    const amount = microdollars(Math.round(dollars * 1e6));
    this.#control({ action: 'move_cash', shard, amount, as });
  }

  close(): void {
    this.#control({ action: 'close_early', ticker: this.ticker });
  }

  determine(result: RulingCommand['result'], value?: number): void {
    this.#rule('determine', result, value);
  }

  dispute(): void {
    this.#control({ action: 'dispute', ticker: this.ticker });
  }

  amend(result: RulingCommand['result'], value?: number): void {
    this.#rule('amend_result', result, value);
  }

  /** What the exchange itself says is held in the market. */
  held(): string {
    const { market_positions: all } = this.scene.desk('GET', '/portfolio/positions').json;
    return all.find((one: { ticker: string }) => one.ticker === this.ticker)?.position_fp ?? '0.00';
  }

  /** As over a real connection: never more than the tokens there are. */
  #paced(wire: Wire): Wire {
    const limiter = new RateLimiter(BASIC_TIER);
    const { clock } = this.scene;
    return new PacedWire({ wire, limiter, costs: () => DEFAULT_COSTS, clock, random: () => 0.5 });
  }

  #rule(action: 'determine' | 'amend_result', result: RulingCommand['result'], value?: number): void {
    const stated = value === undefined ? {} : { value: value as Centicents };
    this.#control({ action, ticker: this.ticker, result, ...stated });
  }

  #control(command: Parameters<Scene['venue']['control']>[0]): void {
    const done = this.scene.venue.control(command);
    if (done.kind !== 'done') throw new Error(JSON.stringify(done));
  }
}
