/** What a fee that was not charged as predicted leads to: it is said, quotes are decided anew, and the market may stop. */
import type { FillSeen } from '../events.ts';
import type { MarketTable } from '../market-table.ts';
import type { HaltBoard, Notes } from '../notes.ts';
import type { EpochMs, Microdollars } from '../units.ts';
import { differenceText, type FeeDifference, FeeWatch, type OrderLookup } from './fee-watch.ts';

export interface FeeAlarmOptions {
  readonly markets: MarketTable;
  readonly board: HaltBoard;
  readonly notes: Notes;
  readonly balanceStep: Microdollars;
  readonly orderOf: OrderLookup;
}

export class FeeAlarm {
  readonly watch: FeeWatch;
  readonly #markets: MarketTable;
  readonly #board: HaltBoard;
  readonly #notes: Notes;

  readonly #orderOf: OrderLookup;

  constructor({ markets, board, notes, balanceStep, orderOf }: FeeAlarmOptions) {
    this.watch = new FeeWatch(balanceStep);
    this.#markets = markets;
    this.#board = board;
    this.#notes = notes;
    this.#orderOf = orderOf;
  }

  /** A fill that was just booked. */
  filled(fill: FillSeen): void {
    this.#differ(this.watch.fill(fill, this.#orderOf(fill.orderId)), fill.at);
  }

  /** Once a second. */
  look(now: EpochMs): void {
    this.#differ(this.watch.look(now, this.#orderOf), now);
  }

  #differ(differences: readonly FeeDifference[], at: EpochMs): void {
    for (const { check, halt } of differences) {
      this.#notes.say(at, 'error', `${check.ticker}: fee charged ≠ predicted, ${differenceText(check)}`);
      if (halt !== undefined) this.#board.raise('FEES', check.ticker, at, halt);
    }
    if (differences.length > 0) this.#markets.touchAll();
  }
}
