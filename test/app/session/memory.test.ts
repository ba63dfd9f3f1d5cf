/** What parts of a session keep of markets that are over (I17). The whole of one is counted by `npm run soak -- --days N`. */
import { expect, it } from 'vitest';
import { SessionMetrics } from '../../../src/lib/app/metrics/session-metrics.ts';
import { MoneyRecorder } from '../../../src/lib/app/money/money-recorder.ts';
import { MarketCount } from '../../../src/lib/app/session/markets/market-count.ts';
import { centicents, type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { censusOf } from '../../support/census.ts';
import { emptyStory, MARKET, MINUTE_MS, type Story } from '../../support/engine.ts';
import { parseExposition } from '../metrics/parse-exposition.ts';

const LIFE_MS = 15 * MINUTE_MS;

/** Quoted, filled, its book lost once, and, when the next is there, settled. */
function* lives(teller: Story, count: number): Iterable<EpochMs> {
  for (let life = 0; life < count; life += 1) {
    const ticker = `KXTEST-26NOV20-T${life}`;
    const times = { openAt: teller.at, closeAt: epochMs(teller.at + LIFE_MS) };
    teller.tell({ type: 'market_defined', market: { ...MARKET, ticker, eventTicker: `E${life}`, ...times } });
    teller.tell({ type: 'markets_selected', tickers: [ticker] });
    teller.book(undefined, undefined, ticker).quote();
    teller.fill('bid', 300, { ticker });
    teller.gap().level('bid', 4_000, 100, ticker);
    teller.wait(LIFE_MS).turn();
    teller.tell({ type: 'orders_listed', askedAt: teller.at, ticker, orders: [] });
    yield teller.at;
    teller.tell({ type: 'markets_selected', tickers: [] });
    const paid = { settledAt: teller.at, value: centicents(10_000), result: 'yes' } as const;
    teller.tell({ type: 'settlement', ticker, ...paid });
  }
}

it('what is noted for reports is of the markets that the engine knows', () => {
  const teller = emptyStory({ cash: 10_000 });
  const written: unknown[] = [];
  const write = (_: string, { markets = [] }: { readonly markets?: readonly unknown[] }) => {
    written.push(...markets);
    return undefined;
  };
  const recorder = new MoneyRecorder({
    ...{ engine: teller.engine, account: 'test', latencyMs: () => undefined, onMark: () => {} },
    journal: { money: { write, prune: () => undefined }, flush: () => {} },
    warn: (text) => expect.fail(text),
  });
  for (const at of lives(teller, 20)) recorder.tick(at);
  expect(written).toHaveLength(20);
  expect(censusOf(recorder, (value) => value === teller.engine).get('.#markets')).toBe(1);
});

it('labels of the metrics end with their markets, and what they counted does not', () => {
  const teller = emptyStory({ cash: 10_000 });
  const metrics = new SessionMetrics({
    ...{ engine: teller.engine, view: () => teller.view(), models: () => [], briers: () => [], tape: { dropped: 0 } },
    ...{ requests: { samples: () => [] } as never, tokens: () => [] },
  });
  const texts = Array.from(lives(teller, 20), () => metrics.text());
  for (const [life, text] of texts.entries()) {
    const families = parseExposition(text);
    const labels = [...families.values()].flatMap(({ samples }) =>
      samples.flatMap(({ labels: { ticker } }) => ticker ?? []),
    );
    expect(new Set(labels)).toEqual(new Set([`KXTEST-26NOV20-T${life}`]));
    expect(families.get('kmm_ws_gaps_total')?.samples.map(({ value }) => value)).toEqual([life + 1]);
  }
});

it('a session counts the markets it has worked on, and keeps the names of those that are not over', () => {
  const count = new MarketCount();
  for (let life = 0; life < 100; life += 1) {
    const names = [`T${life}`, `T${life + 1}`];
    count.add(names, (ticker) => names.includes(ticker));
  }
  expect(count.size).toBe(101);
  expect(censusOf(count).get('.#known')).toBe(2);
});
