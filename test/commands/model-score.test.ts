import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '../../src/lib/core/units.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import { ReferencePath } from '../../src/lib/sim/reference.ts';
import { type Here, jsonHere, kmmHere } from '../support/kmm-here.ts';
import { sharedPath } from '../support/shared.ts';
import { tempDir } from '../support/temp-dir.ts';

let here: Here;
const ASK = ['--data', 'ticker.csv', '--spot', 'spot.csv', '--outcomes', 'markets.csv', '--spot-is', 'index'];
const OPEN = Date.parse('2026-05-11T12:00:00Z');
const WINDOWS = 12;

/** Windows of a simulated index, of which a market shows the chance that a coarse trader would see. */
beforeAll(() => {
  here = { directory: tempDir(afterAll), variables: {} };
  const path = new ReferencePath({
    ...{ stream: seededStream('composed'), startAt: epochMs(OPEN - 900_000), price: 80_000, annualVolatility: 0.5 },
  });
  const spot = ['exchange_ts,recv_ns,price,trade_id'];
  const tickers = ['ts_ms,market_ticker,yes_bid_dollars,yes_ask_dollars,yes_bid_size_fp,yes_ask_size_fp'];
  const markets = ['market_ticker,close_time_utc,floor_strike,settle_value,settle_source,result'];
  for (let n = 0; n < WINDOWS; n += 1) {
    const [openAt, closeAt] = [OPEN + n * 900_000, OPEN + (n + 1) * 900_000];
    const ticker = `KXBTC15M-26MAY11${n}-00`;
    const strike = path.settlementAverage(epochMs(openAt));
    for (let at = openAt; at < closeAt; at += 1_000) {
      const price = path.printAt(epochMs(at));
      // A trade just before each second, so that the print of the second is its price.
      spot.push(`${new Date(at - 1).toISOString()},0,${price.toFixed(2)},1`);
      const cents = Math.min(97, Math.max(2, Math.round(50 + (price - strike) / 4)));
      tickers.push(
        `${at},${ticker},0.${String(cents).padStart(2, '0')}00,0.${String(cents + 1).padStart(2, '0')}00,100.00,100.00`,
      );
    }
    const value = path.settlementAverage(epochMs(closeAt));
    const result = value >= strike ? 'yes' : 'no';
    markets.push(`${ticker},${new Date(closeAt).toISOString()},${strike},${value},kalshi,${result}`);
  }
  tickers.push('no time,X,1,2,3,4');
  for (const [name, lines] of Object.entries({ 'spot.csv': spot, 'ticker.csv': tickers, 'markets.csv': markets })) {
    writeFileSync(join(here.directory, name), `${lines.join('\n')}\n`);
  }
});

interface Scored {
  readonly horizons: readonly {
    readonly seconds: number | null;
    readonly scored: number;
    readonly rivals: readonly { readonly name: string; readonly brier: { readonly mean: number } }[];
  }[];
  readonly notes: readonly string[];
}

describe('kmm model score', () => {
  it('scores every rival at every horizon, and says how many markets it is of', async () => {
    const { exit, records } = await jsonHere(here, ['model', 'score', ...ASK, '--horizons', '120,30']);
    expect(exit).toBe(0);
    const score = records[0] as Scored;
    expect(score).toMatchObject({ type: 'model_score', of: 'recordings', series: 'KXBTC15M', markets: WINDOWS });
    expect(score.horizons.map(({ seconds, scored }) => [seconds, scored])).toEqual([
      [120, WINDOWS],
      [30, WINDOWS],
      [null, WINDOWS],
    ]);
    expect(score.horizons[0]?.rivals.map(({ name }) => name)).toEqual(['mid', 'micro', 'naive', 'average', 'blend']);
    expect(score.notes.join()).toContain('1 lines could not be read');
  });

  it('says that few markets allow no verdict, and no line is wider than the terminal', async () => {
    const { stdout } = await kmmHere(here, ['model', 'score', ...ASK]);
    expect(stdout).toContain('fewer than 30: no');
    expect(stdout).toContain('SETTLED WINDOWS: 12');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('fits a blend on the earlier markets, keeps it, lists it, shows it, and scores with it', async () => {
    const { records } = await jsonHere(here, ['model', 'fit', 'blend', ...ASK]);
    const [{ path, model }] = records as [{ path: string; model: { weight: number; train: object; test: object } }];
    expect(path).toMatch(/data\/sim\/calib\/blend\/KXBTC15M\/\d{8}T\d{6}Z\.json$/);
    expect(model).toMatchObject({ schema: 'kmm-blend/1', train: { markets: 7 }, test: { markets: 5 } });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(model);
    expect((await kmmHere(here, ['model', 'list'])).stdout).toContain('blend');
    expect((await kmmHere(here, ['model', 'show', 'KXBTC15M'])).stdout).toContain('blend of the book');
    const scored = await jsonHere(here, ['model', 'score', ...ASK, '--blend', path]);
    expect(scored.records[0]).toMatchObject({ blend: { how: 'named', weight: model.weight } });
  });

  it('refuses what it cannot score, and says why', async () => {
    expect((await kmmHere(here, ['model', 'score'])).stderr).toContain('name recordings with --data');
    expect((await kmmHere(here, ['model', 'score', ...ASK, '--horizons', '60,x'])).stderr).toContain('--horizons x');
    const none = await kmmHere(here, ['model', 'score', ...ASK, '--market', 'KXNONE']);
    expect(none.stderr).toContain('KMM_MODEL_DATA');
    const few = await kmmHere(here, ['model', 'fit', 'blend', ...ASK, '--market', 'KXBTC15M-26MAY110-']);
    expect(few.stderr).toContain('KMM_MODEL_DATA');
  });

  it('scores the simulated reference price, and settled windows alone', async () => {
    const simulated = await jsonHere(here, ['model', 'score', '--simulated', '20', '--horizons', '30']);
    expect(simulated.records[0]).toMatchObject({ of: 'simulated', windows: 20, horizons: [{ seconds: 30 }] });
    const settled = await jsonHere(here, ['model', 'score', '--outcomes', 'markets.csv']);
    expect(settled.records[0]).toMatchObject({
      ...{ of: 'settled', settled: { windows: WINDOWS, chain: { pairs: WINDOWS - 1, broken: [] } } },
    });
  });
});

const [ticker, spot, outcomes, settled] = [
  'kxbtc15m_ticker.csv.gz',
  'coinbase_btcusd_trades.csv.gz',
  'kxbtc15m_markets.csv',
  'kxbtc15m_settled.csv.gz',
].map((name) => sharedPath(`data/${name}`));

describe.skipIf(ticker === undefined || spot === undefined || outcomes === undefined)('on recordings', () => {
  it('a blend is nowhere significantly worse than the mid, and 17 to 26 markets are all there is', async () => {
    const ask = ['--data', ticker ?? '', '--spot', spot ?? '', '--outcomes', outcomes ?? ''];
    const { records } = await jsonHere(here, ['model', 'score', ...ask]);
    const { horizons } = records[0] as {
      horizons: {
        seconds: number | null;
        scored: number;
        rivals: { name: string; logLossBeyond: { low: number }; brierBeyond: { low: number } }[];
      }[];
    };
    for (const { seconds, scored, rivals } of horizons) {
      const blend = rivals.find(({ name }) => name === 'blend');
      expect(blend?.logLossBeyond.low).toBeLessThanOrEqual(0);
      expect(blend?.brierBeyond.low).toBeLessThanOrEqual(0);
      if (seconds !== null) expect(scored >= 17 && scored <= 26).toBe(true);
    }
  });
});

describe.skipIf(settled === undefined)('settled windows', () => {
  it('each strike is the value before it, and at least the strike is yes', async () => {
    const { records } = await jsonHere(here, ['model', 'score', '--outcomes', settled ?? '']);
    expect(records[0]).toMatchObject({
      settled: { windows: 1520, chain: { pairs: 522, broken: [] }, rule: { checked: 736, broken: [] } },
    });
  });
});

describe('a blend that was right on the earlier markets and wrong on the later ones', () => {
  /** On the first twelve windows the book knows nothing and the index tells the end; on the last eight it is the other way round. */
  function turned(): Here {
    const directory = tempDir(afterAll);
    const path = new ReferencePath({
      ...{ stream: seededStream('turned'), startAt: epochMs(OPEN - 900_000), price: 80_000, annualVolatility: 0.5 },
    });
    const spot = ['exchange_ts,price'];
    const tickers = ['ts_ms,market_ticker,yes_bid_dollars,yes_ask_dollars,yes_bid_size_fp,yes_ask_size_fp'];
    const markets = ['market_ticker,close_time_utc,floor_strike,settle_value,settle_source,result'];
    for (let n = 0; n < 20; n += 1) {
      const [openAt, closeAt] = [OPEN + n * 900_000, OPEN + (n + 1) * 900_000];
      const ticker = `KXBTC15M-26MAY12${n}-00`;
      const strike = path.settlementAverage(epochMs(openAt));
      const [isTurned, isAbove] = [n >= 12, path.printAt(epochMs(closeAt - 30_000)) >= strike];
      const isYes = isAbove !== isTurned;
      const bid = isTurned ? (isYes ? '0.9500' : '0.0400') : '0.4900';
      const ask = isTurned ? (isYes ? '0.9600' : '0.0500') : '0.5100';
      for (let at = closeAt - 240_000; at < closeAt; at += 1_000) {
        spot.push(`${new Date(at - 1).toISOString()},${path.printAt(epochMs(at)).toFixed(2)}`);
        tickers.push(`${at},${ticker},${bid},${ask},100.00,100.00`);
      }
      const value = path.settlementAverage(epochMs(closeAt));
      markets.push(`${ticker},${new Date(closeAt).toISOString()},${strike},${value},kalshi,${isYes ? 'yes' : 'no'}`);
    }
    for (const [name, lines] of Object.entries({ 'spot.csv': spot, 'ticker.csv': tickers, 'markets.csv': markets }))
      writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
    return { directory, variables: {} };
  }

  it('is refused with what it would have cost, and nothing is kept', async () => {
    const place = turned();
    const { exit, records } = await jsonHere(place, ['model', 'fit', 'blend', ...ASK, '--horizons', '60,30']);
    expect([exit, records[0].error.code]).toEqual([expect.any(Number), 'KMM_MODEL_WORSE']);
    expect(exit).not.toBe(0);
    expect(records[0].error.message).toMatch(/^a weight of 0\.\d{3} has \d+\.\d{4} more log-loss than the mid, \[\d/);
    expect((await jsonHere(place, ['model', 'list'])).records[0].models).toEqual([]);
  });
});
