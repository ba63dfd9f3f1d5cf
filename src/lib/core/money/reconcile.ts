/**
 * Compares the ledger with what the exchange states, to the last digit. The exchange's read side lags, so a difference
 * counts only when a later statement repeats it and nothing of ours filled meanwhile (reliability.md section 4).
 */
import type { BalanceSeen, PositionsSeen } from '../events.ts';
import { type Asked, completeUpTo, lagOf } from '../orders/read-lag.ts';
import { type EpochMs, epochMs, formatMoney, formatSize, NO_MONEY, NO_SIZE } from '../units.ts';
import type { Ledger } from './ledger.ts';
import { statedDifference } from './stated-cash.ts';

/** One figure as the ledger has it and as the exchange states it. */
interface Comparison<Unit extends number> {
  readonly name: string;
  readonly ours: Unit;
  readonly theirs: Unit;
  readonly isEqual: boolean;
}

/** What the exchange said of figures that differ, and when it was first asked. By name. */
type Disputes = ReadonlyMap<string, { readonly theirs: number; readonly askedAt: EpochMs }>;

const NO_DISPUTES: Disputes = new Map();

/** A market whose position differs, and both figures in words. */
export interface PositionDifference {
  readonly ticker: string;
  readonly text: string;
}

export class Reconciliation {
  readonly #ledger: Ledger;
  #cash = NO_DISPUTES;
  #positions = NO_DISPUTES;
  /** When cash and positions were last stated, if they were equal to ours to the last digit. */
  #equalCash: EpochMs | undefined;
  #equalPositions: EpochMs | undefined;
  #movedAt = 0;
  #isBegun = false;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** The ledger is where the account was. Before that there is nothing to compare. */
  begin(at: EpochMs): void {
    this.#isBegun = true;
    this.moved(at);
  }

  /** Cash or a position of ours changed: a statement that may not hold this yet proves nothing. */
  moved(at: EpochMs): void {
    this.#movedAt = at;
    this.#cash = NO_DISPUTES;
    this.#positions = NO_DISPUTES;
    this.#equalCash = undefined;
    this.#equalPositions = undefined;
  }

  /** The newer of the two statements that were equal to the ledger as it still is; undefined: one differs, or has yet to come. */
  get equalSince(): EpochMs | undefined {
    if (this.#equalCash === undefined || this.#equalPositions === undefined) return undefined;
    return epochMs(Math.max(this.#equalCash, this.#equalPositions));
  }

  /** The difference in words once it is proved, else undefined. A shard that is not stated holds nothing. */
  balance(seen: BalanceSeen): string | undefined {
    if (this.#isTooEarly(seen)) return undefined;
    const stated = new Map(seen.shards.map(({ shard, cash }) => [shard, cash]));
    const compared = [...new Set([...stated.keys(), ...this.#ledger.cashByShard().keys()])].map((shard) => ({
      name: `shard ${shard}`,
      ours: this.#ledger.cash(shard),
      theirs: stated.get(shard) ?? NO_MONEY,
      isEqual: statedDifference(this.#ledger.cash(shard), stated.get(shard) ?? NO_MONEY) === 0,
    }));
    const proved = repeated(compared, this.#cash, seen);
    this.#cash = disputesOf(compared, this.#cash, seen.askedAt);
    this.#equalCash = this.#cash.size === 0 ? seen.at : undefined;
    if (proved.length === 0) return undefined;
    const texts = proved.map(
      ({ name, ours, theirs }) => `${name}: ours $${formatMoney(ours)}, theirs $${formatMoney(theirs)}`,
    );
    return `cash differs: ${texts.join('; ')}`;
  }

  /** As for the balance, market by market. A market that is not stated is flat. */
  positions(seen: PositionsSeen): readonly PositionDifference[] {
    if (this.#isTooEarly(seen)) return [];
    const stated = new Map(seen.positions.map(({ ticker, position }) => [ticker, position]));
    const compared = [...new Set([...stated.keys(), ...this.#ledger.tickers()])].map((ticker) => ({
      name: ticker,
      ours: this.#ledger.holding(ticker).position,
      theirs: stated.get(ticker) ?? NO_SIZE,
      isEqual: this.#ledger.holding(ticker).position === (stated.get(ticker) ?? NO_SIZE),
    }));
    const proved = repeated(compared, this.#positions, seen);
    this.#positions = disputesOf(compared, this.#positions, seen.askedAt);
    this.#equalPositions = this.#positions.size === 0 ? seen.at : undefined;
    return proved.map(({ name, ours, theirs }) => ({
      ticker: name,
      text: `the position differs: ours ${formatSize(ours)}, theirs ${formatSize(theirs)}`,
    }));
  }

  #isTooEarly(asked: Asked): boolean {
    return !this.#isBegun || completeUpTo(asked) < this.#movedAt;
  }
}

function disputesOf(compared: readonly Comparison<number>[], before: Disputes, askedAt: EpochMs): Disputes {
  const disputes = new Map<string, { theirs: number; askedAt: EpochMs }>();
  for (const { name, theirs, isEqual } of compared) {
    if (isEqual) continue;
    const known = before.get(name);
    disputes.set(name, known?.theirs === theirs ? known : { theirs, askedAt });
  }
  return disputes;
}

/** Those that the exchange stated differently, and alike, over at least the time that its read side lags. */
function repeated<Unit extends number>(
  compared: readonly Comparison<Unit>[],
  before: Disputes,
  asked: Asked,
): readonly Comparison<Unit>[] {
  return compared.filter(({ name, theirs, isEqual }) => {
    const known = before.get(name);
    return !isEqual && known?.theirs === theirs && asked.askedAt - known.askedAt >= lagOf(asked);
  });
}
