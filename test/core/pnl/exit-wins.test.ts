import { describe, expect, test } from 'vitest';
import { closedLot, reversalOf } from '../../../src/lib/core/money/lots.ts';
import { exitReasonOf, exitWinsOf } from '../../../src/lib/core/pnl/exit-wins.ts';
import { centicents, epochMs, type Microdollars } from '../../../src/lib/core/units.ts';

const ORDERS: Readonly<Record<string, string | null>> = {
  q: 'kmm-c0ffee-1-cara-1',
  f: 'kmm-c0ffee-1-flatten-2',
  h: 'kmm-c0ffee-1-hand-3',
  e: null,
};

/** One YES contract bought at 50 ¢, with a cent of fees. */
function lot(ticker: string, how: 'trade' | 'settlement', id: string, price: number) {
  const opened = { tradeId: 'o', at: epochMs(1), price: centicents(5_000) };
  return closedLot(
    ticker,
    opened,
    100,
    { how, id, at: epochMs(2), price: centicents(price) },
    { open: 6_000, close: 4_000 },
  );
}

const wins = (lots: Parameters<typeof exitWinsOf>[0]) =>
  new Map(
    exitWinsOf(
      lots,
      (id) => ORDERS[id] ?? null,
      (ticker) => ticker.split('-')[0] ?? '',
    ).map((one) => [one.reason, one]),
  );

describe('win rate by exit reason', () => {
  test('a trade is of whoever placed its order, and of nobody where no kmm did', () => {
    expect(['q', 'f', 'h', 'e'].map((id) => exitReasonOf(ORDERS[id] ?? null))).toEqual([
      ...['quoter', 'flatten', 'hand', 'elsewhere'],
    ]);
    expect(exitReasonOf('another program')).toBe('elsewhere');
  });

  test('each way out has its own n, wins, interval and net after fees', () => {
    const of = wins([
      lot('A-1', 'trade', 'q', 5_200),
      lot('B-1', 'trade', 'q', 5_050),
      lot('C-1', 'trade', 'f', 4_000),
      lot('D-1', 'trade', 'h', 5_100),
      lot('E-1', 'settlement', 'E-1 2', 10_000),
    ]);
    expect(of.get('quoter')).toMatchObject({ lots: 2, won: 1, lost: 1, rate: 0.5, net: 5_000 });
    expect(of.get('quoter')?.interval?.low).toBeCloseTo(0.094531, 6);
    expect(of.get('flatten')).toMatchObject({ lots: 1, won: 0, lost: 1, rate: 0, net: -110_000 });
    // Exactly what the fees were: neither won nor lost, and then there is no rate.
    expect(of.get('hand')).toEqual({ reason: 'hand', lots: 1, won: 0, lost: 0, even: 1, net: 0 as Microdollars });
    expect(of.get('elsewhere')).toMatchObject({ lots: 0, won: 0, lost: 0 });
    expect(of.get('settled')).toMatchObject({ lots: 1, won: 1, rate: 1, net: 490_000 });
  });

  test('lots of one event that left one way are one observation', () => {
    const of = wins([
      lot('A-1', 'trade', 'q', 5_200),
      lot('A-2', 'trade', 'q', 4_000),
      lot('A-1', 'settlement', '', 10_000),
    ]);
    expect(of.get('quoter')).toMatchObject({ lots: 2, won: 0, lost: 1 });
    expect(of.get('settled')).toMatchObject({ lots: 1, won: 1, lost: 0 });
  });

  test('a settlement that was taken back counts as what came of it in the end', () => {
    const first = lot('A-1', 'settlement', 'A-1 2', 10_000);
    const of = wins([first, reversalOf(first, epochMs(3), 'A-1 3'), lot('A-1', 'settlement', 'A-1 3', 0)]);
    expect(of.get('settled')).toMatchObject({ lots: 1, won: 0, lost: 1, net: -510_000 });
  });
});
