/**
 * What one fill has brought, in parts that add up exactly (math.md section 19): spread captured, markout over a horizon, and
 * what was carried from there to the end.
 *
 *     s·q·(X − P) = s·q·(M₀ − P) + s·q·(M_H − M₀) + s·q·(X − M_H)
 *
 * Mids are doubled, so the parts are counted in half microdollars. A part whose mid was not noted is not known: it is kept
 * apart, and the sum holds all the same. Fees belong to no part.
 */
import { type Centicents, type Centicontracts, type Microdollars, type Side, signOf } from '../units.ts';

declare const half: unique symbol;
/** Money in $0.0000005. Integer; signed. */
export type HalfMicrodollars = number & { readonly [half]: true };

/** After a fill, in ms: when its mid is noted again. */
export const HORIZONS_MS = [1_000, 10_000, 60_000] as const;

export interface HorizonSplit {
  readonly markout: HalfMicrodollars;
  /** From the mid at the horizon to the settlement value, or to the mark. */
  readonly residual: HalfMicrodollars;
  /** Of what was gained after the price paid: which part was which is not known. */
  readonly unknown: HalfMicrodollars;
  /** Fills whose mid at this horizon is not known. */
  readonly unknownFills: number;
}

/** spread + markout + residual + unknown = gross, at each horizon. */
export interface Split {
  readonly gross: HalfMicrodollars;
  /** Of the fills whose mid at the fill is known. */
  readonly spread: HalfMicrodollars;
  /** Fills whose mid at the fill is not known. */
  readonly unknownFills: number;
  /** As HORIZONS_MS. */
  readonly horizons: readonly HorizonSplit[];
}

export interface SplitFill {
  readonly side: Side;
  readonly size: Centicontracts;
  readonly price: Centicents;
}

/** Doubled mids by horizon in ms, 0 for the fill itself. */
export type FillMids = ReadonlyMap<number, number>;

/** @param end X: what one YES paid, or its mark, in centicents. */
export function splitOf(fill: SplitFill, mids: FillMids, end: Centicents): Split {
  const signed = signOf(fill.side) * fill.size;
  // Zero has no sign.
  const part = (from: number, to: number) => (signed * (to - from) + 0) as HalfMicrodollars;
  const [paid, final, first] = [2 * fill.price, 2 * end, mids.get(0)];
  const gross = part(paid, final);
  const horizons = HORIZONS_MS.map((horizonMs): HorizonSplit => {
    const later = mids.get(horizonMs);
    if (first === undefined) return { ...NO_HORIZON, unknown: gross, unknownFills: 1 };
    if (later === undefined) return { ...NO_HORIZON, unknown: part(first, final), unknownFills: 1 };
    return { ...NO_HORIZON, markout: part(first, later), residual: part(later, final) };
  });
  const spread = first === undefined ? NOTHING : part(paid, first);
  return { gross, spread, unknownFills: first === undefined ? 1 : 0, horizons };
}

const NOTHING = 0 as HalfMicrodollars;
const NO_HORIZON: HorizonSplit = { markout: NOTHING, residual: NOTHING, unknown: NOTHING, unknownFills: 0 };

/** Adds splits up; in place, for there may be a million. */
export class SplitSum {
  #gross = 0;
  #spread = 0;
  #unknownFills = 0;
  readonly #horizons = HORIZONS_MS.map(() => ({ markout: 0, residual: 0, unknown: 0, unknownFills: 0 }));

  add(split: Split): void {
    this.#gross += split.gross;
    this.#spread += split.spread;
    this.#unknownFills += split.unknownFills;
    for (const [i, sum] of this.#horizons.entries()) {
      const more = split.horizons[i] ?? NO_HORIZON;
      sum.markout += more.markout;
      sum.residual += more.residual;
      sum.unknown += more.unknown;
      sum.unknownFills += more.unknownFills;
    }
  }

  get sum(): Split {
    return {
      gross: this.#gross as HalfMicrodollars,
      spread: this.#spread as HalfMicrodollars,
      unknownFills: this.#unknownFills,
      horizons: this.#horizons.map((one) => ({ ...one }) as HorizonSplit),
    };
  }
}

/** Twice as many halves. */
export function halvesOf(money: Microdollars): HalfMicrodollars {
  return (2 * money) as HalfMicrodollars;
}

/** Six decimals, and a seventh where it is no whole microdollar: 5350000 → "2.675000", 1 → "0.0000005". */
export function formatHalves(halves: HalfMicrodollars): string {
  const whole = Math.floor(Math.abs(halves) / 2);
  const digits = String(whole).padStart(7, '0');
  const sign = halves < 0 ? '-' : '';
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}${halves % 2 === 0 ? '' : '5'}`;
}
