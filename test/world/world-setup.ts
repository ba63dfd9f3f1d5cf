/** What every world begins with: limits that bind within a minute, short leases, and an empty journal. Made once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Configuration, loadConfiguration } from '../../src/lib/app/config/config.ts';
import { emptyImage } from './journal-double.ts';

const SETTINGS: Readonly<Record<string, string>> = {
  'markets.tickers': 'KXBTC15M',
  'quoting.lease_seconds': '30',
  'quoting.freeze_seconds': '30',
  'quoting.order_size_contracts': '5',
  'risk.position_contracts_max': '12',
  'risk.loss_market_dollars_max': '8',
  'risk.loss_event_dollars_max': '9',
  'risk.loss_total_dollars_max': '10',
};

let configuration: Configuration | undefined;
let image: Buffer | undefined;

export function worldConfiguration(): Configuration {
  configuration ??= loadConfiguration({
    environment: 'sim',
    flags: Object.entries(SETTINGS).map(([key, value]) => ({ flag: `--${key}`, key, value })),
    host: { directory: '/nowhere', variables: { KMM_HOME: '/nowhere' }, userHome: '/nowhere', systemFile: '/nowhere' },
  });
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
