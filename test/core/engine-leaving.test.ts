/** A market that is to be given up: what is held there is worked off, nothing is added, and a replay does the same. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/lib/core/engine.ts';
import { parametersOf, quotingStory } from '../support/engine.ts';
import { TICKER } from '../support/orders.ts';

const LEAVES = { type: 'markets_selected', tickers: [TICKER], leaving: [TICKER] } as const;
const STAYS = { type: 'markets_selected', tickers: [TICKER] } as const;

function decided(teller: ReturnType<typeof quotingStory>) {
  const decision = teller.engine.market(TICKER)?.decision;
  return { gate: decision?.gate?.name, bid: decision?.bid.shown?.size, ask: decision?.ask.shown?.size };
}

describe('a market that is told to leave', () => {
  it('shows nothing when nothing is held', () => {
    const teller = quotingStory().tell(LEAVES);
    teller.quote();
    expect(decided(teller)).toEqual({ gate: 'leaving', bid: undefined, ask: undefined });
    expect([...teller.engine.orders.live()]).toEqual([]);
  });

  it('shows only the side that takes the position down, and no more of it than is held', () => {
    const teller = quotingStory();
    teller.fill('bid', 400);
    teller.tell(LEAVES).wait(2_000);
    teller.quote();
    teller.turn();
    expect(decided(teller)).toEqual({ gate: 'leaving', bid: undefined, ask: 400 });
  });

  it('quotes both sides again when it may stay', () => {
    const teller = quotingStory().tell(LEAVES);
    teller.quote();
    teller.tell(STAYS).wait(2_000);
    teller.quote();
    expect(decided(teller)).toMatchObject({ gate: undefined, bid: 1_000, ask: 1_000 });
  });

  it('asks for the same when the story is told again', () => {
    const teller = quotingStory().tell(LEAVES);
    teller.quote();
    const again = new Engine({ idPrefix: 'kmm-a-1', parameters: parametersOf() });
    expect(teller.told.flatMap((event) => [...again.apply(event)])).toEqual(teller.asked);
  });
});
