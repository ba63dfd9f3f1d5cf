/**
 * The freezes that apply here: those of the markets that a trader or the exchange knows, and of the series that are
 * configured; each with who said so. Where they differ the trader's own figure rules, as it was started with it.
 */
import { type FreezeView, freezesOf } from '../../core/clock/freezes.ts';
import { isWithin } from '../../core/risk/halts.ts';
import type { RiskView } from '../../core/risk/risk-view.ts';
import { type Configuration, originText } from '../config/config.ts';
import type { LimitOrigin } from './limit-origins.ts';

export interface FreezeRow extends FreezeView {
  readonly origins: readonly LimitOrigin[];
}

/** `name`: a series, an event, a market or a group of the configuration; undefined: all. A limit's name has no freeze. */
export function freezeRows(
  view: RiskView,
  configuration: Configuration,
  name: string | undefined,
): readonly FreezeRow[] {
  const { markets, parameters, entries } = configuration;
  const known = new Map((view.freezes ?? []).map((one) => [one.seriesTicker, one]));
  const configured = freezesOf([], parameters, view.at, [...new Set(markets.map(seriesOf))]);
  for (const one of configured) if (!known.has(one.seriesTicker)) known.set(one.seriesTicker, one);
  const members =
    parameters.risk.groups.find((group) => group.name === name)?.members ?? (name === undefined ? [] : [name]);
  const isMeant = ({ seriesTicker }: FreezeView) =>
    name === undefined || members.some((one) => isWithin(one, seriesTicker) || one === seriesTicker);
  return [...known.values()]
    .filter(isMeant)
    .sort((a, b) => (a.seriesTicker < b.seriesTicker ? -1 : 1))
    .map((one) => {
      const key = one.isOwn ? `clock.series.${one.seriesTicker}.freeze_seconds` : 'quoting.freeze_seconds';
      const said = entries.filter((entry) => entry.key === key);
      return { ...one, origins: said.map(({ value, origin }) => ({ key, value, origin: originText(origin) })) };
    });
}

function seriesOf(ticker: string): string {
  return ticker.split('-')[0] ?? ticker;
}
