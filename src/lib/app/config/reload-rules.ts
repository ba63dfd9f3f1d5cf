/**
 * What a configuration may change while kmm runs, and which way of it is the riskier one. A key that is not here is read at a
 * start alone and needs one. A key belongs here only when everything that goes by it reads it anew each time; a test holds a
 * reloaded engine equal to one that was started so.
 */
import { isDeepStrictEqual } from 'node:util';

/** Which change asks for a typed word: to more, to less, or any. `never`: nothing of it touches money. */
type Risk = 'more' | 'less' | 'any' | 'never';

const RULES: Readonly<Record<string, Risk>> = {
  'log.level': 'never',
  'fair.source': 'any',
  'fair.standard_error': 'less',
  'fair.reference_age_seconds_max': 'more',
  'fair.annual_volatility_percent_min': 'less',
  'fair.proxy_error_dollars': 'less',
  'fair.forecast_age_seconds_max': 'more',
  'quoter.interval_weight': 'less',
  'quoter.as.gamma_per_cent': 'less',
  'quoter.as.kappa_per_cent': 'any',
  'quoter.as.sigma_cents_per_root_hour': 'any',
  'quoter.cara.gamma_per_dollar': 'less',
  'quoter.cara.k_per_dollar': 'any',
  'quoter.cara.adverse_dollars': 'less',
  'quoter.cara.edge_dollars': 'less',
  'quoter.glft.gamma_per_cent': 'less',
  'quoter.glft.k_per_cent': 'any',
  'quoter.glft.fills_per_hour': 'any',
  'quoter.glft.sigma_cents_per_root_hour': 'less',
  'quoter.glft.fitted_fills': 'more',
  'quoter.regime.is_volatile': 'less',
  'clock.news_before_seconds': 'less',
  'clock.news_after_seconds': 'less',
  'quoting.order_size_contracts': 'more',
  'quoting.hysteresis_cents': 'any',
  'quoting.debounce_milliseconds': 'any',
  'quoting.lease_seconds': 'more',
  'quoting.freeze_seconds': 'less',
  'quoting.silence_seconds_max': 'more',
  'quoting.edge_dollars_min': 'less',
  'quoting.clean_seconds': 'less',
  'risk.loss_market_dollars_max': 'more',
  'risk.loss_strike_percent_max': 'more',
  'risk.loss_event_dollars_max': 'more',
  'risk.loss_total_dollars_max': 'more',
  'risk.loss_day_dollars_max': 'more',
  'risk.loss_day_percent_max': 'more',
  'risk.loss_week_dollars_max': 'more',
  'risk.loss_week_percent_max': 'more',
  'risk.drawdown_percent_max': 'more',
  'risk.cool_off_losses_max': 'more',
  'risk.cool_off_seconds': 'less',
  'risk.position_contracts_max': 'more',
  'risk.imbalance_group_contracts_max': 'more',
  'risk.imbalance_total_contracts_max': 'more',
  'risk.order_size_contracts_max': 'more',
  'risk.order_value_dollars_max': 'more',
  'risk.hand_price_cents_max': 'more',
  'risk.orders_per_minute_max': 'more',
  'risk.sent_minute_contracts_max': 'more',
  'risk.sent_day_contracts_max': 'more',
  'risk.exit_cost_dollars_max': 'any',
  'inventory.skewed_above_contracts': 'more',
  'inventory.one_sided_above_contracts': 'more',
  'inventory.exit_above_contracts': 'more',
  'inventory.exit_to_contracts': 'more',
  'inventory.skew_per_ten_contracts_cents': 'less',
  'inventory.final_seconds_max': 'less',
  'inventory.final_window_percent_max': 'less',
  'inventory.final_contracts_max': 'more',
  'honesty.is_enforced': 'less',
  'honesty.probe_contracts': 'more',
};

/** Tables whose keys are the user's own. */
const TABLES: Readonly<Record<string, Risk>> = { skew_cents: 'any', 'fair.series': 'any' };

export const RELOADABLE: readonly string[] = Object.keys(RULES);

export type ReloadGroup = 'safer' | 'riskier' | 'restart';

/** In which of the three groups this change is. `undefined`: the key is not said at all. */
export function groupOf(key: string, from: unknown, to: unknown): ReloadGroup {
  const risk = RULES[key] ?? TABLES[Object.keys(TABLES).find((table) => key.startsWith(`${table}.`)) ?? ''];
  if (risk === undefined) return 'restart';
  if (risk === 'never') return 'safer';
  const [before, after] = [numberOf(from), numberOf(to)];
  const isComparable = risk !== 'any' && Number.isFinite(before) && Number.isFinite(after);
  if (!isComparable) return 'riskier';
  return (risk === 'more') === after > before ? 'riskier' : 'safer';
}

/** `0.5`, `"0.5"` and `"0.50"` are one value. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (isDeepStrictEqual(a, b) || String(a) === String(b)) return true;
  const [x, y] = [numberOf(a), numberOf(b)];
  return Number.isFinite(x) && x === y;
}

function numberOf(value: unknown): number {
  if (typeof value === 'boolean') return Number(value);
  if (value === 'true' || value === 'false') return Number(value === 'true');
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  return isNumeric ? Number(value) : Number.NaN;
}
