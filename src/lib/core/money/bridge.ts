/**
 * From the ledger's figures to the exchange's: every microdollar and every contract of a difference under the cause it has.
 * The causes add up to the difference exactly, for what is left is a cause of its own, `unknown`.
 *
 * What the exchange lists otherwise than we have it is a fact, and counts however the figures come out. What is only
 * possible (a row of ours that it does not list, a deposit of which it does not say where it went) counts when it makes what
 * is left smaller, and not otherwise.
 */

import type { FillSeen, SettlementSeen } from '../events.ts';
import {
  type Centicontracts,
  type EpochMs,
  formatMoney,
  formatPrice,
  formatSize,
  microdollars,
  NO_MONEY,
  NO_SIZE,
  PRICE_ONE,
} from '../units.ts';
import type { BridgeOptions, Cause, CauseKind, MoneyRecords, Statement } from './bridge-types.ts';
import { settlementId } from './entry.ts';
import { type Ledger, lockedOf } from './ledger.ts';

/** Each costs a ledger made anew. */
const CORRECTIONS_MAX = 50;

export function bridge(options: BridgeOptions): readonly Cause[] {
  return new Bridge(options).causes();
}

export function fillKey({ tradeId }: Pick<FillSeen, 'tradeId'>): string {
  return tradeId;
}

export function settlementKey({ ticker, settledAt }: Pick<SettlementSeen, 'ticker' | 'settledAt'>): string {
  return settlementId(ticker, settledAt);
}

type Effect = Pick<Cause, 'cash' | 'sizes'>;

class Bridge {
  readonly #options: BridgeOptions;
  readonly #causes: Cause[] = [];
  /** Theirs less ours, by shard and by ticker. */
  readonly #cash = new Map<number, number>();
  readonly #sizes = new Map<string, number>();
  #records: MoneyRecords;
  #ledger: Ledger;

  constructor(options: BridgeOptions) {
    const { ours, theirs, ledgerOf } = options;
    this.#options = options;
    this.#records = ours;
    this.#ledger = ledgerOf(ours);
    const { cash, sizes } = between(this.#ledger, theirs);
    for (const { shard, amount } of cash) this.#cash.set(shard, amount);
    for (const { ticker, size } of sizes) this.#sizes.set(ticker, size);
  }

  causes(): readonly Cause[] {
    this.#differing();
    this.#missing();
    this.#transfers();
    this.#entered();
    this.#paid();
    this.#unlisted();
    this.#movements();
    this.#unknown();
    return this.#causes;
  }

  #differing(): void {
    const { fills, settlements } = this.#options.listed;
    const theirFills = new Map(fills.map((fill) => [fillKey(fill), fill]));
    const theirSettlements = new Map(settlements.map((one) => [settlementKey(one), one]));
    const corrected = this.#records.fills.flatMap((ours) => {
      const theirs = theirFills.get(fillKey(ours));
      if (theirs === undefined || isSameFill(ours, theirs)) return [];
      const isFee = isSameFill({ ...ours, fee: theirs.fee }, theirs);
      const kind: CauseKind = isFee ? 'fee_differs' : 'fill_differs';
      return this.#isAdjusted(kind, fillKey(ours)) ? [] : [{ kind, isFee, ours, theirs }];
    });
    for (const { kind, isFee, ours, theirs } of corrected.slice(0, CORRECTIONS_MAX)) {
      const text = isFee ? feesText(ours, theirs) : `ours ${fillText(ours)}; theirs ${fillText(theirs)}`;
      this.#correct(kind, fillKey(ours), text, withFill(this.#records, theirs));
    }
    for (const ours of this.#records.settlements) {
      const theirs = theirSettlements.get(settlementKey(ours));
      if (theirs === undefined || theirs.value === ours.value) continue;
      if (this.#isAdjusted('settlement_differs', settlementKey(ours))) continue;
      const text = `${ours.ticker}: ours settled at ${formatPrice(ours.value)}, theirs at ${formatPrice(theirs.value)}`;
      this.#correct('settlement_differs', settlementKey(ours), text, withSettlement(this.#records, theirs));
    }
  }

  /** Booked as they are listed, in the order in which they happened. */
  #missing(): void {
    const { listed } = this.#options;
    const ours = new Set(this.#records.fills.map(fillKey));
    const ourSettlements = new Set(this.#records.settlements.map(settlementKey));
    const fills = listed.fills.filter((fill) => !ours.has(fillKey(fill))).toSorted((a, b) => timeOf(a) - timeOf(b));
    const settlements = listed.settlements
      .filter((one) => !ourSettlements.has(settlementKey(one)))
      .toSorted((a, b) => a.settledAt - b.settledAt);
    for (const fill of fills) {
      const apply = () => this.#ledger.fill(fill, fill.shard ?? 0);
      this.#add('fill_missing', fillKey(fill), fillText(fill), fill.ticker, apply);
    }
    for (const one of settlements) {
      const text = `${one.ticker} settled ${one.result} at ${formatPrice(one.value)}`;
      this.#add('settlement_missing', settlementKey(one), text, one.ticker, () =>
        this.#ledger.settlement(one, one.shard ?? 0),
      );
    }
    this.#records = {
      ...this.#records,
      fills: [...this.#records.fills, ...fills],
      settlements: [...this.#records.settlements, ...settlements],
    };
  }

  #transfers(): void {
    const ours = new Set((this.#records.moves ?? []).map(({ transferId }) => transferId));
    for (const { transferId, from, to, amount } of this.#options.listed.transfers) {
      if (ours.has(transferId)) continue;
      const text = `$${formatMoney(amount)} moved from shard ${from} to shard ${to}`;
      const cash = [
        { shard: from, amount: microdollars(-amount) },
        { shard: to, amount },
      ];
      this.#note('transfer', transferId, text, { cash, sizes: [] });
    }
  }

  #entered(): void {
    const ours = new Set((this.#records.entries ?? []).map(({ entryId }) => entryId));
    for (const { entryId, shard, amount, label } of this.#options.listed.entries) {
      if (!ours.has(entryId)) this.#note('cash_missing', entryId, label, { cash: [{ shard, amount }], sizes: [] });
    }
  }

  /** Paid by the exchange, as the missing position and the cash show, and not yet on its list. */
  #paid(): void {
    const { theirs, listed } = this.#options;
    for (const { ticker, value, shard } of listed.paid) {
      const { position } = this.#ledger.holding(ticker);
      if (position === 0 || (theirs.positions.get(ticker) ?? NO_SIZE) !== 0) continue;
      const amount = microdollars(value * position + lockedOf(position));
      const text = `${ticker} is finalized at ${formatPrice(value)}, and its settlement is not listed yet`;
      const effect = { cash: [{ shard, amount }], sizes: [{ ticker, size: (-position || 0) as Centicontracts }] };
      if (this.#isHelpful(effect)) this.#note('paid_not_listed', ticker, text, effect);
    }
  }

  #unlisted(): void {
    if (!this.#isLeft()) return;
    const { fills, settlements, wholeSince } = this.#options.listed;
    const listed = new Set(fills.map(fillKey));
    const listedSettlements = new Set(settlements.map(settlementKey));
    const isWhole = (fill: FillSeen) => wholeSince === undefined || timeOf(fill) >= wholeSince;
    const candidates = this.#records.fills.filter((fill) => !listed.has(fillKey(fill)) && isWhole(fill));
    for (const fill of candidates.slice(-CORRECTIONS_MAX)) {
      const key = fillKey(fill);
      const without = { ...this.#records, fills: this.#records.fills.filter((one) => fillKey(one) !== key) };
      this.#correctIfHelpful('fill_not_listed', key, `booked here: ${fillText(fill)}`, without);
    }
    for (const one of this.#records.settlements.filter((row) => !listedSettlements.has(settlementKey(row)))) {
      const key = settlementKey(one);
      const rest = this.#records.settlements.filter((row) => settlementKey(row) !== key);
      const text = `booked here: ${one.ticker} settled ${one.result} at ${formatPrice(one.value)}`;
      this.#correctIfHelpful('settlement_not_listed', key, text, { ...this.#records, settlements: rest });
    }
  }

  /** To the shard where it fits best. */
  #movements(): void {
    for (const { id, kind, amount } of this.#options.listed.movements) {
      if (this.#isAdjusted(kind, id)) continue;
      const shards = [...this.#cash.keys()].toSorted((a, b) => this.#leftWith(a, amount) - this.#leftWith(b, amount));
      const [shard] = shards;
      const text = `${kind} of $${formatMoney(microdollars(Math.abs(amount)))}, listed by the exchange`;
      const effect = { cash: shard === undefined ? [] : [{ shard, amount }], sizes: [] };
      if (this.#isHelpful(effect)) this.#note(kind, id, text, effect);
    }
  }

  #unknown(): void {
    for (const [shard, amount] of this.#cash) {
      if (amount === 0) continue;
      const text = `nothing that the exchange lists explains it`;
      this.#note('unknown', '', text, { cash: [{ shard, amount: microdollars(amount) }], sizes: [] });
    }
    for (const [ticker, size] of this.#sizes) {
      if (size === 0) continue;
      const text = `no fill and no settlement that the exchange lists explains it`;
      this.#note('unknown', '', text, { cash: [], sizes: [{ ticker, size: size as Centicontracts }] });
    }
  }

  #correct(kind: CauseKind, id: string, text: string, records: MoneyRecords): void {
    const ledger = this.#options.ledgerOf(records);
    const effect = between(this.#ledger, statementOf(ledger));
    this.#records = records;
    this.#ledger = ledger;
    this.#note(kind, id, text, effect);
  }

  #correctIfHelpful(kind: CauseKind, id: string, text: string, records: MoneyRecords): void {
    if (!this.#isLeft()) return;
    const effect = between(this.#ledger, statementOf(this.#options.ledgerOf(records)));
    if (this.#isHelpful(effect)) this.#correct(kind, id, text, records);
  }

  #add(kind: CauseKind, id: string, text: string, ticker: string, apply: () => void): void {
    const [cash, { position }] = [new Map(this.#ledger.cashByShard()), this.#ledger.holding(ticker)];
    apply();
    const size = (this.#ledger.holding(ticker).position - position) as Centicontracts;
    const changed = [...this.#ledger.cashByShard()].map(([shard, now]) => ({
      shard,
      amount: microdollars(now - (cash.get(shard) ?? NO_MONEY)),
    }));
    const sizes = size === 0 ? [] : [{ ticker, size }];
    this.#note(kind, id, text, { cash: changed.filter(({ amount }) => amount !== 0), sizes });
  }

  #note(kind: CauseKind, id: string, text: string, { cash, sizes }: Effect): void {
    for (const { shard, amount } of cash) this.#cash.set(shard, (this.#cash.get(shard) ?? 0) - amount);
    for (const { ticker, size } of sizes) this.#sizes.set(ticker, (this.#sizes.get(ticker) ?? 0) - size);
    this.#causes.push({ kind, id, text, cash, sizes });
  }

  #isAdjusted(kind: CauseKind, id: string): boolean {
    return this.#options.adjusted?.has(`${kind} ${id}`) === true;
  }

  #isLeft(): boolean {
    return [...this.#cash.values(), ...this.#sizes.values()].some((rest) => rest !== 0);
  }

  #isHelpful({ cash, sizes }: Effect): boolean {
    let better = 0;
    for (const { shard, amount } of cash)
      better += Math.abs(this.#cash.get(shard) ?? 0) - this.#leftWith(shard, amount);
    for (const { ticker, size } of sizes) {
      const rest = this.#sizes.get(ticker) ?? 0;
      // A contract counts as the dollar that it may pay.
      better += (Math.abs(rest) - Math.abs(rest - size)) * PRICE_ONE;
    }
    return better > 0;
  }

  #leftWith(shard: number, amount: number): number {
    return Math.abs((this.#cash.get(shard) ?? 0) - amount);
  }
}

/** What has to be added to the ledger's figures to come to the statement's. */
function between(ledger: Ledger, { cash, positions }: Statement): Effect {
  const shards = [...new Set([...ledger.cashByShard().keys(), ...cash.keys()])].toSorted((a, b) => a - b);
  const tickers = [...new Set([...ledger.tickers(), ...positions.keys()])].toSorted();
  return {
    cash: shards
      .map((shard) => ({ shard, amount: microdollars((cash.get(shard) ?? NO_MONEY) - ledger.cash(shard)) }))
      .filter(({ amount }) => amount !== 0),
    sizes: tickers
      .map((ticker) => {
        const size = (positions.get(ticker) ?? NO_SIZE) - ledger.holding(ticker).position;
        return { ticker, size: size as Centicontracts };
      })
      .filter(({ size }) => size !== 0),
  };
}

function statementOf(ledger: Ledger): Statement {
  const positions = [...ledger.tickers()].map((ticker) => [ticker, ledger.holding(ticker).position] as const);
  return { cash: ledger.cashByShard(), positions: new Map(positions) };
}

function withFill(records: MoneyRecords, fill: FillSeen): MoneyRecords {
  return {
    ...records,
    fills: records.fills.map((one) => (fillKey(one) === fillKey(fill) ? { ...one, ...fill } : one)),
  };
}

function withSettlement(records: MoneyRecords, settlement: SettlementSeen): MoneyRecords {
  const key = settlementKey(settlement);
  const settlements = records.settlements.map((one) => (settlementKey(one) === key ? { ...one, ...settlement } : one));
  return { ...records, settlements };
}

function isSameFill(ours: FillSeen, theirs: FillSeen): boolean {
  const { ticker, side, price, size, fee } = theirs;
  return ours.ticker === ticker && ours.side === side && ours.price === price && ours.size === size && ours.fee === fee;
}

function feesText(ours: FillSeen, theirs: FillSeen): string {
  return `${ours.ticker}: the fee of this fill is $${formatMoney(ours.fee)} here, $${formatMoney(theirs.fee)} there`;
}

function fillText({ ticker, side, size, price, fee }: FillSeen): string {
  const verb = side === 'bid' ? 'bought' : 'sold';
  return `${ticker} ${verb} ${formatSize(size)} at ${formatPrice(price)}, fee $${formatMoney(fee)}`;
}

function timeOf({ exchangeAt, at }: FillSeen): EpochMs {
  return exchangeAt ?? at;
}
