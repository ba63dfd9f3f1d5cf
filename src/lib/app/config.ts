/**
 * One configuration, read once and passed down: the layers merged, checked and turned into the units of the core, each
 * value with the place it came from. Nothing else of kmm reads a file or a variable to know how to trade.
 */
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { FairSource, Parameters } from '../core/parameters.ts';
import { fileLayers, flagLayer, presetLayer, variableLayer } from './config-layers.ts';
import type { ConfigurationFlag, Host, Layer, Origin } from './config-layers.ts';
import { checkTogether, problemOf } from './config-problems.ts';
import { configSchema, type ConfigValues } from './config-schema.ts';
import { leavesOf, mergedTree, type Tree, valueAt } from './config-tree.ts';
import { KmmError } from './errors.ts';
import { type EnvironmentName, type Home, homeOf } from './home.ts';
import { type SimAddress, simAddress } from './sim-address.ts';

export type { ConfigurationFlag, Origin } from './config-layers.ts';

export interface Configuration {
  readonly env: EnvironmentName;
  /** Markets, events or series to work on. */
  readonly markets: readonly string[];
  readonly parameters: Parameters;
  /** An embedded exchange that runs already (sim only, loopback only). */
  readonly sim?: SimAddress;
  /** Of this environment; the file's path is absolute. */
  readonly key?: { readonly id: string; readonly file: string };
  readonly home: Home;
  /** Every key in force, as it was written, in the order of the schema. */
  readonly entries: readonly ConfigurationEntry[];
  /** What was left aside, for stderr. */
  readonly notes: readonly string[];
}

export interface ConfigurationEntry {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin;
}

export interface ConfigurationRequest {
  readonly environment: EnvironmentName;
  readonly flags?: readonly ConfigurationFlag[];
  /** `--config`: this file and no other. */
  readonly file?: string;
  readonly host?: Host;
}

/** Throws KMM_CONFIG_*, KMM_SIM_URL, KMM_KEY_MISSING; KMM_USAGE when a flag's value is at fault. */
export function loadConfiguration(request: ConfigurationRequest): Configuration {
  const host = request.host ?? thisHost();
  const files = fileLayers(host, request.file);
  const layers = [
    flagLayer(request.flags ?? []),
    variableLayer(host.variables),
    ...files.layers,
    presetLayer(request.environment),
  ];
  const merged = layers.reduceRight<Tree>((under, layer) => mergedTree(under, layer.values), {});
  const originOf = (path: readonly string[]) => originIn(layers, path);
  const result = configSchema.safeParse(merged);
  if (!result.success) throw problemOf(result.error, merged, originOf, request.environment);
  checkTogether(result.data, originOf);
  return {
    env: request.environment,
    markets: result.data.markets.tickers,
    parameters: parametersOf(result.data),
    ...simOf(result.data, request.environment),
    ...keyOf(result.data, request.environment, originOf, host.directory),
    home: homeOf(request.environment, host.variables, host.userHome),
    entries: leavesOf(merged).map((path) => ({ key: path.join('.'), value: valueAt(merged, path), origin: originOf(path) })),
    notes: files.notes,
  };
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

function thisHost(): Host {
  return {
    directory: process.cwd(),
    variables: process.env,
    userHome: homedir(),
    systemFile: '/etc/kmm/config.toml',
  };
}

function parametersOf(values: ConfigValues): Parameters {
  const { quoter, quoting, risk } = values;
  return {
    strategy: quoter.strategy,
    fair: fairOf(values),
    quoter: {
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
      regime: { isVolatile: quoter.regime.is_volatile },
      intervalWeight: quoter.interval_weight,
    },
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
    },
    risk: {
      marketLoss: risk.loss_market_dollars_max,
      eventLoss: risk.loss_event_dollars_max,
      totalLoss: risk.loss_total_dollars_max,
      position: risk.position_contracts_max,
      orderSize: risk.order_size_contracts_max,
      dayLoss: risk.loss_day_dollars_max,
      ordersPerMinute: risk.orders_per_minute_max,
    },
    externalSkewCents: values.skew_cents,
    balanceStep: values.account.balance_step_dollars,
  };
}

function fairOf(values: ConfigValues): FairSource {
  const { source, standard_error: standardError } = values.fair;
  return source.kind === 'fixed' ? { ...source, standardError } : source;
}

function simOf(values: ConfigValues, env: EnvironmentName): { sim?: SimAddress } {
  return env === 'sim' && values.sim.url !== undefined ? { sim: simAddress(values.sim.url) } : {};
}

/** A path in a file counts from that file's directory, any other from the working directory. */
function keyOf(
  values: ConfigValues,
  env: EnvironmentName,
  originOf: (path: readonly string[]) => Origin,
  directory: string,
): { key?: { id: string; file: string } } {
  const { key_id: id, key_file: file } = values[env];
  if (id === undefined && file === undefined) return {};
  if (id === undefined || file === undefined) {
    throw new KmmError('KMM_KEY_MISSING', `${env}.${id === undefined ? 'key_id' : 'key_file'} is missing beside the other`);
  }
  const origin = originOf([env, 'key_file']);
  const base = origin.kind === 'file' ? dirname(resolve(directory, origin.file)) : directory;
  return { key: { id, file: resolve(base, file) } };
}

/** The strongest layer that says anything at this path. */
function originIn(layers: readonly Layer[], path: readonly string[]): Origin {
  const layer = layers.find(({ values }) => valueAt(values, path) !== undefined);
  return layer?.origin(path) ?? { kind: 'preset' };
}
