/** Series of an index on the embedded exchange: which are asked for, when, and what there is to say of them. */
import { tradingDay } from '../../core/clock/trading-calendar.ts';
import type { EpochMs } from '../../core/units.ts';
import { BUILT_IN_SERIES, INDEX_SERIES, seriesFacts } from '../../sim/series.ts';
import { KmmError } from '../errors/errors.ts';
import { momentOf } from '../why/moment.ts';
import type { SimWorldOptions } from './sim-world.ts';

/** Series of an index are there when they are asked for: nobody else's world changes by them. */
export function seriesAskedFor(names: readonly string[]): Pick<SimWorldOptions, 'series'> {
  const asked = INDEX_SERIES.filter((series) => names.some((name) => seriesFacts(name).ticker === series));
  return asked.length === 0 ? {} : { series: [...BUILT_IN_SERIES, ...asked] };
}

/** What there is to say of index series that are asked for while New York does not trade; undefined: nothing. */
export function closedNote({ series = [] }: Pick<SimWorldOptions, 'series'>, at: EpochMs): string | undefined {
  const asked = INDEX_SERIES.filter((name) => series.includes(name));
  const day = tradingDay(at);
  const isTrading = day.kind === 'open' && at >= day.opensAt && at < day.closesAt;
  if (asked.length === 0 || isTrading) return undefined;
  return `New York does not trade now, and ${asked.join(', ')} has no market before it does; --from begins the world at another time`;
}

/** Those of a flag, in which nothing else may stand. Throws KMM_USAGE. */
export function seriesNamed(list: string | undefined): Pick<SimWorldOptions, 'series'> {
  const names = (list ?? '').split(',').flatMap((name) => name.trim() || []);
  const stranger = names.find((name) => !INDEX_SERIES.some((series) => series === name));
  if (stranger === undefined) return seriesAskedFor(names);
  throw new KmmError('KMM_USAGE', `--series ${stranger} is none of ${INDEX_SERIES.join(', ')}`);
}

/** Exchange time at which a world begins: the moment that `--from` names. Throws KMM_USAGE. */
export function worldStart(text: string, now: EpochMs): EpochMs {
  const at = momentOf(text, now);
  if (at >= EARLIEST && at <= LATEST) return at;
  throw new KmmError('KMM_USAGE', `--from ${text}: a world begins between 2016 and 2100`);
}

/** What the trading calendar knows, and what a clock may say. */
const EARLIEST = Date.UTC(2016, 0, 2);
const LATEST = Date.UTC(2100, 0, 1);
