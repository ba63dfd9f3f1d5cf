/** The part of the configuration that says whom to tell: paths of files with addresses, never the addresses themselves. */
import { z } from 'zod';
import type { Priority } from '../../core/alerts/condition.ts';
import { isUrgent, type Pace, PRIORITIES } from '../../core/alerts/delivery.ts';
import { pathOf } from '../config/access.ts';
import { type Layers, type LayersRequest, openLayers } from '../config/config-layers.ts';
import { CHANNEL_NAMES, type ChannelName } from '../config/config-leaves.ts';
import { problemOf } from '../config/config-problems.ts';
import { type ConfigValues, configSchema } from '../config/config-schema.ts';
import { KmmError } from '../errors/errors.ts';
import { Secret } from '../keys/secret.ts';

/** Absolute paths. */
export interface ChannelFiles {
  readonly name: ChannelName;
  readonly urlFile: string;
  readonly tokenFile?: string;
}

export interface AlertSettings {
  readonly channels: readonly ChannelFiles[];
  /** Names of channels that are configured. */
  readonly channelsOf: Readonly<Record<Priority, readonly ChannelName[]>>;
  readonly pace: Pace;
  /** Texts that speak of cash or a balance keep their amounts. */
  readonly hasBalances: boolean;
  /** Of an address that is asked for once a minute while all is well. */
  readonly pingFile?: string;
}

/** Nobody is told. */
export const NO_ALERTS: AlertSettings = {
  channels: [],
  channelsOf: { critical: [], high: [], medium: [], low: [] },
  pace: { perHourMax: 1 },
  hasBalances: false,
};

/** Throws KMM_CONFIG_* for a file that cannot be read, or a table `[alerts]` that is wrong; nothing else is looked at. */
export function loadAlerts(request: LayersRequest): AlertSettings {
  const layers = openLayers(request);
  const result = alertsSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  return alertSettingsOf(result.data, layers);
}

/** The same for whoever must go on without: nobody is told then, and `problem` says why. */
export function alertsAnyway(request: LayersRequest): {
  readonly settings: AlertSettings;
  readonly problem?: KmmError;
} {
  try {
    return { settings: loadAlerts(request) };
  } catch (problem) {
    if (!(problem instanceof KmmError)) throw problem;
    return { settings: NO_ALERTS, problem };
  }
}

const alertsSchema = z.object({ alerts: configSchema.shape.alerts });

/** Throws KMM_CONFIG_VALUE for a priority that goes to a channel without an address, or to none at all. */
export function alertSettingsOf({ alerts }: Pick<ConfigValues, 'alerts'>, layers: Layers): AlertSettings {
  const channels = CHANNEL_NAMES.flatMap((name): ChannelFiles[] => {
    const table: { readonly url_file?: string | undefined; readonly token_file?: string | undefined } = alerts[name];
    if (table.url_file === undefined) return [];
    refuseInline(table, name);
    const urlFile = pathOf(table.url_file, ['alerts', name, 'url_file'], layers);
    if (table.token_file === undefined) return [{ name, urlFile }];
    return [{ name, urlFile, tokenFile: pathOf(table.token_file, ['alerts', name, 'token_file'], layers) }];
  });
  const configured = channels.map(({ name }) => name);
  const of = (priority: Priority) => routeOf(priority, alerts[`${priority}_channels`], configured);
  const { quiet_hours_et: quiet, messages_per_hour_max: perHourMax, balances } = alerts;
  const ping = alerts.ping.url_file;
  refuseInline(alerts.ping, 'ping');
  return {
    channels,
    channelsOf: { critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low') },
    pace: { perHourMax, ...(quiet !== undefined && { quiet }) },
    hasBalances: balances,
    ...(ping !== undefined && { pingFile: pathOf(ping, ['alerts', 'ping', 'url_file'], layers) }),
  };
}

/** The address itself instead of a file's path: it has been seen, and is not repeated here. */
function refuseInline(table: Readonly<Record<string, string | undefined>>, name: string): void {
  for (const [key, value] of Object.entries(table)) {
    if (value === undefined || !/^[a-z]+:\/\//i.test(value.trim())) continue;
    const secret = new Secret(value.trim());
    const what = `alerts.${name}.${key} is an address (${secret}), where the path of a file that holds it belongs`;
    throw new KmmError('KMM_CONFIG_VALUE', what, {
      next: ['make a new address: this one may have been seen', 'write it to a file, chmod 600, and name the file'],
    });
  }
}

/** Every channel where nothing is said. */
function routeOf(
  priority: Priority,
  wanted: readonly ChannelName[] | undefined,
  configured: readonly ChannelName[],
): readonly ChannelName[] {
  if (wanted === undefined) return configured;
  const stranger = wanted.find((name) => !configured.includes(name));
  const key = `alerts.${priority}_channels`;
  if (stranger !== undefined) {
    throw new KmmError('KMM_CONFIG_VALUE', `${key} names ${stranger}, and alerts.${stranger}.url_file is not set`);
  }
  if (wanted.length === 0 && configured.length > 0 && isUrgent(priority)) {
    throw new KmmError('KMM_CONFIG_VALUE', `${key} names nobody: what is ${priority} must reach somebody`);
  }
  return wanted;
}

/** Whether anybody is told of anything. */
export function tellsAnybody({ channelsOf }: AlertSettings): boolean {
  return PRIORITIES.some((priority) => channelsOf[priority].length > 0);
}
