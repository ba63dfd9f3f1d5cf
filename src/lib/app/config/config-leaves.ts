/**
 * The kinds of value a config key can have, as zod schemas that turn text or a TOML number into the integers of units.ts.
 *
 * A decimal is converted through its text, exactly; one that would need rounding, or lies outside its range, is refused.
 */
import { z } from 'zod';
import { type EpochMs, epochMs, parseScaled } from '../../core/units.ts';

export interface DecimalRange {
  /** In words, for the error: `dollars`, `contracts`, `seconds`. */
  readonly unit: string;
  /** The integer counts 10^−decimals of the unit. */
  readonly decimals: number;
  /** In the unit, both ends allowed. */
  readonly min: number;
  readonly max: number;
}

/** A decimal in the unit of the key's name → an integer count of 10^−decimals of it. */
export function decimal<Unit extends number = number>(range: DecimalRange) {
  const digits = range.decimals === 0 ? 'a whole number' : `at most ${range.decimals} decimals`;
  const expected = `must be ${range.min} to ${range.max} ${range.unit}, ${digits}`;
  return numberOrText(expected).transform((value, context): Unit => {
    const scaled = parseScaled(String(value).trim(), range.decimals);
    const inUnit = (scaled ?? Number.NaN) / 10 ** range.decimals;
    if (inUnit >= range.min && inUnit <= range.max) return scaled as Unit;
    context.issues.push({ code: 'custom', input: value, message: expected });
    return z.NEVER;
  });
}

/** A real number: a parameter of a model, never money. */
export function real(range: { readonly unit: string; readonly min: number; readonly max: number }) {
  const expected = `must be ${range.min} to ${range.max} ${range.unit}`;
  return numberOrText(expected).transform((value, context): number => {
    const parsed = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value);
    if (parsed >= range.min && parsed <= range.max) return parsed;
    context.issues.push({ code: 'custom', input: value, message: expected });
    return z.NEVER;
  });
}

/** true or false; as text too, because variables are text. */
export function flag() {
  return z
    .custom<boolean | 'true' | 'false'>(
      (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
      {
        error: 'must be true or false',
      },
    )
    .transform((value) => value === true || value === 'true');
}

export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: `must be one of ${names.join(', ')}` });
}

export function text(expected: string) {
  return z.custom<string>((value) => typeof value === 'string' && value.trim() !== '', { error: expected });
}

/** Of an API key: all three may be left out. */
export function key() {
  return {
    key_id: text('must be the id of the key, as the exchange shows it').optional(),
    key_file: text('must be the path of a private key in PEM form').optional(),
    passphrase_file: text('must be the path of a file that holds a passphrase').optional(),
  };
}

export function urlFile() {
  return text('must be the path of a file that holds a URL').optional();
}

export function tokenFile() {
  return text('must be the path of a file that holds a token').optional();
}

/** A list, or text with commas, of markets, events or series. */
export function tickers() {
  const expected = `must be 1 to ${TICKERS_MAX} tickers, in upper case`;
  return z
    .custom<string | readonly unknown[]>((value) => typeof value === 'string' || Array.isArray(value), {
      error: expected,
    })
    .transform((value, context): readonly string[] => {
      const list = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
      if (list.length > 0 && list.length <= TICKERS_MAX && list.every(isTicker)) return [...new Set(list)];
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

/** A list, or text with commas, of words; none at all is a list too. */
export function words() {
  const expected = 'must be a list of words, none longer than 64 signs';
  return z
    .custom<string | readonly unknown[]>((value) => typeof value === 'string' || Array.isArray(value), {
      error: expected,
    })
    .transform((value, context): readonly string[] => {
      const list = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
      const named = list.filter(
        (one): one is string => typeof one === 'string' && one !== '' && one.length <= WORD_MAX,
      );
      if (named.length === list.length || (list.length === 1 && list[0] === '')) return [...new Set(named)];
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

const WORD_MAX = 64;

export const CHANNEL_NAMES = ['discord', 'slack', 'ntfy', 'webhook'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** A list, or text with commas, of channels; none at all is a list too. */
export function channelNames() {
  const expected = `must be a list of ${CHANNEL_NAMES.join(', ')}`;
  return z
    .custom<string | readonly unknown[]>((value) => typeof value === 'string' || Array.isArray(value), {
      error: expected,
    })
    .transform((value, context): readonly ChannelName[] => {
      const list = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
      const named = CHANNEL_NAMES.filter((name) => list.includes(name));
      const isEmpty = list.length === 0 || (list.length === 1 && list[0] === '');
      if (isEmpty || list.every((one) => named.some((name) => name === one))) return named;
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

export const REFERENCE_SOURCES = ['coinbase', 'kraken', 'bitstamp', 'polygon'] as const;
export type ReferenceSource = (typeof REFERENCE_SOURCES)[number];

/** A list, or text with commas, of sources of an index. */
export function referenceSources() {
  const expected = `must be a list of ${REFERENCE_SOURCES.join(', ')}`;
  return z
    .custom<string | readonly unknown[]>((value) => typeof value === 'string' || Array.isArray(value), {
      error: expected,
    })
    .transform((value, context): readonly ReferenceSource[] => {
      const list = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
      const named = REFERENCE_SOURCES.filter((name) => list.includes(name));
      if (named.length > 0 && list.every((one) => named.some((name) => name === one))) return named;
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

/** `22:00-07:00`: minutes of the day, over midnight when it ends before it begins. */
export function hoursOfDay() {
  const expected = 'must be two times of the day in New York, e.g. "22:00-07:00"';
  return z
    .custom<string>((value) => typeof value === 'string', { error: expected })
    .transform((value, context): { readonly from: number; readonly until: number } => {
      const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(value.trim());
      const [from, until] = [1, 3].map((at) => Number(found?.[at]) * 60 + Number(found?.[at + 1]));
      if (from !== undefined && until !== undefined && found !== null && from !== until) return { from, until };
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

/** A moment in ISO 8601 with its zone. */
export function instant() {
  const expected = 'must be a time with its zone, in quotes, e.g. "2026-11-20T09:30:00-05:00"';
  return z
    .custom<string>((value) => typeof value === 'string', { error: expected })
    .transform((value, context): EpochMs => {
      const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
      const at = form.test(value) ? Date.parse(value) : Number.NaN;
      if (Number.isFinite(at)) return epochMs(at);
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

/** What a correlation group is called: never like a ticker, which is what the default groups are called by. */
export function groupName() {
  return z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'must be a name in lower case, such as btc or weather-ny' });
}

/** Bounds what one process is asked to watch. */
const TICKERS_MAX = 200;

function isTicker(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z0-9][A-Z0-9._-]{0,63}$/.test(value);
}

function numberOrText(expected: string) {
  return z.custom<number | string>((value) => typeof value === 'number' || typeof value === 'string', {
    error: expected,
  });
}
