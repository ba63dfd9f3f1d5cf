import { describe, expect, it } from 'vitest';
import { ResultReader } from '../../../src/lib/app/honesty/result-reader.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { json, refusal, ScriptedWire } from '../../adapters/kalshi/wire-doubles.ts';

const CLOSE = epochMs(Date.UTC(2026, 10, 20, 15));
const MINUTE_MS = 60_000;
const after = (minutes: number) => epochMs(CLOSE + minutes * MINUTE_MS);

function market(ticker: string, more: object = {}) {
  const iso = new Date(CLOSE).toISOString();
  return {
    ...{ ticker, event_ticker: 'E', status: 'finalized', open_time: iso, close_time: iso, price_ranges: [] },
    ...{ yes_bid_dollars: '0.0000', yes_bid_size_fp: '0.00', yes_ask_dollars: '1.0000', yes_ask_size_fp: '0.00' },
    ...{ volume_fp: '0.00', result: 'yes', exchange_index: 0, ...more },
  };
}

/** The exchange lists these; the archive has those. */
function reader(live: readonly object[], archived: readonly string[] = []) {
  const wire = new ScriptedWire(({ path }) => {
    if (path.endsWith('/markets')) return json(200, { markets: live, cursor: '' });
    const ticker = path.split('/').at(-1) ?? '';
    const isArchived = path.includes('/historical/') && archived.includes(ticker);
    return isArchived ? json(200, { market: market(ticker, { result: 'no' }) }) : refusal(404, 'not_found');
  });
  return { wire, results: new ResultReader(wire) };
}

const awaited = (...tickers: string[]) => tickers.map((ticker) => ({ ticker, closeAt: CLOSE }));

describe('results that nobody heard', () => {
  it('are asked for together, once the stream has had its time, and no more often than every ten minutes', async () => {
    const { wire, results } = reader([market('A', { result: '', status: 'closed' }), market('B')]);
    expect(await results.read(awaited('A', 'B'), after(1))).toEqual([]);
    expect(wire.requests).toHaveLength(0);
    expect(await results.read(awaited('A', 'B'), after(3))).toEqual([{ ticker: 'B', result: 'yes', at: after(3) }]);
    await results.read(awaited('A'), after(5));
    expect(wire.requests).toHaveLength(1);
    await results.read(awaited('A'), after(13));
    expect(wire.requests).toHaveLength(2);
  });

  it('in dispute are none yet; a scalar says its value', async () => {
    const scalar = market('S', { result: 'scalar', settlement_value_dollars: '0.3100' });
    const { results } = reader([market('D', { status: 'disputed' }), scalar]);
    expect(await results.read(awaited('D', 'S'), after(3))).toEqual([
      { ticker: 'S', result: 'scalar', value: 3_100, at: after(3) },
    ]);
  });

  it('are looked for in the archive when the market is not listed any more', async () => {
    const { results } = reader([], ['OLD']);
    const found = await results.read(awaited('OLD', 'GONE'), after(3));
    expect(found).toEqual([{ ticker: 'OLD', result: 'no', at: after(3) }]);
  });

  it('are asked for again when the exchange did not answer', async () => {
    const { wire, results } = reader([market('A')]);
    const works = wire.answer;
    wire.answer = () => refusal(503, 'unavailable');
    expect(await results.read(awaited('A'), after(3))).toEqual([]);
    wire.answer = works;
    expect(await results.read(awaited('A'), after(4))).toMatchObject([{ ticker: 'A', result: 'yes' }]);
  });
});
