/** The fee terms that each market had at a moment, as far as we were told: a fill may be told of after they have changed. */
import type { FeeTerms } from '../market.ts';
import type { EpochMs } from '../units.ts';

interface Known {
  readonly from: EpochMs;
  readonly terms: FeeTerms;
}

/** Of one market. */
const KEPT_MAX = 8;
/** What the stream says arrives well within this; what is read may be so much older (reliability.md V4). */
const TOLD_LATE_MS = 5_000;

export class TermsInTime {
  readonly #markets = new Map<string, { readonly seriesTicker: string; readonly known: Known[] }>();

  /** From now on; the terms' own schedule and waiver are part of them. */
  define(ticker: string, seriesTicker: string, terms: FeeTerms, at: EpochMs): void {
    const market = this.#markets.get(ticker);
    if (market === undefined) {
      this.#markets.set(ticker, { seriesTicker, known: [{ from: at, terms }] });
      return;
    }
    const { known } = market;
    if (JSON.stringify(known.at(-1)?.terms) === JSON.stringify(terms)) return;
    known.push({ from: at, terms });
    if (known.length > KEPT_MAX) known.shift();
  }

  forget(ticker: string): void {
    this.#markets.delete(ticker);
  }

  seriesOf(ticker: string): string | undefined {
    return this.#markets.get(ticker)?.seriesTicker;
  }

  /**
   * Those that counted at a moment; then those that we were told of soon after, for a change takes effect before we hear of
   * it. Of before they were known: the first that we were told.
   */
  at(ticker: string, at: EpochMs): readonly FeeTerms[] {
    const known = this.#markets.get(ticker)?.known;
    if (known === undefined) return [];
    const first = Math.max(
      0,
      known.findLastIndex(({ from }) => from <= at),
    );
    return known
      .filter(({ from }, index) => index === first || (index > first && from <= at + TOLD_LATE_MS))
      .map(({ terms }) => terms);
  }
}
