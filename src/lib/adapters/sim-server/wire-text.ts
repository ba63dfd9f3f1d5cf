/** How the exchange writes times, ids and averages; refuses nothing, everything given is already valid. */
import { createHash } from 'node:crypto';
import { type EpochMs, formatMoney, formatScaled, type Microdollars, type Side, signOf } from '../../core/units.ts';
import type { VenueFill } from '../../sim/venue.ts';

const MICRODOLLARS_PER_CENTICENT = 100;

/** RFC 3339 in UTC with milliseconds. */
export function timeText(at: EpochMs): string {
  return new Date(at).toISOString();
}

export function secondsOf(at: EpochMs): number {
  return Math.floor(at / 1_000);
}

/** A stable identifier in UUID form (version 8: derived from content) for things the venue knows by name only. */
export function namedId(kind: 'market' | 'user', name: string): string {
  const hex = createHash('sha256').update(`${kind}:${name}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Averages per contract: four decimals as captured, six where the value needs them. */
export function averageText(money: Microdollars): string {
  const isWhole = money % MICRODOLLARS_PER_CENTICENT === 0;
  return isWhole ? formatScaled(money / MICRODOLLARS_PER_CENTICENT, 4) : formatMoney(money);
}

/** Balances have four decimals for a direct member; anything below is dropped toward less. */
export function balanceText(money: Microdollars): string {
  return formatScaled(Math.floor(money / MICRODOLLARS_PER_CENTICENT), 4);
}

/** Whole cents, dropped toward less. */
export function centsOf(money: Microdollars): number {
  return Math.floor(money / 10_000);
}

/** Ten-thousandths of a dollar, of amounts that are whole ones. */
export function centicentsOf(money: Microdollars): number {
  return money / MICRODOLLARS_PER_CENTICENT;
}

/**
 * The deprecated pair of a fill. `side` repeats the outcome; `action` is sell where the fill closed something, so that
 * the end of a YES position reads sell no (kalshi/api.md 3.4).
 */
export function legacyDirectionOf({ side, size, positionAfter }: VenueFill): {
  side: 'yes' | 'no';
  action: 'buy' | 'sell';
} {
  const before = positionAfter - signOf(side) * size;
  return { side: side === 'bid' ? 'yes' : 'no', action: signOf(side) * before < 0 ? 'sell' : 'buy' };
}

/** The direction words of one side: `bid ≡ yes`, `ask ≡ no`, with the deprecated action of an order (kalshi/api.md 3.4). */
export function directionOf(side: Side): { outcome: 'yes' | 'no'; action: 'buy' | 'sell' } {
  return side === 'bid' ? { outcome: 'yes', action: 'buy' } : { outcome: 'no', action: 'sell' };
}
