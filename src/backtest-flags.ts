/** Flags that commands over recorded data share. */
import { existsSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { archiveOf } from './lib/app/archive/archive-home.ts';
import { isOfArchive } from './lib/app/archive/archive-name.ts';
import { whereArchived } from './lib/app/archive/is-archived.ts';
import { asReceived, latenciesOf } from './lib/app/backtest/latencies.ts';
import type { ConfigurationFlag } from './lib/app/config/config.ts';
import type { Home } from './lib/app/config/home.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import type { BacktestSources, Latencies, PrintSource, TimedCalibration } from './lib/core/backtest/job.ts';
import type { Parameters } from './lib/core/parameters.ts';
import { type EpochMs, type Microdollars, parseMoney } from './lib/core/units.ts';
import { configurationFlags, quoterFlags, setFlags } from './shared-flags.ts';

export const backtestFlags = {
  data: Flags.string({
    required: true,
    multiple: true,
    helpValue: 'FILE',
    description: 'a recording, a tape, captures, or archive:SERIES@DAY..DAY; several are joined in order of time',
  }),
  outcomes: Flags.string({ helpValue: 'CSV', description: 'how the markets ended: ticker, close, strike, result' }),
  reference: Flags.string({
    multiple: true,
    helpValue: 'INDEX=FILE',
    description: 'trades of an underlying (CSV: exchange_ts, price), heard as the prints of this index',
  }),
  market: Flags.string({ multiple: true, helpValue: 'TICKER', description: 'only markets that begin so' }),
  prints: Flags.option({
    options: ['auto', 'recorded', 'inferred', 'none'] as const,
    default: 'auto' as const,
    description: 'recorded where there are any, else inferred from ticker and book (auto)',
  })(),
  clock: Flags.option({
    options: ['exchange', 'receipt'] as const,
    default: 'exchange' as const,
    description: "by the exchange's stamps, or one tape of kmm as it was received (what run --shadow decided on)",
  })(),
  from: Flags.string({ helpValue: 'TIME', description: 'only what was recorded from here on (ISO, UTC)' }),
  to: Flags.string({ helpValue: 'TIME', description: 'and before there' }),
  'index-model': Flags.string({
    multiple: true,
    helpValue: 'FILE',
    description:
      'parameters of an index (model fit index --out), each used from the end of its data on; default: all here',
  }),
  ...quoterFlags,
  set: Flags.string({ multiple: true, helpValue: 'KEY=VALUE', description: 'a key of the configuration for this run' }),
  latency: Flags.string({
    default: '15,30,15',
    helpValue: 'MS|FEED,ORDER,ANSWER|FILE',
    description: 'ms on each way, or a file of measured ones',
  }),
  turn: Flags.integer({ default: 100, min: 1, helpValue: 'MS', description: 'one decision per so much recorded time' }),
  seed: Flags.integer({ default: 1, min: 0, helpValue: 'N', description: 'of every draw there is' }),
  cash: Flags.string({ default: '10000', helpValue: 'DOLLARS', description: 'at the start, on each shard' }),
};

interface Given {
  readonly data: readonly string[];
  readonly outcomes?: string | undefined;
  readonly reference?: readonly string[] | undefined;
  readonly market?: readonly string[] | undefined;
  readonly prints: PrintSource;
  readonly clock?: 'exchange' | 'receipt';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly cash: string;
}

/** @param home where the archive lies. Throws KMM_USAGE. */
export function sourcesOf(given: Given, home: Pick<Home, 'directory' | 'tapes'>): BacktestSources {
  const { data, outcomes, reference = [], market = [], prints, clock, from, to } = given;
  for (const file of data) refuseGone(file, home);
  const references = reference.map((text) => {
    const [, index, file] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
    if (index === undefined || file === undefined)
      throw new KmmError('KMM_USAGE', `--reference ${text} is not INDEX=FILE`);
    return { index, file };
  });
  return {
    ...{ files: data, references, markets: market, prints },
    ...(clock === 'receipt' && { clock }),
    ...(data.some(isOfArchive) && { archive: archiveOf(home).root }),
    ...(outcomes !== undefined && { outcomes }),
    ...(from !== undefined && { from: timeOf('--from', from) }),
    ...(to !== undefined && { to: timeOf('--to', to) }),
  };
}

/** A tape that was let go of is asked of the archive. Throws KMM_RECORDING_BAD. */
function refuseGone(file: string, home: Pick<Home, 'directory' | 'tapes'>): void {
  if (isOfArchive(file) || !file.endsWith('.tape') || existsSync(file)) return;
  const archived = whereArchived(home, file);
  if (archived === undefined) return;
  throw new KmmError('KMM_RECORDING_BAD', `${file} is not there: ${archived.what}`, { next: archived.next });
}

/** The strategy and every --set, as the strongest layer of the configuration. Throws KMM_USAGE. */
export function settingsOf(flags: Given): ConfigurationFlag[] {
  return [...configurationFlags({ ...flags }), ...setFlags(flags.set ?? [])];
}

/**
 * What prices indices in recorded time; nothing is read where no index is priced, nor for a tape as it was received, which
 * says what was told. Throws KMM_MODEL_FILE, KMM_MODEL_NEWER.
 */
export async function calibrationsOf(
  given: { readonly 'index-model'?: readonly string[] | undefined; readonly clock?: string },
  parameters: Parameters,
  home: Pick<Home, 'calib'>,
): Promise<readonly TimedCalibration[]> {
  const { pricesIndices } = await import('./lib/app/model/index-calibrations.ts');
  if (given.clock === 'receipt' || !pricesIndices(parameters)) return [];
  const { timedCalibrations } = await import('./lib/app/model/timed-calibrations.ts');
  return timedCalibrations(home.calib, given['index-model']);
}

/** Of a tape as it was received, the feed's way is in it. Throws KMM_USAGE. */
export function waysOf({ latency, clock }: { readonly latency: string; readonly clock: string }): Latencies {
  const ways = latenciesOf(latency);
  return clock === 'receipt' ? asReceived(ways) : ways;
}

/** Throws KMM_USAGE. */
export function cashOf({ cash }: Given): Microdollars {
  const money = parseMoney(cash);
  if (money === undefined || money <= 0) throw new KmmError('KMM_USAGE', `--cash ${cash} is no sum of dollars`);
  return money as Microdollars;
}

function timeOf(flag: string, text: string): EpochMs {
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(at)) throw new KmmError('KMM_USAGE', `${flag} ${text} is no time`);
  return at as EpochMs;
}
