/**
 * Units to text for people: prices in ¢ of YES, contracts, dollars with sign, ages, Eastern times, bars.
 *
 * For people only: `--json` and files carry the exact decimals of units.ts. What is not known is a dash, never a zero.
 */
import { DateTime } from 'luxon';
import type { NextThing } from './lib/core/clock/countdown.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from './lib/core/units.ts';
import { middleCut } from './text-width.ts';

/** The signs that differ between a Unicode and a plain terminal. */
export interface Glyphs {
  readonly dash: string;
  readonly cross: string;
  readonly tick: string;
  readonly live: string;
  readonly halted: string;
  readonly waiting: string;
  readonly pointer: string;
  readonly full: string;
  readonly empty: string;
  readonly line: string;
  readonly join: string;
  readonly dots: string;
  readonly plusMinus: string;
  readonly cent: string;
  readonly separator: string;
}

const UNICODE: Glyphs = {
  dash: '—',
  cross: '✗',
  tick: '✓',
  live: '●',
  halted: '▲',
  waiting: '○',
  pointer: '▶',
  full: '█',
  empty: '░',
  line: '─',
  join: '┼',
  dots: '…',
  plusMinus: '±',
  cent: '¢',
  separator: '·',
};

const ASCII: Glyphs = {
  dash: '-',
  cross: 'x',
  tick: 'ok',
  live: '*',
  halted: '!',
  waiting: 'o',
  pointer: '>',
  full: '#',
  empty: '.',
  line: '-',
  join: '+',
  dots: '~',
  plusMinus: '+-',
  cent: 'c',
  separator: '|',
};

export function glyphs(isAscii: boolean): Glyphs {
  return isAscii ? ASCII : UNICODE;
}

/** `KMM_ASCII=1` asks for the plain signs. */
export function isAsciiWanted(variables: Readonly<Record<string, string | undefined>>): boolean {
  return variables.KMM_ASCII === '1';
}

/** 4680 → "46.8", 4500 → "45": cents with the decimals it needs. */
export function priceText(price: Centicents | undefined, signs: Glyphs): string {
  return price === undefined ? signs.dash : trimmed(price, 2);
}

/** A model's probability as a price: 0.4683 → "46.8", with one decimal more below 1 ¢ and above 99 ¢. */
export function probabilityText(probability: number | undefined, signs: Glyphs): string {
  if (probability === undefined || !Number.isFinite(probability)) return signs.dash;
  const cents = probability * 100;
  return cents.toFixed(cents > -1 && (cents < 1 || cents > 99) && cents < 101 ? 2 : 1);
}

/** 120400 → "1,204", 150 → "1.5". */
export function contractsText(size: Centicontracts | undefined, signs: Glyphs): string {
  return size === undefined ? signs.dash : grouped(trimmed(size, 2));
}

/** A position or a change, always with its sign: "+35", "-2.5", "0". */
export function positionText(position: Centicontracts): string {
  return position > 0 ? `+${grouped(trimmed(position, 2))}` : grouped(trimmed(position, 2));
}

/** What a contract of a position cost, as a price: +35 for 15.4350 → "44.1¢". */
export function averageText(
  { cost, position }: { readonly cost: Microdollars; readonly position: Centicontracts },
  signs: Glyphs,
): string {
  return position === 0 ? signs.dash : `${probabilityText(cost / position / 10_000, signs)}${signs.cent}`;
}

/** Money with sign and cents, rounded half away from zero for the eye only: "+0.84", "-12.30", "0.00". */
export function dollarsText(money: Microdollars): string {
  const cents = Math.floor((Math.abs(money) + 5_000) / 10_000);
  const text = grouped(`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`);
  if (cents === 0) return text;
  return `${money < 0 ? '-' : '+'}${text}`;
}

/** Money without a sign and without needless cents, for limits: "112", "0.50". */
export function amountText(money: Microdollars): string {
  return dollarsText(money).replace(/^\+/, '').replace(/\.00$/, '');
}

/** How long ago or how long still: "0.3 s", "38 s", "2m05", "1h04", "3d 4h". Below zero reads as zero. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${twoDigits(whole % 60)}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** Eastern, which the exchange thinks in, or UTC for those who asked (`--utc`). */
export type Zone = 'ET' | 'UTC';

/** "14:02:11", Eastern time. */
export function timeText(at: EpochMs, zone: Zone = 'ET'): string {
  return zoned(at, zone).toFormat('HH:mm:ss');
}

/** "14:02:11 ET". */
export function clockText(at: EpochMs, zone: Zone = 'ET'): string {
  return `${timeText(at, zone)} ${zone}`;
}

/** As `--json` and tables for programs have a moment. */
export function isoText(at: EpochMs): string {
  return new Date(at).toISOString();
}

/** 0.983 as "98.3 %". */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** "2026-11-20 14:02:11 ET", for lines that outlive the day. */
export function dateTimeText(at: EpochMs, zone: Zone = 'ET'): string {
  return `${zoned(at, zone).toFormat('yyyy-MM-dd HH:mm:ss')} ${zone}`;
}

/** "20:02:11 GMT+1", as the clock on the user's own wall has it, with the date where it is another; undefined in New York. */
export function localTimeText(at: EpochMs): string | undefined {
  const [local, eastern] = [DateTime.fromMillis(at).setLocale('en-US'), zoned(at, 'ET')];
  if (local.offset === eastern.offset) return undefined;
  const isSameDay = local.toISODate() === eastern.toISODate();
  return local.toFormat(isSameDay ? 'HH:mm:ss ZZZZ' : 'yyyy-MM-dd HH:mm:ss ZZZZ');
}

/** "in 2m05", or "1h04 ago". */
export function countdownText(at: EpochMs, now: EpochMs): string {
  return at > now ? `in ${ageText(at - now)}` : `${ageText(now - at)} ago`;
}

/** What comes next, in a few words: "freeze KXBTC15M-…", "news CPI", "maintenance". */
export function nextText({ kind, name }: NextThing): string {
  return kind === 'maintenance' ? kind : `${kind} ${name}`;
}

/** What stale data is stamped with: "last 14:02:11, 38 s". */
export function stampText(lastAt: EpochMs, now: EpochMs): string {
  return `last ${timeText(lastAt)}, ${ageText(now - lastAt)}`;
}

/** A bar of `width` cells, `part` of it full; anything above zero shows at least one cell, and only all shows all. */
export function barText(part: number, width: number, signs: Glyphs): string {
  const share = Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 1;
  const rounded = Math.round(share * width);
  const cells = share > 0 && rounded === 0 ? 1 : share < 1 && rounded === width ? width - 1 : rounded;
  return signs.full.repeat(cells) + signs.empty.repeat(width - cells);
}

/** Shortens in the middle, where tickers say least: "KXBTC15M-2…0000-00". */
export function shortened(text: string, width: number, signs: Glyphs): string {
  return middleCut(text, width, signs.dots);
}

/** An error as text.ts sees it; KmmError is one. */
export interface Failure {
  readonly code: string;
  readonly what: string;
  readonly position: string;
  readonly next: readonly string[];
  readonly ref: string;
  readonly exit: number;
}

/** The three lines of operator.md: what happened, what it means and what to do, where it is explained. */
export function failureText(failure: Failure, signs: Glyphs): string {
  const next = failure.next.join(` ${signs.separator} `);
  return [
    `${signs.cross} ${failure.code}  ${failure.what}`,
    `  ${failure.position}.  Try: ${next}`,
    `  ${failure.ref}   exit ${failure.exit}`,
  ].join('\n');
}

function zoned(at: EpochMs, zone: Zone): DateTime {
  return DateTime.fromMillis(at, { zone: zone === 'ET' ? 'America/New_York' : 'utc' });
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** An integer count of 10^−decimals as text without trailing zeros. */
function trimmed(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return `${value < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Commas between thousands of the whole part. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}
