/** Links to sources that behave and misbehave, on loopback. Time runs twenty times as fast. */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/adapters/system/clock.ts';
import { ReferenceFeeds } from '../../../src/lib/app/references/reference-feeds.ts';
import type { ReferenceSettings } from '../../../src/lib/app/references/settings.ts';
import type { EngineEvent, ReferencePrice } from '../../../src/lib/core/events.ts';
import type { ReferenceLost } from '../../../src/lib/core/index-events.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { type ReferenceServer, referenceServer, type ServerBehaviour } from '../../support/reference-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Half past, so that no hour comes near. */
const HALF_PAST = Date.parse('2026-09-21T15:30:00Z');
const SCALE = 20;

type Heard = ReferencePrice | ReferenceLost;

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

function feeds(settings: Partial<ReferenceSettings>, origin = HALF_PAST) {
  const clock = systemClock({ scale: SCALE, originMs: epochMs(origin) });
  const events: Heard[] = [];
  const lines: string[] = [];
  const parts = new ReferenceFeeds({
    settings: { rules: { ageMsMax: 2_000, outlierShare: 0.005 }, indices: [], sources: [], ...settings },
    ...{ clock, readKey: () => 'a-key', random: () => 0.01 },
    log: { say: (level, text) => void lines.push(`${level} ${text}`) },
    emit: (event: EngineEvent) => void events.push(event as Heard),
  });
  cleanups.push(() => parts.stop());
  parts.tick();
  const lost = () => events.filter((event): event is ReferenceLost => event.type === 'reference_lost');
  const prices = () => events.filter((event): event is ReferencePrice => event.type === 'reference_price');
  return { clock, events, lines, lost, prices };
}

async function server(behaviour?: ServerBehaviour): Promise<ReferenceServer> {
  const started = await referenceServer(behaviour);
  cleanups.push(() => started.close());
  return started;
}

async function bitcoin(behaviour: ServerBehaviour = {}) {
  const [first, second, third] = await Promise.all([server(behaviour), server(), server()]);
  const heard = feeds({
    indices: [
      { index: 'BRTI', symbols: { coinbase: 'BTC-USD', kraken: 'BTC/USD', bitstamp: 'btcusd' }, sourcesMin: 2 },
    ],
    sources: [
      { name: 'coinbase', url: first.url },
      { name: 'kraken', url: second.url },
      { name: 'bitstamp', url: third.url },
    ],
  });
  const iso = (ms: number) => new Date(ms).toISOString();
  const { clock } = heard;
  const say = {
    coinbase: (price: number | string, at = clock.now()) =>
      first.say({ type: 'match', product_id: 'BTC-USD', price: String(price), time: iso(at) }),
    kraken: (price: number, at = clock.now()) =>
      second.say({ channel: 'trade', type: 'update', data: [{ symbol: 'BTC/USD', price, timestamp: iso(at) }] }),
    bitstamp: (price: number, at = clock.now()) =>
      third.say({ event: 'trade', channel: 'live_trades_btcusd', data: { price, microtimestamp: `${at}000` } }),
  };
  await until(() => [second, third].every(({ told }) => told.length > 0), 'both subscribed');
  return { ...heard, say, first, second, third };
}

describe('bitcoin from three spot exchanges', () => {
  it('is their median about once a second, and is lost when they fall silent', async () => {
    const { say, prices, lost, first, lines } = await bitcoin();
    await until(() => first.told.length > 0, 'subscribed');
    // Said until they are heard in time: a hundredth of a second is a fifth of one here.
    const all = (more: number) => {
      say.coinbase(100_000 + more);
      say.kraken(100_020 + more);
      say.bitstamp(100_060 + more);
    };
    await until(() => {
      all(0);
      return prices().length > 0;
    }, 'a price');
    await until(() => {
      all(1);
      return prices().some(({ value }) => value === 100_021);
    }, 'their median');
    const [a, b] = prices().slice(-2);
    expect((b?.at ?? 0) - (a?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(b).toMatchObject({ type: 'reference_price', index: 'BRTI' });
    expect(b?.feed).toBeUndefined();
    await until(() => lost().some(({ reason }) => reason.includes('0 of 2 sources')), 'a word that it is lost');
    expect(lines.join('\n')).toContain('nothing is priced with BRTI');
  });

  it('goes on without one that jumps, states nonsense, old values, or values of the future', async () => {
    const { say, prices, lines, first } = await bitcoin();
    await until(() => first.told.length > 0, 'subscribed');
    const { clock } = { clock: { now: () => prices().at(-1)?.at ?? HALF_PAST } };
    for (let n = 0; n < 6; n += 1) {
      say.coinbase(n === 0 ? 100_000 : 200_000 * n);
      say.coinbase('NaN');
      say.kraken(100_010);
      say.bitstamp(100_030, n === 3 ? epochMs(clock.now() + 60_000) : undefined);
      await new Promise((resolve) => {
        setTimeout(resolve, 40);
      });
    }
    await until(() => prices().length >= 3, 'prices');
    for (const { value } of prices()) {
      expect(value).toBeGreaterThanOrEqual(100_000);
      expect(value).toBeLessThanOrEqual(100_030);
    }
    const said = lines.join('\n');
    expect(said).toContain('coinbase jumps from 100000');
    expect(said).toContain('coinbase sends what is not understood');
    expect(said).toContain('ahead of our clock');
  });

  it('is not heard from a source whose clock is not ours', async () => {
    const { say, lines, prices, first } = await bitcoin({ date: () => new Date(HALF_PAST - 3_600_000) });
    await until(
      () => lines.some((line) => /coinbase: its clock is -36\d\d\.\d s off ours/.test(line)),
      'the clock named',
    );
    expect(first.told).toEqual([]);
    say.kraken(100_000);
    say.bitstamp(100_010);
    await until(() => prices().some(({ value }) => value === 100_005), 'the other two');
  });

  it('calls a source anew that drops us, and one that is half open', async () => {
    const { first, second } = await bitcoin();
    await until(() => first.connections === 1, 'connected');
    first.drop();
    second.fallSilent();
    await until(() => first.connections >= 2, 'called anew after a drop');
    await until(() => second.connections >= 2, 'called anew after silence');
    await until(() => first.told.length >= 2, 'subscribed anew');
  });

  it('says that a page of HTML is no source', async () => {
    const page = await server({
      page: (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
    });
    const { lines, lost } = feeds({
      indices: [{ index: 'BRTI', symbols: { coinbase: 'BTC-USD' }, sourcesMin: 1 }],
      sources: [{ name: 'coinbase', url: page.url }],
    });
    await until(
      () => lines.some((line) => line.includes('coinbase: it answers 200 and no WebSocket')),
      'the page named',
    );
    const reason = '0 of 1 sources of BRTI are fresh (coinbase: it answers 200 and no WebSocket)';
    await until(() => lost().at(-1)?.reason === reason, 'the engine told of it');
  });
});

describe('an index from its stream', () => {
  const settings = (url: string): Partial<ReferenceSettings> => ({
    indices: [{ index: 'SPX', symbols: { polygon: 'I:SPX' }, sourcesMin: 1 }],
    sources: [{ name: 'polygon', url }],
  });
  const behaviour = (status: string): ServerBehaviour => ({
    onMessage: (text, say) => {
      if (text.includes('auth')) say([{ ev: 'status', status, message: status }]);
    },
  });

  it('is told the key, then what is wanted, and hands on every value at once', async () => {
    const source = await server(behaviour('auth_success'));
    const { prices, clock } = feeds(settings(source.url));
    await until(() => source.told.length === 2, 'subscribed');
    expect(source.told).toEqual(['{"action":"auth","params":"a-key"}', '{"action":"subscribe","params":"V.I:SPX"}']);
    const at = clock.now();
    source.say([
      { ev: 'V', val: 6_900, T: 'I:SPX', t: at },
      { ev: 'V', val: 6_900.5, T: 'I:SPX', t: at },
      { ev: 'V', val: 1, T: 'I:VIX', t: at },
    ]);
    await until(() => prices().length === 2, 'both values');
    expect(prices().map(({ value, exchangeAt }) => [value, exchangeAt])).toEqual([
      [6_900, at],
      [6_900.5, at],
    ]);
  });

  it('is lost after 700 ms in the minute before the hour, and only then', async () => {
    const source = await server(behaviour('auth_success'));
    const late = feeds(settings(source.url), Date.parse('2026-09-21T15:59:10Z'));
    const early = feeds(settings(source.url), Date.parse('2026-09-21T15:30:00Z'));
    await until(() => source.told.length === 4, 'subscribed');
    for (const { clock } of [late, early]) source.say([{ ev: 'V', val: 6_900, T: 'I:SPX', t: clock.now() }]);
    const ageOf = ({ prices, events }: typeof late) => {
      const price = prices()[0];
      const after = events.slice(events.findIndex((event) => event === price));
      const end = after.find((event): event is ReferenceLost => event.type === 'reference_lost');
      return end === undefined || price === undefined ? undefined : end.at - (price.exchangeAt ?? 0);
    };
    await until(() => ageOf(late) !== undefined && ageOf(early) !== undefined, 'both lost');
    expect(ageOf(late)).toBeGreaterThan(700);
    expect(ageOf(late)).toBeLessThan(2_000);
    expect(ageOf(early)).toBeGreaterThan(2_000);
  });

  it('says that its key is refused, and tries again', async () => {
    const source = await server(behaviour('auth_failed'));
    const { lines } = feeds(settings(source.url));
    await until(() => lines.some((line) => line.includes('polygon: it refuses: auth_failed')), 'the refusal named');
    await until(() => source.connections >= 2, 'another attempt');
    expect(source.told.every((text) => text.includes('auth'))).toBe(true);
  });
});
