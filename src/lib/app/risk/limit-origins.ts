/** Who said how high a limit is: file and line, flag, variable or preset, as `kmm config show --origin` says it. */
import type { HandRefusal } from '../../core/hand/hand-types.ts';
import type { RiskLimits } from '../../core/parameters.ts';
import { LIMIT_NAMES, LIMITS, type LimitName } from '../../core/risk/limits.ts';
import type { LimitBar } from '../../core/risk/risk-view.ts';
import { type Configuration, originText } from '../config/config.ts';

export interface LimitOrigin {
  readonly key: string;
  /** As it was written. */
  readonly value: unknown;
  readonly origin: string;
}

/** Empty for what the exchange sets. */
export function originsOf({ limit, subject }: LimitBar, configuration: Configuration): readonly LimitOrigin[] {
  const { groups } = configuration.parameters.risk;
  const named = limit === 'group_loss' && groups.some(({ name }) => name === subject);
  const keys = named ? [`risk.groups.${subject}.loss_dollars_max`] : LIMITS[limit].keys;
  return configuration.entries
    .filter(({ key }) => keys.includes(key))
    .map(({ key, value, origin }) => ({ key, value, origin: originText(origin) }));
}

/** The limit behind a refusal, and who set it; no limit where a halt or a rule of the market refuses. */
export function refusedBy(
  { word }: HandRefusal,
  configuration: Configuration,
): { readonly limit?: LimitName; readonly origins: readonly LimitOrigin[] } {
  const limit = LIMIT_NAMES.find((name) => name === word);
  return limit === undefined ? { origins: [] } : { limit, origins: originsOf({ limit, allowed: 0 }, configuration) };
}

/** What this configuration allows, where one figure says it: a running trader may have been started with another. */
export function configuredLimit({ limit, subject }: LimitBar, limits: RiskLimits): number | undefined {
  if (limit === 'group_loss') return limits.groups.find(({ name }) => name === subject)?.loss ?? limits.groupLoss;
  return PLAIN[limit]?.(limits);
}

const PLAIN: { readonly [Name in LimitName]?: (limits: RiskLimits) => number } = {
  order_size: ({ orderSize }) => orderSize,
  position: ({ position }) => position,
  market_loss: ({ marketLoss }) => marketLoss,
  event_loss: ({ eventLoss }) => eventLoss,
  total_loss: ({ totalLoss }) => totalLoss,
  group_imbalance: ({ groupImbalance }) => groupImbalance,
  total_imbalance: ({ totalImbalance }) => totalImbalance,
  orders_per_minute: ({ ordersPerMinute }) => ordersPerMinute,
  sent_minute: ({ sentMinute }) => sentMinute,
  sent_day: ({ sentDay }) => sentDay,
  losses_in_a_row: ({ coolOffLosses }) => coolOffLosses,
};
