/**
 * A CSV (or that, gzipped) of how markets ended: ticker, close, strike, settlement value, result. Columns are found by name, in the spellings
 * that recordings of Kalshi use; others are ignored.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Strike, StrikeType } from '../../core/market.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';

export interface MarketOutcome {
  readonly closeAt: EpochMs;
  readonly strike?: Strike;
  readonly result?: 'yes' | 'no';
  /** The number behind the result, as the file has it. */
  readonly expirationValue?: string;
}

const COLUMNS = {
  ticker: ['market_ticker', 'ticker', 'window'],
  close: ['close_time_utc', 'close_time'],
  floor: ['floor_strike', 'strike'],
  strikeType: ['strike_type'],
  value: ['settle_value', 'expiration_value'],
  result: ['result'],
} as const;

/** Throws KMM_OUTCOMES_BAD with file and line. */
export function readOutcomes(file: string): Map<string, MarketOutcome> {
  const lines = text(file).split(/\r?\n/);
  const header = cells(lines[0] ?? '');
  const column = (names: readonly string[]) => header.findIndex((name) => names.includes(name));
  const at = {
    ticker: column(COLUMNS.ticker),
    close: column(COLUMNS.close),
    floor: column(COLUMNS.floor),
    strikeType: column(COLUMNS.strikeType),
    value: column(COLUMNS.value),
    result: column(COLUMNS.result),
  };
  if (at.ticker < 0 || at.close < 0 || at.result < 0) {
    throw new KmmError('KMM_OUTCOMES_BAD', `${file}:1: needs the columns market_ticker, close_time_utc and result`);
  }
  const outcomes = new Map<string, MarketOutcome>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const row = cells(line);
    const [ticker, close, result] = [row[at.ticker], row[at.close], row[at.result]];
    const closeAt = utcTime(close ?? '');
    if (!ticker || Number.isNaN(closeAt)) throw bad(file, index, `no ticker or no close time in "${line}"`);
    if (result !== 'yes' && result !== 'no' && result !== '')
      throw bad(file, index, `result "${result}" is not yes or no`);
    outcomes.set(ticker, {
      closeAt: epochMs(closeAt),
      ...strikeOf(row[at.floor] ?? '', row[at.strikeType], file, index),
      ...(result !== '' && { result }),
      ...(row[at.value] ? { expirationValue: row[at.value] as string } : {}),
    });
  }
  return outcomes;
}

function strikeOf(floor: string, type: string | undefined, file: string, index: number): { strike?: Strike } {
  if (floor === '') return {};
  const value = Number(floor);
  if (!Number.isFinite(value)) throw bad(file, index, `strike "${floor}" is no number`);
  if (!type) return { strike: { type: 'greater_or_equal', floor: value } };
  if (!isFloorType(type)) throw bad(file, index, `strike type "${type}" is not one with a floor alone`);
  return { strike: { type, floor: value } };
}

/** A file of outcomes has one strike per market. */
function isFloorType(type: string): type is StrikeType {
  return type === 'greater' || type === 'greater_or_equal';
}

/** A time without a zone is UTC, whatever this machine's zone is. NaN when it is none. */
function utcTime(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

function text(file: string): string {
  try {
    const bytes = readFileSync(file);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isPacked ? gunzipSync(bytes) : bytes).toString().replace(/^\uFEFF/, '');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_OUTCOMES_BAD', `${file} cannot be read: ${reason}`, { cause: error });
  }
}

function cells(line: string): string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function bad(file: string, index: number, reason: string): KmmError {
  return new KmmError('KMM_OUTCOMES_BAD', `${file}:${index + 1}: ${reason}`);
}
