/**
 * Compares the ledger with what the exchange states, to the last digit. The exchange's read side lags, so a difference
 * counts only when a later statement repeats it and nothing of ours filled meanwhile (reliability.md section 4).
 */
import type { BalanceSeen, PositionsSeen } from './events.ts';
import type { Ledger } from './ledger.ts';
import { READ_LAG_MS } from './order.ts';
import { type EpochMs, formatMoney, formatSize, NO_MONEY, NO_SIZE } from './units.ts';

/** One figure as the ledger has it and as the exchange states it. */
interface Comparison<Unit extends number> {
  readonly name: string;
  readonly ours: Unit;
  readonly theirs: Unit;
}

/** What the exchange said of figures that differ, and when it was first asked. By name. */
type Disputes = ReadonlyMap<string, { readonly theirs: number; readonly askedAt: EpochMs }>;

const NO_DISPUTES: Disputes = new Map();

export class Reconciliation {
  readonly #ledger: Ledger;
  #cash = NO_DISPUTES;
  #positions = NO_DISPUTES;
  #movedAt = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Cash or a position of ours changed: statements asked before this and shortly after it prove nothing. */
  moved(at: EpochMs): void {
    this.#movedAt = at;
    this.#cash = NO_DISPUTES;
    this.#positions = NO_DISPUTES;
  }

  /** The difference in words once it is proved, else undefined. A shard that is not stated holds nothing. */
  balance({ askedAt, shards }: BalanceSeen): string | undefined {
    if (this.#isTooEarly(askedAt)) return undefined;
    const stated = new Map(shards.map(({ shard, cash }) => [shard, cash]));
    const compared = [...new Set([...stated.keys(), ...this.#ledger.cashByShard().keys()])].map((shard) => ({
      name: `shard ${shard}`,
      ours: this.#ledger.cash(shard),
      theirs: stated.get(shard) ?? NO_MONEY,
    }));
    const proved = repeated(compared, this.#cash, askedAt);
    this.#cash = disputesOf(compared, this.#cash, askedAt);
    return inWords('cash differs', proved, (money) => `$${formatMoney(money)}`);
  }

  /** As for the balance. A market that is not stated is flat. */
  positions({ askedAt, positions }: PositionsSeen): string | undefined {
    if (this.#isTooEarly(askedAt)) return undefined;
    const stated = new Map(positions.map(({ ticker, position }) => [ticker, position]));
    const compared = [...new Set([...stated.keys(), ...this.#ledger.tickers()])].map((ticker) => ({
      name: ticker,
      ours: this.#ledger.holding(ticker).position,
      theirs: stated.get(ticker) ?? NO_SIZE,
    }));
    const proved = repeated(compared, this.#positions, askedAt);
    this.#positions = disputesOf(compared, this.#positions, askedAt);
    return inWords('positions differ', proved, formatSize);
  }

  #isTooEarly(askedAt: EpochMs): boolean {
    return askedAt < this.#movedAt + READ_LAG_MS;
  }
}

function disputesOf(compared: readonly Comparison<number>[], before: Disputes, askedAt: EpochMs): Disputes {
  const disputes = new Map<string, { theirs: number; askedAt: EpochMs }>();
  for (const { name, ours, theirs } of compared) {
    if (ours === theirs) continue;
    const known = before.get(name);
    disputes.set(name, known?.theirs === theirs ? known : { theirs, askedAt });
  }
  return disputes;
}

/** Those that the exchange stated differently, and alike, over at least the time that its read side may lag. */
function repeated<Unit extends number>(
  compared: readonly Comparison<Unit>[],
  before: Disputes,
  askedAt: EpochMs,
): readonly Comparison<Unit>[] {
  return compared.filter(({ name, ours, theirs }) => {
    const known = before.get(name);
    return ours !== theirs && known?.theirs === theirs && askedAt - known.askedAt >= READ_LAG_MS;
  });
}

function inWords<Unit extends number>(
  what: string,
  compared: readonly Comparison<Unit>[],
  format: (figure: Unit) => string,
): string | undefined {
  if (compared.length === 0) return undefined;
  const texts = compared.map(({ name, ours, theirs }) => `${name}: ours ${format(ours)}, theirs ${format(theirs)}`);
  return `${what}: ${texts.join('; ')}`;
}
