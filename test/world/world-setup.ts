/** What every world begins with: limits that bind within a minute, short leases, and an empty journal. Made once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Configuration, loadConfiguration } from '../../src/lib/app/config/config.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import type { SimWorld } from '../../src/lib/sim/sim-world.ts';
import { emptyImage } from './journal-double.ts';
import type { Scene } from './scene.ts';

const SETTINGS: Readonly<Record<string, string>> = {
  'quoting.lease_seconds': '30',
  'quoting.freeze_seconds': '30',
  'quoting.order_size_contracts': '5',
  'risk.position_contracts_max': '12',
  'risk.loss_market_dollars_max': '8',
  'risk.loss_event_dollars_max': '9',
  'risk.loss_total_dollars_max': '10',
  'risk.imbalance_group_contracts_max': '20',
  'risk.imbalance_total_contracts_max': '25',
  'risk.order_value_dollars_max': '4.5',
  // What is cleared must quote again within the 30 s of I13.
  'risk.cool_off_seconds': '10',
};

const configurations = new Map<string, Configuration>();
let image: Buffer | undefined;

export function worldConfiguration(scene: Scene): Configuration {
  const { series, dayLossDollars, ordersPerMinute, groupLossDollars, strikePercent = 60, isInCents } = scene;
  // Of one series the event's limit is to bind, of several their groups'.
  const groupLoss = groupLossDollars ?? (series.length > 1 ? 7 : 9.5);
  const settings = {
    ...SETTINGS,
    'markets.tickers': series.join(','),
    'risk.loss_group_dollars_max': `${groupLoss}`,
    'risk.loss_strike_percent_max': `${strikePercent}`,
    ...(dayLossDollars !== undefined && { 'risk.loss_day_dollars_max': `${dayLossDollars}` }),
    ...(isInCents && { 'account.balance_step_dollars': '0.01' }),
    ...(ordersPerMinute !== undefined && { 'risk.orders_per_minute_max': `${ordersPerMinute}` }),
  };
  const key = JSON.stringify(settings);
  const known = configurations.get(key);
  if (known !== undefined) return known;
  const configuration = loadConfiguration({
    environment: 'sim',
    flags: Object.entries(settings).map(([name, value]) => ({ flag: `--${name}`, key: name, value })),
    host: { directory: '/nowhere', variables: { KMM_HOME: '/nowhere' }, userHome: '/nowhere', systemFile: '/nowhere' },
  });
  configurations.set(key, configuration);
  return configuration;
}

export function emptyJournal(): Buffer {
  if (image !== undefined) return image;
  const directory = mkdtempSync(join(tmpdir(), 'kmm-world-'));
  try {
    image = emptyImage(directory);
    return image;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const MAKERS_PAY = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };

export function scheduleFees(venue: SimWorld, { series, feesAfterMs }: Scene, startAt: EpochMs): void {
  if (feesAfterMs === undefined) return;
  const at = epochMs(startAt + feesAfterMs);
  for (const seriesTicker of series) venue.control({ action: 'fee_change', seriesTicker, terms: MAKERS_PAY, at });
}
