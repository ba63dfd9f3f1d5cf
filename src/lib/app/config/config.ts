/**
 * One configuration, read once and passed down: the layers merged, checked and turned into the units of the core, each
 * value with the place it came from. Nothing else of kmm reads a file or a variable to know how to trade.
 */
import type { ClockRules } from '../../core/clock/market-clock.ts';
import type { ClockParameters, FairSource, InventoryRules, Parameters, RiskLimits } from '../../core/parameters.ts';
import type { QuoterParameters } from '../../core/quoter/types.ts';
import { epochMs } from '../../core/units.ts';
import { type AlertSettings, alertSettingsOf } from '../alerts/settings.ts';
import type { KmmError } from '../errors/errors.ts';
import { isOfLevel, type ReferenceSettings, referenceSettingsOf } from '../references/settings.ts';
import { type Access, accessOf } from './access.ts';
import { type Layers, type LayersRequest, type Origin, openLayers, refuseUnknownVariables } from './config-layers.ts';
import { checkTogether, problemOf, refuseFuture } from './config-problems.ts';
import { type ConfigValues, configSchema, type LogLevel, OPEN_TABLES, SIM_PRESET } from './config-schema.ts';
import { leavesOf, mergedTree, treeOf, valueAt } from './config-tree.ts';
import { fairOf } from './fair-source.ts';
import { withFittedQuoter } from './fitted-quoter.ts';
import { withFittedWeights } from './fitted-weight.ts';
import { type HonestySettings, honestyOf, honestySettingsOf } from './honesty.ts';
import { newsOf } from './news.ts';
import { type SelectionSettings, selectionOf } from './selection.ts';
import { type SourceSettings, sourcesOf } from './sources.ts';

export type { ConfigurationFlag, Origin } from './config-layers.ts';

export interface Configuration extends Access {
  /** Markets, events or series to work on. */
  readonly markets: readonly string[];
  readonly parameters: Parameters;
  /** How markets are ranked, and whether they are chosen by it. */
  readonly selection: SelectionSettings;
  /** When a model is believed. */
  readonly honesty: HonestySettings;
  readonly metrics: MetricsSettings;
  readonly logLevel: LogLevel;
  readonly alerts: AlertSettings;
  /** Who outside says what markets are worth. */
  readonly sources: readonly SourceSettings[];
  readonly references: ReferenceSettings;
  /** Every key in force, as it was written, in the order of the schema. */
  readonly entries: readonly ConfigurationEntry[];
  /** What it was read from: the same again is read by it. */
  readonly request: LayersRequest;
  /** What was left aside, for stderr. */
  readonly notes: readonly string[];
  /** A fitted weight is named that is not there: nobody may quote with these parameters (fitted-weight.ts). */
  readonly unfitted?: KmmError;
}

/** The page of metrics on loopback. */
export interface MetricsSettings {
  readonly isServed: boolean;
  readonly port: number;
}

export interface ConfigurationEntry {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** Throws KMM_CONFIG_*, KMM_SIM_URL, KMM_KEY_MISSING; KMM_USAGE when a flag's value is at fault. */
export function loadConfiguration(request: LayersRequest): Configuration {
  const layered = withFittedQuoter(openLayers(request), request.environment);
  refuseUnknownVariables(layered.host.variables);
  const now = Date.now();
  const { tree, notes, problem, fittedAt } = withFittedWeights(layered.tree, request, layered.host, now);
  const layers = { ...layered, tree };
  const result = configSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  checkTogether(result.data, layers);
  refuseFuture(result.data, layers, now);
  const parameters = dated(parametersOf(result.data), [layered.fittedAt, fittedAt]);
  const references = referenceSettingsOf(result.data, layers);
  return {
    ...accessOf(result.data, request.environment, layers),
    markets: result.data.markets.tickers,
    parameters,
    selection: selectionOf(result.data.selection, parameters),
    honesty: honestySettingsOf(result.data.honesty),
    metrics: { isServed: result.data.metrics.enabled, port: result.data.metrics.port },
    logLevel: result.data.log.level,
    alerts: alertSettingsOf(result.data, layers),
    sources: sourcesOf(result.data, layers, request.environment),
    references,
    entries: entriesOf(layers),
    request,
    notes: [...layers.notes, ...notes, ...proxyNotes(references, parameters)],
    ...(problem !== undefined && { unfitted: problem }),
  };
}

/** With the oldest of the fits behind their numbers. */
export function dated(parameters: Parameters, fits: readonly (number | undefined)[]): Parameters {
  const known = fits.filter((at) => at !== undefined);
  return known.length === 0 ? parameters : { ...parameters, fittedAt: epochMs(Math.min(...known)) };
}

/** Spot trades are taken for the index that settles, and nothing is said of how far they are off it. */
function proxyNotes({ indices }: ReferenceSettings, { fair, fairBySeries = {} }: Parameters): readonly string[] {
  const isTakenAsIndex = [fair, ...Object.values(fairBySeries)]
    .map((source) => (source.kind === 'blend' ? source.model : source))
    .some((source) => source.kind === 'settlement-average' && source.proxySdDollars === 0);
  const proxies = indices.filter((one) => !isOfLevel(one)).map(({ index }) => index);
  if (!isTakenAsIndex || proxies.length === 0) return [];
  return [`${proxies.join(', ')} from spot exchanges is not the index that settles: set fair.proxy_error_dollars`];
}

/** The parameters that these entries make. Throws KMM_CONFIG_UNKNOWN_KEY, KMM_CONFIG_VALUE; KMM_USAGE where a flag is at fault. */
export function parametersFrom(entries: readonly ConfigurationEntry[]): Parameters {
  const said = treeOf(entries.map(({ key, value }) => [pathOf(key), value]));
  // Entries are complete; tables of the user's own that are empty have none.
  const tree = mergedTree(SIM_PRESET, said);
  const origin: Layers['origin'] = (path) =>
    entries.find(({ key }) => key === path.join('.'))?.origin ?? { kind: 'preset' };
  const result = configSchema.safeParse(tree);
  if (!result.success) throw problemOf(result.error, { tree, origin }, 'sim');
  checkTogether(result.data, { tree, origin });
  return parametersOf(result.data);
}

/** The keys of an open table may be tickers, with dots of their own; the names of groups and of sources have none. */
function pathOf(key: string): readonly string[] {
  const table = OPEN_TABLES.find((name) => !name.includes('.') && key.startsWith(`${name}.`));
  return table === undefined || table === 'sources' ? key.split('.') : [table, key.slice(table.length + 1)];
}

/** `config.toml:12:1`, `--strategy`, `KMM_QUOTER_STRATEGY` or `preset`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
    case 'variable':
      return origin.name;
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`;
    case 'preset':
      return 'preset';
    default:
      return origin satisfies never;
  }
}

function parametersOf(values: ConfigValues): Parameters {
  const { quoter, quoting } = values;
  return {
    strategy: quoter.strategy,
    fair: fairOf(values.fair.source, values.fair),
    fairBySeries: fairBySeriesOf(values),
    quoter: quoterOf(quoter),
    quoting: {
      orderSize: quoting.order_size_contracts,
      hysteresis: quoting.hysteresis_cents,
      debounceMs: quoting.debounce_milliseconds,
      leaseMs: quoting.lease_seconds * 1000,
      freezeMs: quoting.freeze_seconds * 1000,
      messageAgeMsMax: quoting.message_age_seconds_max,
      silenceMsMax: quoting.silence_seconds_max,
      minimumEdgeDollars: quoting.edge_dollars_min,
      cleanMs: quoting.clean_seconds,
      binsMax: quoter.bins_max,
    },
    clock: clockOf(values),
    risk: riskOf(values),
    inventory: inventoryOf(values),
    honesty: honestyOf(values.honesty),
    externalSkewCents: values.skew_cents,
    balanceStep: values.account.balance_step_dollars,
    feesPerContract: values.unpublished_fees_dollars_per_contract,
  };
}

export function quoterOf(quoter: ConfigValues['quoter']): QuoterParameters {
  return {
    as: {
      gammaPerCent: quoter.as.gamma_per_cent,
      kappaPerCent: quoter.as.kappa_per_cent,
      sigmaCentsPerRootHour: quoter.as.sigma_cents_per_root_hour,
    },
    cara: {
      gammaPerDollar: quoter.cara.gamma_per_dollar,
      kPerDollar: quoter.cara.k_per_dollar,
      adverseDollars: quoter.cara.adverse_dollars,
      edgeDollars: quoter.cara.edge_dollars,
    },
    glft: {
      gammaPerCent: quoter.glft.gamma_per_cent,
      kPerCent: quoter.glft.k_per_cent,
      fillsPerHour: quoter.glft.fills_per_hour,
      sigmaCentsPerRootHour: quoter.glft.sigma_cents_per_root_hour,
      fittedFills: quoter.glft.fitted_fills,
    },
    regime: {
      preset: quoter.regime.preset,
      isVolatile: quoter.regime.is_volatile,
      hoursMin: quoter.regime.hours_min,
      liquidityDollarsMin: quoter.regime.liquidity_dollars_min,
    },
    intervalWeight: quoter.interval_weight,
    queueDollars: quoter.queue_dollars,
    incentiveDollars: quoter.incentive_dollars,
  };
}

function clockOf({ clock }: ConfigValues): ClockParameters {
  const series = Object.entries(clock.series).map(([name, said]): [string, ClockRules] => [
    name,
    {
      ...(said.prep_seconds !== undefined && { prepMs: said.prep_seconds * 1000 }),
      ...(said.make_seconds !== undefined && { makeMs: said.make_seconds * 1000 }),
      ...{ freezeMs: said.freeze_seconds * 1000, postMs: said.post_seconds * 1000 },
    },
  ]);
  return { series: Object.fromEntries(series), news: newsOf({ clock }) };
}

function riskOf({ risk }: ConfigValues): RiskLimits {
  return {
    marketLoss: risk.loss_market_dollars_max,
    strikeShare: risk.loss_strike_percent_max,
    eventLoss: risk.loss_event_dollars_max,
    groupLoss: risk.loss_group_dollars_max,
    groups: Object.entries(risk.groups).map(([name, group]) => ({
      ...{ name, members: group.members, loss: group.loss_dollars_max },
    })),
    totalLoss: risk.loss_total_dollars_max,
    position: risk.position_contracts_max,
    groupImbalance: risk.imbalance_group_contracts_max,
    totalImbalance: risk.imbalance_total_contracts_max,
    orderSize: risk.order_size_contracts_max,
    orderValue: risk.order_value_dollars_max,
    handPrice: risk.hand_price_cents_max,
    ordersPerMinute: risk.orders_per_minute_max,
    sentMinute: risk.sent_minute_contracts_max,
    sentDay: risk.sent_day_contracts_max,
    dayLoss: risk.loss_day_dollars_max,
    dayLossShare: risk.loss_day_percent_max,
    weekLoss: risk.loss_week_dollars_max,
    weekLossShare: risk.loss_week_percent_max,
    drawdownShare: risk.drawdown_percent_max,
    coolOffLosses: risk.cool_off_losses_max,
    coolOffMs: risk.cool_off_seconds * 1000,
    exitCost: risk.exit_cost_dollars_max,
  };
}

function inventoryOf({ inventory }: ConfigValues): InventoryRules {
  return {
    skewed: inventory.skewed_above_contracts,
    oneSided: inventory.one_sided_above_contracts,
    exit: inventory.exit_above_contracts,
    exitTo: inventory.exit_to_contracts,
    skewPerTen: inventory.skew_per_ten_contracts_cents,
    finalMs: inventory.final_seconds_max * 1000,
    finalShare: inventory.final_window_percent_max,
    finalPosition: inventory.final_contracts_max,
    volume: {
      times: inventory.final_volume_times_max,
      windowMs: inventory.final_volume_window_seconds * 1000,
      averageMs: inventory.final_volume_average_seconds * 1000,
      sizeMin: inventory.final_volume_contracts_min,
      pauseMs: inventory.final_volume_pause_seconds * 1000,
    },
    adverseFills: inventory.adverse_sample_fills,
  };
}

export function fairBySeriesOf({ fair }: Pick<ConfigValues, 'fair'>): Readonly<Record<string, FairSource>> {
  return Object.fromEntries(Object.entries(fair.series).map(([series, said]) => [series, fairOf(said, fair)]));
}

function entriesOf(layers: Layers): readonly ConfigurationEntry[] {
  return leavesOf(layers.tree).map((path) => ({
    key: path.join('.'),
    value: valueAt(layers.tree, path),
    origin: layers.origin(path),
  }));
}
