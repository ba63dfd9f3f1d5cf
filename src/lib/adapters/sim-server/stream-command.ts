/**
 * Reads one command off the stream. Anything the exchange would refuse for its shape alone is refused here, with the code
 * of its error table (kalshi/api.md 7.1, 7.5).
 */
import { parseGuarded } from './json-guard.ts';
import type { StreamErrorCode } from './stream-errors.ts';

/** `id` is absent when the text did not yield one, or 0, which the exchange takes for none. */
export interface CommandRefusal {
  readonly kind: 'refused';
  readonly id?: number;
  readonly code: StreamErrorCode;
}

export interface Subscribe {
  readonly kind: 'subscribe';
  readonly id: number | undefined;
  readonly channels: readonly string[];
  readonly filter: Filter;
  readonly usesYesPrice: boolean;
  readonly wantsSnapshot: boolean;
  readonly skipsTickerList: boolean;
}
export interface Update {
  readonly kind: 'update';
  readonly id: number | undefined;
  readonly sid: number;
  readonly action: string;
  readonly filter: Filter;
  readonly wantsSnapshot: boolean;
}
export type Command =
  | Subscribe
  | Update
  | { readonly kind: 'unsubscribe'; readonly id: number | undefined; readonly sids: readonly number[] }
  | { readonly kind: 'list'; readonly id: number | undefined };

/** Absent lists were not given; given ones are never empty. */
export interface Filter {
  readonly tickers?: readonly string[];
  readonly marketIds?: readonly string[];
  readonly indices?: readonly string[];
  readonly underlyings?: readonly string[];
}

export function readCommand(text: string): Command | CommandRefusal {
  const decoded = parseGuarded(text)?.value;
  if (!isRecord(decoded)) return { kind: 'refused', code: 1 };
  const { id, cmd, params } = decoded;
  if (id !== undefined && !isCount(id)) return { kind: 'refused', code: 11 };
  const number = id === 0 ? undefined : id;
  if (cmd === 'list_subscriptions') return { kind: 'list', id: number };
  if (cmd !== 'subscribe' && cmd !== 'unsubscribe' && cmd !== 'update_subscription') return refused(number, 5);
  if (!isRecord(params)) return refused(number, 2);
  if (cmd === 'subscribe') return readSubscribe(number, params);
  return cmd === 'unsubscribe' ? readUnsubscribe(number, params) : readUpdate(number, params);
}

const SHARD_FACTOR_MAX = 100;

type Params = Readonly<Record<string, unknown>>;

function readSubscribe(id: number | undefined, params: Params): Command | CommandRefusal {
  const { channels } = params;
  if (!Array.isArray(channels) || channels.length === 0) return refused(id, 3);
  if (!channels.every(isText)) return refused(id, 11);
  const filter = readFilter(params);
  const usesYesPrice = readFlag(params, 'use_yes_price');
  const wantsSnapshot = readFlag(params, 'send_initial_snapshot');
  const skipsTickerList = readFlag(params, 'skip_ticker_ack');
  if (filter === undefined || usesYesPrice === undefined) return refused(id, 11);
  if (wantsSnapshot === undefined || skipsTickerList === undefined) return refused(id, 11);
  const fanout = fanoutProblem(params);
  if (fanout !== undefined) return refused(id, fanout);
  return { kind: 'subscribe', id, channels, filter, usesYesPrice, wantsSnapshot, skipsTickerList };
}

function readUnsubscribe(id: number | undefined, { sids }: Params): Command | CommandRefusal {
  if (!Array.isArray(sids) || sids.length === 0) return refused(id, 4);
  return sids.every(isCount) ? { kind: 'unsubscribe', id, sids } : refused(id, 11);
}

function readUpdate(id: number | undefined, params: Params): Command | CommandRefusal {
  const { sid, sids, action } = params;
  const given = sid === undefined ? sids : sids === undefined ? [sid] : undefined;
  if (!Array.isArray(given) || given.length !== 1) return refused(id, 12);
  if (!isCount(given[0])) return refused(id, 11);
  if (action === undefined || action === '') return refused(id, 15);
  const filter = readFilter(params);
  const wantsSnapshot = readFlag(params, 'send_initial_snapshot');
  if (!isText(action) || filter === undefined || wantsSnapshot === undefined) return refused(id, 11);
  return { kind: 'update', id, sid: given[0], action, filter, wantsSnapshot };
}

/** Part of the communications only: every `shard_factor`-th message, or the caller's own. There are none to divide. */
function fanoutProblem({
  shard_factor: factor,
  shard_key: key,
  user_filter: user,
}: Params): StreamErrorCode | undefined {
  if (user !== undefined && user !== 'self') return 11;
  if (factor !== undefined) {
    if (!Number.isSafeInteger(factor)) return 11;
    if ((factor as number) <= 0) return 19;
    if ((factor as number) > SHARD_FACTOR_MAX) return 22;
  }
  if (key === undefined) return undefined;
  if (factor === undefined) return 20;
  if (!Number.isSafeInteger(key)) return 11;
  return (key as number) < 0 || (key as number) >= (factor as number) ? 21 : undefined;
}

function readFilter(params: Params): Filter | undefined {
  const tickers = readTexts(params, 'market_ticker', 'market_tickers');
  const marketIds = readTexts(params, 'market_id', 'market_ids');
  const indices = readTexts(params, undefined, 'index_ids');
  const underlyings = readTexts(params, undefined, 'underlying_tickers');
  if (tickers === undefined || marketIds === undefined) return undefined;
  if (indices === undefined || underlyings === undefined) return undefined;
  return {
    ...(tickers.length === 0 ? {} : { tickers }),
    ...(marketIds.length === 0 ? {} : { marketIds }),
    ...(indices.length === 0 ? {} : { indices }),
    ...(underlyings.length === 0 ? {} : { underlyings }),
  };
}

/** The single or the plural form; undefined when one of them is of the wrong type, or both are given. */
function readTexts(params: Params, single: string | undefined, plural: string): readonly string[] | undefined {
  const one = single === undefined ? undefined : params[single];
  const many = params[plural] ?? [];
  if (!Array.isArray(many) || !many.every(isText)) return undefined;
  if (one === undefined || one === '') return many;
  return isText(one) && many.length === 0 ? [one] : undefined;
}

function readFlag(params: Params, name: string): boolean | undefined {
  const value = params[name] ?? false;
  return typeof value === 'boolean' ? value : undefined;
}

function refused(id: number | undefined, code: StreamErrorCode): CommandRefusal {
  return { kind: 'refused', ...(id === undefined ? {} : { id }), code };
}

function isRecord(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
