/** Markets in words: what a status allows, where YES begins, which prices there are, what is charged. */
import { type Glyphs, priceText } from '../../format.ts';
import type { PriceRange } from '../../lib/core/grid.ts';
import type { FeeTerms, MarketStatus, Strike } from '../../lib/core/market.ts';
import { type EpochMs, formatMoney, type Microdollars } from '../../lib/core/units.ts';

/** What may be done in a market now. The exchange is silent at open and close, so the clock has a say (api.md 6.5). */
export function statusWords(status: MarketStatus, openAt: EpochMs, closeAt: EpochMs, now: EpochMs): string {
  const isClosing = status === 'active' || status === 'initialized' || status === 'inactive';
  if (isClosing && now >= closeAt) return `${status}, past its close: ${OVER}`;
  switch (status) {
    case 'initialized':
      return now >= openAt
        ? `initialized, open by the clock: ${OPEN}`
        : 'initialized: no order is taken before it opens';
    case 'active':
      return now < openAt ? 'active: no order is taken before it opens' : `active: ${OPEN}`;
    case 'inactive':
      return 'inactive: paused; no order is taken, and what rested is gone when it opens again';
    case 'closed':
      return `closed: ${OVER}`;
    case 'determined':
      return 'determined: the result is known and pays when the settlement timer ends, unless it is disputed';
    case 'disputed':
      return 'disputed: the result is contested; nothing is paid before it is decided';
    case 'amended':
      return 'amended: the result was changed and pays when the settlement timer ends';
    case 'finalized':
      return 'finalized: paid, nothing more happens here';
    default:
      return status satisfies never;
  }
}

const OPEN = 'orders may be placed, changed and cancelled';
const OVER = 'no order call is answered, cancels included; the exchange cancels what rests';

/** "at or above 84,000.5"; undefined when the record states none. */
export function strikeWords(
  strike: Strike | undefined,
  more: { functional?: string; custom?: string },
): string | undefined {
  if (strike === undefined) return more.functional ?? more.custom;
  const [floor, cap] = [figure(strike.floor), figure(strike.cap)];
  switch (strike.type) {
    case 'greater':
      return `above ${floor}`;
    case 'greater_or_equal':
      return strike.floor === undefined ? 'at or above a value that is set at the open' : `at or above ${floor}`;
    case 'less':
      return `below ${cap}`;
    case 'less_or_equal':
      return `at or below ${cap}`;
    case 'between':
      return `from ${floor} to ${cap}`;
    case 'functional':
      return more.functional ?? 'a function of the result (see the rules)';
    case 'custom':
    case 'structured':
      return more.custom ?? 'as the rules say';
    default:
      return strike.type satisfies never;
  }
}

/** "1 ¢ steps from 1 to 99 ¢", or each band. */
export function gridWords(ranges: readonly PriceRange[], signs: Glyphs): string {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return 'no price is stated';
  const cents = (value: number) => `${priceText(value as PriceRange['start'], signs)} ${signs.cent}`;
  const bounds = `from ${cents(low.start + low.step)} to ${cents(high.end - high.step)}`;
  if (sorted.length === 1) return `steps of ${cents(low.step)} ${bounds}`;
  const bands = sorted.map(({ start, end, step }) => `${cents(step)} between ${cents(start)} and ${cents(end)}`);
  return `${bounds}, in steps of ${bands.join(', ')}`;
}

/** The formula with its factor worked in (kalshi/api.md 8.1). P is the price in dollars. */
export function feeWords({ type, multiplier }: Pick<FeeTerms, 'type' | 'multiplier'>): string {
  const { numerator, denominator } = multiplier;
  const percent = (share: number) => `${trimmedNumber((7 * share * numerator) / denominator)} %`;
  const taker = `takers pay ${percent(1)} x P x (1 - P) a contract`;
  switch (type) {
    case 'quadratic':
      return `${taker}, makers nothing`;
    case 'quadratic_with_maker_fees':
      return `${taker}, makers ${percent(1 / 4)} x P x (1 - P)`;
    case 'quadratic_with_combo_maker_fees':
      return `${taker}, makers ${percent(1 / 2)} x P x (1 - P)`;
    default:
      return `${type} x ${trimmedNumber(numerator / denominator)}: its formula is not published, so kmm prices no fill here`;
  }
}

/** "$0.0175", "$1.75", "$0": as exact as it is. */
export function feeText(fee: Microdollars | undefined, signs: Glyphs): string {
  return fee === undefined
    ? signs.dash
    : `$${formatMoney(fee)
        .replace(/(\.\d\d)(\d*?)0+$/, '$1$2')
        .replace(/\.00$/, '')}`;
}

function figure(value: number | undefined): string {
  return value === undefined ? 'a value not stated' : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function trimmedNumber(value: number): string {
  return String(Number(value.toFixed(4)));
}
