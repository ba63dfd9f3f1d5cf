/**
 * What became of the fills: where the mid went after them, how many were picked off, how they came about; and how often offers
 * were filled by where they stood and how long was left.
 */
import { HORIZONS_MS } from '../pnl/split.ts';
import { type Interval, wilson } from '../pnl/wilson.ts';
import { type Observation, ratioOf } from '../promotion/estimates.ts';
import { type Centicontracts, type Microdollars, microdollars, signOf } from '../units.ts';
import { type CentsEstimate, centsOf } from './estimate.ts';
import type { BacktestResult, FillCause, FillResult, OfferCell } from './result.ts';

export interface FillFigures {
  readonly count: number;
  readonly contracts: Centicontracts;
  readonly takers: number;
  readonly byCause: readonly {
    readonly cause: FillCause;
    readonly fills: number;
    readonly contracts: Centicontracts;
  }[];
  /** Of fills whose mid is known: how far behind it they were made, in cents a contract. */
  readonly spread: CentsEstimate | null;
  readonly markouts: readonly MarkoutFigure[];
  readonly adverse: AdverseFigure;
  /** What the fills were expected to bring by the fair value behind each quote, fees taken off; null: of none is it known. */
  readonly expected: { readonly net: Microdollars; readonly fills: number } | null;
}

export interface MarkoutFigure {
  readonly horizonMs: number;
  /** Fills whose mid then is known. */
  readonly fills: number;
  /** Σ s·(M_H − M₀) a contract, in cents: below zero the mid went against us (math.md section 14: a with its sign turned). */
  readonly perContract: CentsEstimate | null;
  /** What of the spread is left after it: spread + markout, of the same fills, cents a contract. */
  readonly kept: CentsEstimate | null;
}

/** Fills after which the mid had gone against us a minute later. */
export interface AdverseFigure {
  readonly known: number;
  readonly adverse: number;
  readonly interval: Interval | null;
}

const CAUSES: readonly FillCause[] = ['print', 'through', 'touch', 'taken'];
const MINUTE = HORIZONS_MS.length - 1;

export function fillFigures({ fills }: Pick<BacktestResult, 'fills'>): FillFigures {
  const sizeOf = (some: readonly FillResult[]) => some.reduce((sum, { size }) => sum + size, 0) as Centicontracts;
  const behind = (fill: FillResult) => moved(fill, 2 * fill.price, fill.midDoubled);
  return {
    count: fills.length,
    contracts: sizeOf(fills),
    takers: fills.filter(({ isTaker }) => isTaker).length,
    byCause: CAUSES.flatMap((cause) => {
      const some = fills.filter(({ by }) => by === cause);
      return some.length === 0 ? [] : [{ cause, fills: some.length, contracts: sizeOf(some) }];
    }),
    spread: perContract(fills, behind),
    markouts: HORIZONS_MS.map((horizonMs, index) => {
      const after = (fill: FillResult) => moved(fill, fill.midDoubled, fill.laterMids[index] ?? null);
      return {
        horizonMs,
        fills: fills.filter((fill) => after(fill) !== null).length,
        perContract: perContract(fills, after),
        kept: perContract(fills, (fill) => (after(fill) === null ? null : sumOf(behind(fill), after(fill)))),
      };
    }),
    adverse: adverseOf(fills),
    expected: expectedOf(fills),
  };
}

/** s·size·(to − from) in half microdollars of doubled prices; null where one of them is not known. */
function moved({ side, size }: FillResult, from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : signOf(side) * size * (to - from);
}

function sumOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** Half microdollars over contracts, one pair an event. */
function perContract(fills: readonly FillResult[], of: (fill: FillResult) => number | null): CentsEstimate | null {
  const events = new Map<string, Observation>();
  for (const fill of fills) {
    const halves = of(fill);
    if (halves === null) continue;
    const { result, base } = events.get(fill.eventTicker) ?? { result: 0, base: 0 };
    events.set(fill.eventTicker, { result: result + halves / 2e4, base: base + fill.size / 100 });
  }
  return centsOf(ratioOf([...events.values()]));
}

function adverseOf(fills: readonly FillResult[]): AdverseFigure {
  const moves = fills.flatMap((fill) => moved(fill, fill.midDoubled, fill.laterMids[MINUTE] ?? null) ?? []);
  const adverse = moves.filter((move) => move < 0).length;
  return { known: moves.length, adverse, interval: wilson(adverse, moves.length) ?? null };
}

function expectedOf(fills: readonly FillResult[]): FillFigures['expected'] {
  let [count, net] = [0, 0];
  for (const { fair, side, size, price, fee } of fills) {
    if (fair === null) continue;
    count += 1;
    net += Math.round(signOf(side) * size * (fair * 10_000 - price)) - fee;
  }
  return count === 0 ? null : { net: microdollars(net), fills: count };
}

/** One row of the tables of fill rates. */
export interface OfferRow {
  /** Cents behind the mid, or ms to the close at most; null: more than the last bound. */
  readonly key: number | null;
  readonly offers: number;
  /** Filled at least in part. */
  readonly touched: number;
  /** touched / offers, Wilson 95 %. */
  readonly interval: Interval;
  /** Contracts filled of those offered. */
  readonly filledShare: number;
  readonly restingMsMean: number;
}

/** `by` the offset, or the time to close. In ascending order, what has no bound last. */
export function offerRows(cells: readonly OfferCell[], by: 'offsetCents' | 'closeMsMax'): readonly OfferRow[] {
  const groups = [...Map.groupBy(cells, (cell) => cell[by])];
  return groups
    .sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity))
    .flatMap(([key, some]) => {
      const total = (of: (cell: OfferCell) => number) => some.reduce((sum, one) => sum + of(one), 0);
      const [offers, touched, size] = [
        total((cell) => cell.offers),
        total((cell) => cell.touched),
        total((cell) => cell.size),
      ];
      const interval = wilson(touched, offers);
      if (interval === undefined) return [];
      return [
        {
          ...{ key, offers, touched, interval, restingMsMean: total((cell) => cell.restingMs) / offers },
          filledShare: size === 0 ? 0 : total((cell) => cell.filled) / size,
        },
      ];
    });
}
