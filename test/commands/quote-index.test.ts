/**
 * `kmm quote` of markets that are priced by an index: it hears what a session would hear, from the exchange and from sources of
 * [references], for as long as that takes and no longer; and where nothing can be heard, it says why.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { type SimServing, serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { type Place, place } from '../support/cli.ts';
import { composedIndexModel, keepIndexModel } from '../support/composed-index.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { type ReferenceServer, referenceServer } from '../support/reference-server.ts';
import type { Json } from '../support/sim-client.ts';

/** 10:01 in New York on a day on which it trades; the hourly markets close at eleven. */
const MORNING = epochMs(Date.UTC(2026, 10, 20, 15, 1));

/** Exchange time per real time. Not more: a value dated two seconds ahead is not believed, and commands learn the time over the wire. */
const FAST = 10;

const served = new Map<number, Promise<SimServing>>();

function exchange(speed: number): Promise<SimServing> {
  const known = served.get(speed);
  if (known !== undefined) return known;
  const { home } = place({}, afterAll);
  const world = { seed: 'an index', background: [], startAt: MORNING };
  const started = serveSim({ ...world, port: 0, speed, keyKind: 'ed25519', keyDirectory: home.keys });
  served.set(speed, started);
  afterAll(async () => (await started).close());
  return started;
}

/** The same exchange whose rules name something else. It has no stream. */
async function rewritten(origin: SimServing, from: string, to: string): Promise<string> {
  const target = new URL(origin.listening.rest).origin;
  const server = createServer((request, response) => {
    const signed = Object.entries(request.headers).filter(([name]) => name.startsWith('kalshi-'));
    const headers = Object.fromEntries(signed) as Record<string, string>;
    void fetch(`${target}${request.url}`, { headers }).then(async (reply) => {
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end((await reply.text()).replaceAll(from, to));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/v2`;
}

const BITCOIN = "the simple average of the sixty seconds of CF Benchmarks' Real-Time Index (BRTI)";

function configured(toml: string): Place {
  const here = place({}, onTestFinished);
  writeFileSync(join(here.directory, 'config.toml'), `schema = "kmm/1"\n${toml}`);
  return here;
}

async function quoted(here: Place, { listening }: SimServing, words: readonly string[], rest = listening.rest) {
  const keyed = ['--sim-url', rest, '--key-id', listening.keyId, '--key-file', listening.privateKeyFile];
  const { exit, records, stderr } = await jsonHere(here, ['quote', ...words, ...keyed]);
  expect([exit, records[0]?.error]).toEqual([0, undefined]);
  return { markets: records[0].markets as Json[], stderr };
}

async function source(behaviour: Parameters<typeof referenceServer>[0] = {}): Promise<ReferenceServer> {
  const started = await referenceServer(behaviour);
  onTestFinished(() => started.close());
  return started;
}

/** Says the level again and again, as an index does. */
function stating(now: () => number, level: number, aheadMs: number): Parameters<typeof referenceServer>[0] {
  return {
    onMessage: (text, say) => {
      if (text.includes('"auth"')) say([{ ev: 'status', status: 'auth_success', message: 'authenticated' }]);
      if (!text.includes('subscribe')) return;
      const timer = setInterval(() => say([{ ev: 'V', val: level, T: 'I:SPX', t: now() + aheadMs }]), 20);
      onTestFinished(() => clearInterval(timer));
    },
  };
}

function calibrate(here: Place, madeAt = '2026-11-19T21:00:00Z'): string {
  return keepIndexModel(here.home.calib, composedIndexModel(madeAt));
}

describe('a market that settles on the average of an index', () => {
  it('is priced by the index as the exchange streams it, once it is known how it moves', async () => {
    const here = configured('[fair]\nsource = "average"\n');
    const { markets, stderr } = await quoted(here, await exchange(FAST), ['KXBTCD']);
    expect(stderr).toContain('listening to BRTI for up to 40 s');
    expect(markets.length).toBeGreaterThan(1);
    for (const { gate, fair, index } of markets) {
      expect([undefined, 'BINS'], gate?.reason).toContain(gate?.name);
      expect(fair).toMatchObject({ source: 'settlement-average' });
      expect(fair.inputs).toMatchObject({ reference: index.value, annualVolatility: expect.any(Number) });
      expect(index).toMatchObject({ name: 'BRTI', medianOf: null });
      expect(index.seconds).toBeGreaterThanOrEqual(30);
      expect(index.ageMs).toBeLessThan(3_000);
    }
    const byStrike = markets.map(({ fair }) => [fair.inputs.floor, fair.probability]).sort((a, b) => a[0] - b[0]);
    expect(byStrike).toEqual(byStrike.toSorted((a, b) => b[1] - a[1]));
  });

  it('says how much is missing where it is listened to for less, and that nothing was where it is not at all', async () => {
    const here = configured('[fair]\nsource = "average"\n');
    const [short] = (await quoted(here, await exchange(FAST), ['KXBTCD', '--listen', '3'])).markets;
    expect(short.gate).toMatchObject({ name: 'volatility_unknown', posture: 'pull' });
    expect(short.gate.reason).toMatch(/^BRTI has been heard for \d+ of 30 s/);
    const { markets, stderr } = await quoted(here, await exchange(FAST), ['KXBTCD', '--listen', '0']);
    expect(markets[0].gate).toMatchObject({ name: 'reference_unknown' });
    expect(stderr).not.toContain('listening');
    // A price that stands on no index waits for none.
    expect((await quoted(here, await exchange(FAST), ['KXBTCD', '--fair', 'micro'])).stderr).not.toContain('listening');
  });

  it('is priced by the median of spot exchanges where those are configured', async () => {
    const sim = await exchange(FAST);
    const step = (at: number) => (Math.floor(at / 1_000) % 2) * 3;
    const trades = (message: (price: number, at: number) => object, above: number) => ({
      onMessage: (_: string, say: (message: unknown) => void) => {
        const timer = setInterval(() => say(message(100_000 + above + step(sim.now()), sim.now())), 10);
        onTestFinished(() => clearInterval(timer));
      },
    });
    const iso = (at: number) => new Date(at).toISOString();
    const [kraken, bitstamp] = await Promise.all([
      source(
        trades(
          (price, at) => ({
            channel: 'trade',
            type: 'update',
            data: [{ symbol: 'BTC/USD', price, timestamp: iso(at) }],
          }),
          0,
        ),
      ),
      source(
        trades(
          (price, at) => ({
            event: 'trade',
            channel: 'live_trades_btcusd',
            data: { price, microtimestamp: `${at}000` },
          }),
          20,
        ),
      ),
    ]);
    const here = configured(
      '[fair]\nsource = "average"\nproxy_error_dollars = 15\n[references.indices]\nBRTI = ["kraken", "bitstamp"]\n' +
        `[references.kraken]\nurl = "${kraken.url}"\n[references.bitstamp]\nurl = "${bitstamp.url}"\n`,
    );
    const { markets } = await quoted(here, sim, ['KXBTCD']);
    expect(markets[0].index).toMatchObject({ name: 'BRTI', medianOf: ['kraken', 'bitstamp'] });
    expect(markets[0].index.value).toBeGreaterThanOrEqual(100_010);
    expect(markets[0].index.value).toBeLessThanOrEqual(100_013);
    expect(markets[0].fair).toMatchObject({ source: 'settlement-average' });
    expect(markets[0].fair.inputs.reference).toBe(markets[0].index.value);
  });

  it('says after five seconds that its sources say nothing, with what is wrong with each', async () => {
    const page = await source({
      page: (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
    });
    const mute = await source();
    const here = configured(
      '[fair]\nsource = "average"\n[references.indices]\nBRTI = ["kraken", "bitstamp"]\n' +
        `[references.kraken]\nurl = "${page.url}"\n[references.bitstamp]\nurl = "${mute.url}"\n`,
    );
    const { markets } = await quoted(here, await exchange(FAST), ['KXBTCD']);
    const reason = '0 of 2 sources of BRTI are fresh (kraken: it answers 200 and no WebSocket)';
    expect(markets[0]).toMatchObject({ index: null, fair: null, gate: { name: 'reference_unknown', reason } });
    expect(markets[0].bid).toMatchObject({ price: null, reason });
  });

  it('says that the exchange is silent of an index', async () => {
    const sim = await exchange(FAST);
    const here = configured('[fair]\nsource = "average"\n');
    const rest = await rewritten(sim, '(BRTI)', '(ETHUSD_RTI)');
    const { markets } = await quoted(here, sim, ['KXBTCD'], rest);
    expect(markets[0].gate).toMatchObject({ name: 'reference_unknown' });
    expect(markets[0].gate.reason).toMatch(/^the exchange has said nothing of ETHUSD_RTI for 1?\d s \(/);
  });
});

describe('a market that settles on the level of S&P 500', () => {
  async function scene(level = 100_000, aheadMs = 0, speed = 1) {
    const sim = await exchange(speed);
    const rest = await rewritten(sim, BITCOIN, 'the S&P 500 index value');
    const polygon = await source(stating(() => sim.now(), level, aheadMs));
    const toml =
      '[fair]\nsource = "index"\n[references.indices]\nSPX = ["polygon"]\n' +
      `[references.polygon]\nurl = "${polygon.url}"\nkey_file = "polygon.key"\n`;
    const here = configured(toml);
    writeFileSync(join(here.directory, 'polygon.key'), 'a-key\n', { mode: 0o600 });
    const quote = async (...words: string[]) => (await quoted(here, sim, ['KXBTCD', ...words], rest)).markets;
    return { sim, rest, here, polygon, quote };
  }

  it('is priced by its stream and the calibration that a session would use, as soon as both are there', async () => {
    const { here, quote, polygon } = await scene();
    calibrate(here);
    const markets = await quote();
    expect(polygon.told[0]).toBe('{"action":"auth","params":"a-key"}');
    for (const { fair, index } of markets) {
      expect(fair).toMatchObject({ source: 'index-ladder' });
      expect(fair.reasons).toEqual(['SPX at the full hour', 'the shape of the day is assumed, not fitted']);
      expect(fair.inputs).toMatchObject({ reference: 100_000, dayVolatility: 0.01 });
      expect(index).toMatchObject({ name: 'SPX', value: 100_000, medianOf: ['polygon'] });
    }
  });

  it('says what is wrong with its calibration: none, too old, damaged', async () => {
    const { here, quote } = await scene();
    const reasonOf = async () => (await quote())[0].gate;
    expect(await reasonOf()).toMatchObject({ name: 'parameters_unknown', reason: 'nothing is fitted for SPX, hourly' });
    calibrate(here, '2026-11-12T21:00:00Z');
    expect(await reasonOf()).toMatchObject({
      name: 'parameters_old',
      reason: expect.stringMatching(/on data that is 7\.\d days old$/),
    });
    writeFileSync(calibrate(here), '<!doctype html>');
    expect(await reasonOf()).toMatchObject({ name: 'parameters_bad', reason: expect.stringContaining('2026-47.json') });
  });

  it.each([
    ['is no number', Number.NaN, 0],
    ['is below zero', -1, 0],
    ['is dated ahead', 100_000, 60_000],
    ['is long past', 100_000, -60_000],
  ])('is not priced by a level that %s, and says so', async (_, level, aheadMs) => {
    const { here, quote } = await scene(level, aheadMs, FAST);
    calibrate(here);
    const [market] = await quote('--listen', '1');
    expect(market).toMatchObject({ fair: null, index: null, gate: { name: 'reference_unknown' } });
    expect(market.gate.reason).toBe('0 of 1 sources of SPX are fresh');
  });

  it('says that nobody streams it where no source is configured, and waits for nobody', async () => {
    const { sim, rest } = await scene();
    const here = configured('[fair]\nsource = "index"\n');
    calibrate(here);
    const { markets, stderr } = await quoted(here, sim, ['KXBTCD'], rest);
    expect(markets[0].gate).toEqual({
      ...{ name: 'reference_unknown', posture: 'pull' },
      reason: 'the exchange does not stream SPX, and references.indices.SPX names no source of it',
    });
    expect(stderr).not.toContain('listening');
  });

  it('needs the key of its source, and says whose is missing', async () => {
    const { here, sim, rest } = await scene();
    rmSync(join(here.directory, 'polygon.key'));
    const { listening } = sim;
    const keyed = ['--sim-url', rest, '--key-id', listening.keyId, '--key-file', listening.privateKeyFile];
    const { exit, records } = await jsonHere(here, ['quote', 'KXBTCD', ...keyed]);
    expect([exit, records[0].error.code]).toEqual([3, 'KMM_REFERENCE_KEY']);
    expect(records[0].error.message).toContain('references.polygon: ');
  });

  it('shows the index on its screen', async () => {
    const { here, sim, rest } = await scene();
    calibrate(here);
    const { listening } = sim;
    const keyed = ['--sim-url', rest, '--key-id', listening.keyId, '--key-file', listening.privateKeyFile];
    const { stdout } = await kmmHere(here, ['quote', 'KXBTCD', ...keyed]);
    expect(stdout).toMatch(/^ {2}index {5}SPX 100000 by polygon, 0\.\d s old, heard for \d s$/m);
  });
});

describe('an index that the embedded exchange simulates', () => {
  it("is heard from the exchange's own feed, and prices a ladder by its law without any configuration", async () => {
    const { home } = place({}, onTestFinished);
    const world = {
      seed: 'own',
      background: [],
      series: ['KXINXU'] as const,
      startAt: epochMs(Date.UTC(2026, 10, 20, 15, 56)),
    };
    const sim = await serveSim({ ...world, port: 0, speed: 1, keyKind: 'ed25519', keyDirectory: home.keys });
    onTestFinished(() => sim.close());
    const { markets, stderr } = await quoted(place({}, onTestFinished), sim, ['KXINXU']);
    expect(stderr).toContain('listening to SPX');
    expect(markets).toHaveLength(9);
    for (const { fair, index } of markets) {
      expect(fair).toMatchObject({ source: 'index-ladder' });
      expect(fair.reasons).toEqual(['SPX at the full hour', "the parameters are the simulation's own"]);
      expect(fair.inputs.reference).toBe(index.value);
      expect(index).toMatchObject({ name: 'SPX', medianOf: ['sim'] });
    }
  });
});
