/** What a name on the command line stands for among the limits: a group, a series, an event, a market, a shard or a limit. */
import { isWithin } from '../../core/risk/halts.ts';
import { LIMIT_NAMES, LIMITS } from '../../core/risk/limits.ts';
import type { LimitBar, RiskView } from '../../core/risk/risk-view.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError } from '../errors/errors.ts';
import { didYouMean } from '../markets/suggest.ts';

/** The bars that the name is about. Empty: nothing is at stake there. Throws KMM_USAGE for a name that nothing has. */
export function barsWithin(
  name: string,
  { bars, events }: RiskView,
  configuration: Configuration,
): readonly LimitBar[] {
  const { groups } = configuration.parameters.risk;
  const group = groups.find((one) => one.name === name);
  const tickers = group === undefined ? [name] : group.members;
  const found = bars.filter(({ limit, subject }) => {
    if (limit === name || subject === name || subject?.replace(' ', ':') === name) return true;
    return subject !== undefined && LIMITS[limit].scope !== 'shard' && tickers.some((one) => isWithin(subject, one));
  });
  const followed = configuration.markets.some((one) => isWithin(one, name) || isWithin(name, one));
  if (found.length > 0 || group !== undefined || followed || LIMIT_NAMES.some((one) => one === name)) return found;
  const series = events.map(({ seriesTicker }) => seriesTicker);
  const known = new Set([
    ...[...bars.flatMap(({ subject }) => subject ?? []), ...series, ...groups.map((one) => one.name)],
    ...[...configuration.markets, ...LIMIT_NAMES],
  ]);
  throw new KmmError(
    'KMM_USAGE',
    `no group, series, event, market or limit is called ${name}${didYouMean(name, [...known])}`,
    { next: ['kmm risk show', 'kmm risk show --all'] },
  );
}

/** Totals, and what is filled at all, the fullest first. */
export function barsAtStake(bars: readonly LimitBar[]): readonly LimitBar[] {
  const isWhole = ({ subject }: LimitBar) => subject === undefined;
  return [...bars.filter(isWhole), ...fullestFirst(bars.filter((bar) => !isWhole(bar) && (bar.used ?? 0) > 0))];
}

/** Used of allowed; above 1 where a limit is passed. Absent where the use is not known. */
export function shareUsed({ used, allowed }: LimitBar): number | undefined {
  if (used === undefined) return undefined;
  if (used === 0) return 0;
  return allowed > 0 ? used / allowed : Number.POSITIVE_INFINITY;
}

function fullestFirst(bars: readonly LimitBar[]): readonly LimitBar[] {
  return [...bars].sort((a, b) => (shareUsed(b) ?? 0) - (shareUsed(a) ?? 0));
}
