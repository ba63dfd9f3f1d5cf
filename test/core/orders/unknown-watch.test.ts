import { describe, expect, it } from 'vitest';
import type { CreateIntent } from '../../../src/lib/core/intents.ts';
import { clearsOf } from '../../../src/lib/core/risk/halts.ts';
import { LOST, type Story, story } from '../../support/engine.ts';
import { TICKER } from '../../support/orders.ts';

const TICKERS = [TICKER, 'KXTEST-26NOV20-T2'];

/** Two creates in each of two markets are under way. */
function sent(): { teller: Story; creates: readonly CreateIntent[] } {
  const teller = story().market({ ticker: TICKERS[1] ?? '' });
  for (const ticker of TICKERS) teller.book(undefined, undefined, ticker);
  return { teller, creates: teller.turn() as readonly CreateIntent[] };
}

const unknownHalts = (teller: Story) => teller.engine.halts.all().filter(({ name }) => name === 'UNKNOWN');

function listed(teller: Story): void {
  for (const ticker of TICKERS) teller.tell({ type: 'orders_listed', askedAt: teller.at, ticker, orders: [] });
}

describe('orders whose fate is not known', () => {
  it('block their markets, and three at once halt everything until a person clears it (F01, F03)', () => {
    const { teller, creates } = sent();
    for (const create of creates.slice(0, 2)) teller.created(create, LOST);
    teller.turn();
    expect(unknownHalts(teller)).toEqual([]);
    for (const create of creates.slice(2)) teller.created(create, LOST);
    teller.turn();
    expect(unknownHalts(teller)).toMatchObject([{ scope: '*' }]);
    expect(unknownHalts(teller)[0]?.reason).toContain(creates[3]?.clientOrderId);
    expect(unknownHalts(teller).map(clearsOf)).toEqual(['operator']);
    expect(clearsOf({ name: 'UNKNOWN', scope: TICKER })).toBe('self');
  });

  it('that a person has looked at halt nothing again, and the next three do', () => {
    const { teller, creates } = sent();
    for (const create of creates) teller.created(create, LOST);
    teller.turn();
    teller.tell({ type: 'control', verb: 'clear', halt: 'UNKNOWN', by: 'test' }).wait(1_000).turn();
    expect(unknownHalts(teller)).toEqual([]);
    for (let n = 0; n < 6; n += 1) listed(teller.wait(6_000));
    const again = teller.turn() as readonly CreateIntent[];
    expect(again.map(({ kind }) => kind)).toEqual(['create', 'create', 'create', 'create']);
    for (const create of again) teller.created(create, LOST);
    teller.turn();
    expect(unknownHalts(teller)).toHaveLength(1);
  });

  it('do not count among the three once they were accepted: an amend without proof is a doubt of its market (F10)', () => {
    const { teller, creates } = sent();
    for (const create of creates) teller.accept(create);
    teller.wait(1_000).disconnect();
    for (const cancel of teller.turn()) teller.changed(cancel, LOST);
    teller.turn();
    expect(teller.resting().every((line) => line.endsWith('unknown'))).toBe(true);
    expect(unknownHalts(teller)).toEqual([]);
  });

  it('halt everything as well when one of them outlives its lease and the read lag', () => {
    const { teller, creates } = sent();
    const [first, ...others] = creates as readonly [CreateIntent, ...CreateIntent[]];
    for (const create of others) teller.accept(create);
    teller
      .created(first, LOST)
      .wait(180_000 + 30_000)
      .turn();
    expect(unknownHalts(teller)).toEqual([]);
    teller.wait(1_000).turn();
    expect(unknownHalts(teller)[0]?.reason).toContain(
      `${first.clientOrderId} is still not known, and its lease is over`,
    );
  });
});
