/**
 * When nothing of ours rests before the close (B-6), series by series: the general freeze, or the series' own clock. Plain
 * data, for `kmm risk show`.
 */
import type { Market } from '../market.ts';
import type { Parameters } from '../parameters.ts';
import type { EpochMs } from '../units.ts';
import { clockRulesOf, freezeAt, phaseAt } from './market-clock.ts';

export interface FreezeView {
  readonly seriesTicker: string;
  /** Before the close of each market, and after it, ms. */
  readonly beforeMs: number;
  readonly afterMs: number;
  /** By a clock of its own; else the general freeze. */
  readonly isOwn: boolean;
  /** The market that is frozen next; absent: none is known that is not frozen already. */
  readonly next?: { readonly ticker: string; readonly at: EpochMs };
  /** Markets in which nothing rests for it now. */
  readonly frozen: number;
}

/** Of these markets' series and of those that have clocks of their own and are asked for by name, in their order. */
export function freezesOf(
  markets: readonly Market[],
  parameters: Pick<Parameters, 'quoting' | 'clock'>,
  at: EpochMs,
  named: readonly string[] = [],
): readonly FreezeView[] {
  const bySeries = Map.groupBy(markets, ({ seriesTicker }) => seriesTicker);
  const all = [...new Set([...named, ...bySeries.keys()])].sort();
  return all.map((seriesTicker) => {
    const { freezeMs: beforeMs, postMs: afterMs } = clockRulesOf(seriesTicker, parameters);
    const ours = bySeries.get(seriesTicker) ?? [];
    const coming = ours
      .map((market) => ({ ticker: market.ticker, at: freezeAt(market, parameters) }))
      .filter((one) => one.at > at)
      .sort((a, b) => a.at - b.at);
    const [next] = coming;
    const frozen = ours.filter((market) => phaseAt(market, parameters, at).phase === 'FREEZE').length;
    const isOwn = parameters.clock?.series[seriesTicker] !== undefined;
    return { seriesTicker, beforeMs, afterMs, isOwn, ...(next !== undefined && { next }), frozen };
  });
}
