/** A key that is bound to one subaccount, on the embedded exchange: it is not told limits or keys, and trades nevertheless. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { diagnose } from '../../../src/lib/app/doctor/diagnose.ts';
import { examine } from '../../../src/lib/app/doctor/doctor.ts';
import { linkOf } from '../../../src/lib/app/exchange/exchange-link.ts';
import { openHandDesk } from '../../../src/lib/app/hand/hand-desk.ts';
import { orderAsk } from '../../../src/lib/app/hand/hand-words.ts';
import { checkKey, verdictOf } from '../../../src/lib/app/keys/check-key.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { privateFile } from '../../support/keys.ts';
import { keyPair, restClient, serve, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { tempDir } from '../../support/temp-dir.ts';

it('is checked, diagnosed and traded with, at the pace of the smallest tier', async () => {
  const key = { ...keyPair('ed25519', 'bound', 'alice'), scopes: ['read', 'write::trade'] as const, subaccount: 0 };
  const venue = world();
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const { server } = await serve([key], { world: venue });
  const directory = tempDir();
  const file = privateFile(
    join(directory, 'k.pem'),
    key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  const flags = [
    { flag: '--sim-url', key: 'sim.url', value: server.restUrl.replace('/trade-api/v2', '') },
    { flag: '--key-id', key: 'sim.key_id', value: key.keyId },
    { flag: '--key-file', key: 'sim.key_file', value: file },
    { flag: '--markets', key: 'markets.tickers', value: 'KXHIGHNY' },
  ];
  const request = { environment: 'sim', flags, host } as const;
  const configuration = loadConfiguration(request);

  const report = await checkKey('sim', linkOf(configuration));
  expect(report).toMatchObject({
    tier: null,
    scopes: null,
    limits: { write: { capacity: 100, refillPerSecond: 100 } },
  });
  expect(report.balance.shards.length).toBeGreaterThan(0);
  expect(verdictOf(report.findings, false)).toBeUndefined();
  expect(report.findings.map(({ text }) => text).join()).toMatch(/scopes are not known.*not told the limits/);

  const facts = await examine(request, { isOffline: false, isNamed: true, unlock: async (access) => access });
  const lines = diagnose(facts, epochMs(Date.now()));
  expect(lines.filter(({ level }) => level === 'bad')).toEqual([]);
  expect(lines.filter(({ check }) => check === 'tokens')[0]).toMatchObject({ level: 'doubtful' });
  expect(lines.filter(({ check }) => check === 'scopes')[0]?.text).toMatch(/could not be asked: refused with 403/);

  const { json } = await restClient(server, key)('GET', '/markets?series_ticker=KXHIGHNY&status=open');
  const market = json.markets.find((one: { yes_bid_dollars: string }) => Number(one.yes_bid_dollars) > 0.1);
  const desk = await openHandDesk(configuration, 'place');
  try {
    const words = {
      direction: 'buy',
      outcome: 'yes',
      count: '1',
      price: '2',
      tif: 'gtt:30',
      isPostOnly: true,
    } as const;
    const reply = await desk.carryOut(orderAsk({ ...words, ticker: market.ticker, leaseMs: 30_000 }));
    expect(reply).toMatchObject({ kind: 'ended', end: { kind: 'done' }, order: { state: 'working' } });
  } finally {
    await desk.close();
  }
});
