/**
 * The integers kmm counts in, and the one place where decimal text becomes an integer and an integer becomes text.
 *
 * Price × size is money exactly: 10⁻⁴ dollars × 10⁻² contracts = 10⁻⁶ dollars. Nothing here rounds; text that would
 * need rounding is refused. Rounding belongs to fees.ts alone.
 */

declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** YES price in $0.0001; 1…9999 tradeable, 0 and 10000 are settlement values. Integer. */
export type Centicents = Branded<'Centicents'>;
/** Size in 0.01 contract. Integer; signed where it is a change or a position (+ = long YES). */
export type Centicontracts = Branded<'Centicontracts'>;
/** Money in $0.000001. Integer; signed. */
export type Microdollars = Branded<'Microdollars'>;
/** A number in [0, 1]; lives only inside fair value and quoter. */
export type Probability = Branded<'Probability'>;
/** A share in hundredths of a per cent: 10,000 is all of it. Integer. */
export type BasisPoints = Branded<'BasisPoints'>;
/** Milliseconds since 1970, exchange time. Integer. */
export type EpochMs = Branded<'EpochMs'>;

/** The YES side of the book: `bid` buys YES, `ask` sells YES (= buys NO at 1 − price). */
export type Side = 'bid' | 'ask';

/** $1 in centicents: the payout of one contract, and one above the highest tradeable price. */
export const PRICE_ONE = 10_000 as Centicents;
export const PRICE_ZERO = 0 as Centicents;
export const ONE_CONTRACT = 100 as Centicontracts;
export const NO_SIZE = 0 as Centicontracts;
export const NO_MONEY = 0 as Microdollars;

const PRICE_DECIMALS = 4;
const SIZE_DECIMALS = 2;
const MONEY_DECIMALS = 6;

/** +1 for a bid, −1 for an ask: the sign of the YES position that a fill on this side adds. */
export function signOf(side: Side): 1 | -1 {
  return side === 'bid' ? 1 : -1;
}

export function oppositeOf(side: Side): Side {
  return side === 'bid' ? 'ask' : 'bid';
}

/** A NO price as a YES price, and back. */
export function complement(price: Centicents): Centicents {
  return (PRICE_ONE - price) as Centicents;
}

/** Price × size, exact. Holds while |size| ≤ 9·10¹¹ centicontracts (9 billion contracts). */
export function moneyOf(price: Centicents, size: Centicontracts): Microdollars {
  return (price * size) as Microdollars;
}

export function centicents(value: number): Centicents {
  return whole(value, 'centicents') as Centicents;
}

export function centicontracts(value: number): Centicontracts {
  return whole(value, 'centicontracts') as Centicontracts;
}

export function microdollars(value: number): Microdollars {
  return whole(value, 'microdollars') as Microdollars;
}

export function epochMs(value: number): EpochMs {
  return whole(value, 'epoch milliseconds') as EpochMs;
}

/** "0.5500" → 5500. Undefined unless the text is a plain decimal in [0, 1] whose digits past the fourth are zero. */
export function parsePrice(text: string): Centicents | undefined {
  const value = parseScaled(text, PRICE_DECIMALS);
  return value === undefined || value < 0 || value > PRICE_ONE ? undefined : (value as Centicents);
}

/** "-13.50" → −1350. Undefined unless the text is a plain decimal whose digits past the second are zero. */
export function parseSize(text: string): Centicontracts | undefined {
  return parseScaled(text, SIZE_DECIMALS) as Centicontracts | undefined;
}

/** "12.345678" → 12345678. Undefined unless the text is a plain decimal whose digits past the sixth are zero. */
export function parseMoney(text: string): Microdollars | undefined {
  return parseScaled(text, MONEY_DECIMALS) as Microdollars | undefined;
}

/** Four decimals, as the exchange writes prices: 5500 → "0.5500". */
export function formatPrice(price: Centicents): string {
  return formatScaled(price, PRICE_DECIMALS);
}

/** Two decimals, as the exchange writes counts: −1350 → "-13.50". */
export function formatSize(size: Centicontracts): string {
  return formatScaled(size, SIZE_DECIMALS);
}

/** Six decimals: 12345678 → "12.345678". */
export function formatMoney(money: Microdollars): string {
  return formatScaled(money, MONEY_DECIMALS);
}

/** Decimal text to an integer count of 10^−decimals. No exponent, no sign but "-", no spaces, no rounding. */
export function parseScaled(text: string, decimals: number): number | undefined {
  const match = /^(-?)(\d{1,16})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').padEnd(decimals, '0');
  if (/[^0]/.test(fraction.slice(decimals))) return undefined;
  const value = Number(match[2] + fraction.slice(0, decimals));
  if (!Number.isSafeInteger(value)) return undefined;
  return match[1] === '-' && value !== 0 ? -value : value;
}

/** The inverse of parseScaled, always with all decimals. */
export function formatScaled(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function whole(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} must be a whole number, got ${value}`);
  return value;
}
