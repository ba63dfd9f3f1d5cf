/** The books of many markets at once, over the embedded exchange's own sockets (A-FR1.1, B-2.1). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BookSight, BookWatch, WatchBookOptions } from '../../../src/lib/app/markets/watch-book.ts';
import { watchBooks } from '../../../src/lib/app/markets/watch-book.ts';
import type { EngineEvent, Trade } from '../../../src/lib/core/events.ts';
import { TAPERED_DECI_CENT } from '../../../src/lib/core/grid.ts';
import { centicents, centicontracts, type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { SimWorld } from '../../../src/lib/sim/sim-world.ts';
import { recordedWorld } from '../../../src/lib/sim/world.ts';
import { eventually } from '../../support/cli.ts';
import { keyPair, serve, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { tempDir } from '../../support/temp-dir.ts';

interface Watched extends BookWatch {
  readonly sightings: BookSight[];
  readonly trades: Trade[];
  readonly notes: string[];
}

async function watch(
  venue: SimWorld,
  names: readonly string[],
  more: Partial<WatchBookOptions> & { readonly speed?: number } = {},
): Promise<Watched> {
  const { speed = 1, ...options } = more;
  const key = keyPair('ed25519', 'watcher', 'alice');
  const { server } = await serve([key], { world: venue, speed });
  const keyFile = join(tempDir(), 'key.pem');
  writeFileSync(keyFile, key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const link = { rest: server.restUrl, ws: server.wsUrl, keyId: key.keyId, keyFile };
  const [sightings, trades, notes]: [BookSight[], Trade[], string[]] = [[], [], []];
  const watching = await watchBooks({
    ...{ environment: 'sim', link, names },
    onBook: (sight) => void sightings.push(sight),
    onTrade: (trade) => void trades.push(trade),
    onNote: (text) => void notes.push(text),
    onLink: () => {},
    ...options,
  });
  onTestFinished(() => watching.stop());
  return { ...watching, sightings, trades, notes };
}

const MANY = 60;
const SECONDS = 6;

/** Sixty markets of one event; in each second every book gets a new bid, one tenth of a cent higher, of a fraction of a contract. */
function manyMarkets(): SimWorld {
  const tickers = Array.from({ length: MANY }, (_, index) => `KXBTC-26SEP2116-B${index}`);
  const events: EngineEvent[] = [];
  let seq = 0;
  const feed = () => ({ conn: 1, sid: 1, seq: ++seq });
  const at = (second: number) => epochMs(WORLD_STARTS_AT + 1_000 * second);
  const level = (price: number, size: number) => ({ price: centicents(price), size: centicontracts(size) });
  for (const ticker of tickers) {
    events.push({
      type: 'book_snapshot',
      at: at(0),
      feed: feed(),
      ticker,
      bids: [level(100, 1_050)],
      asks: [level(900, 725)],
    });
  }
  for (let second = 1; second <= SECONDS; second++) {
    for (const ticker of tickers) {
      const price = centicents(100 + 10 * second);
      events.push({
        type: 'book_delta',
        at: at(second),
        feed: feed(),
        ticker,
        side: 'bid',
        price,
        delta: centicontracts(33),
      });
    }
  }
  const closeAt = epochMs(WORLD_STARTS_AT + 3_600_000);
  const markets = tickers.map((ticker) => ({ ticker, closeAt, grid: TAPERED_DECI_CENT }));
  const venue = recordedWorld({ seed: 1, startAt: WORLD_STARTS_AT, events: events.values(), markets });
  venue.openAccount('alice', []);
  venue.advanceTo(WORLD_STARTS_AT);
  return venue;
}

function isEqualToVenue(venue: SimWorld, { market, book }: BookSight): boolean {
  const truth = venue.book(market.ticker);
  return JSON.stringify([book.levels('bid'), book.levels('ask')]) === JSON.stringify([truth?.bids, truth?.asks]);
}

describe('books of many markets', () => {
  it(`${MANY} named one by one come and follow every change, sub-cent and fractional`, async () => {
    const venue = manyMarkets();
    const names = venue.markets().map(({ market }) => market.ticker);
    const watched = await watch(venue, names, { speed: 2 });
    const last = centicents(100 + 10 * SECONDS);
    const isThere = () => watched.sights().every(({ book }) => book.isValid && book.bestBid === last);
    expect(await eventually(isThere, 10_000)).toBe(true);
    const sights = watched.sights();
    expect(sights).toHaveLength(MANY);
    expect(sights.filter((sight) => !isEqualToVenue(venue, sight))).toEqual([]);
    expect(sights[0]?.book.levels('bid', 1)).toEqual([{ price: last, size: 33 }]);
    expect(watched.notes).toEqual([]);
  }, 30_000);

  it('one name for all of them is as good', async () => {
    const watched = await watch(manyMarkets(), ['KXBTC-26SEP2116']);
    expect(await eventually(() => watched.sights().filter(({ book }) => book.isValid).length === MANY, 10_000)).toBe(
      true,
    );
  });
});

describe('a series', () => {
  it('is followed as one rolling market, with its prints and last prices', async () => {
    const venue = world();
    // A minute and a half before the quarter ends.
    const from = epochMs(WORLD_STARTS_AT + 13.5 * 60_000) as EpochMs;
    venue.advanceTo(from);
    const watched = await watch(venue, ['KXBTC15M'], { speed: 20, isTrades: true, isTicker: true });
    const [before] = watched.sights();
    expect(before?.market.ticker).toBe('KXBTC15M-26SEP211115-15');
    const next = 'KXBTC15M-26SEP211130-30';
    expect(
      await eventually(
        () => watched.sights().some(({ market, book }) => market.ticker === next && book.isValid),
        20_000,
      ),
    ).toBe(true);
    expect(watched.sights().map(({ market }) => market.ticker)).toEqual([next]);
    expect(await eventually(() => watched.trades.some(({ ticker }) => ticker === next), 10_000)).toBe(true);
    expect(await eventually(() => watched.sights()[0]?.lastPrice !== undefined, 10_000)).toBe(true);
    const subCent = watched.sightings
      .flatMap(({ book }) => book.levels('bid'))
      .filter(({ price }) => price % 100 !== 0);
    expect(subCent.every(({ price }) => price < 1_000 || price > 9_000)).toBe(true);
  }, 40_000);
});

describe('what cannot be watched', () => {
  it.each([
    ['KXBTC15M-26SEP211115-16', 'KMM_TICKER_UNKNOWN', 'did you mean KXBTC15M-26SEP211130-30'],
    ['KXNOPENOPE', 'KMM_TICKER_UNKNOWN', 'there is no market, event or series KXNOPENOPE'],
    ['KXBTC15M-26SEP211115-15', 'KMM_TICKER_CLOSED', 'no market of KXBTC15M-26SEP211115-15 is open or to come'],
  ])('%s is refused with %s', async (name, code, what) => {
    const venue = world();
    venue.advanceTo(epochMs(WORLD_STARTS_AT + 16 * 60_000));
    await expect(watch(venue, [name])).rejects.toMatchObject({ code, exit: 2, what: expect.stringContaining(what) });
  });
});
