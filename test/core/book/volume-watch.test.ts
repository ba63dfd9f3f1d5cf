/** More volume than usual in the last part before the close (D-5): vectors, then stories told to a real engine. */
import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../src/lib/core/alerts/conditions.ts';
import { VolumeWatch } from '../../../src/lib/core/book/volume-watch.ts';
import { Engine } from '../../../src/lib/core/engine.ts';
import type { InventoryRules, VolumeRules } from '../../../src/lib/core/parameters.ts';
import { type BasisPoints, centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { MARKET, MINUTE_MS, parametersOf, type Story, story } from '../../support/engine.ts';
import { T0, TICKER } from '../../support/orders.ts';

const VOLUME: VolumeRules = {
  ...{ times: 300, windowMs: MINUTE_MS, averageMs: 10 * MINUTE_MS },
  ...{ sizeMin: centicontracts(2_000), pauseMs: MINUTE_MS },
};
/** 3.2 minutes of the 16 that the market is open, one of them frozen. */
const BEFORE: Partial<InventoryRules> = {
  ...{ finalMs: 30 * MINUTE_MS, finalShare: 2_000 as BasisPoints, finalPosition: centicontracts(10_000) },
};
const FINAL: Partial<InventoryRules> = { ...BEFORE, volume: VOLUME };
const SECOND_MS = 1_000;

let traded = 0;
function trade(teller: Story, contracts: number): Story {
  traded += 1;
  return teller.tell({
    ...{ type: 'trade', ticker: TICKER, tradeId: `public-${traded}`, takerSide: 'bid' },
    ...{ price: centicents(5_600), size: centicontracts(contracts * 100) },
  });
}

/** Ten contracts a minute until three minutes before the close; the last window has none yet. */
function late(inventory: Partial<InventoryRules> = FINAL): Story {
  const teller = story({ inventory }).book();
  for (let minute = 0; minute < 12; minute += 1) trade(teller, 10).wait(MINUTE_MS);
  return teller.wait(SECOND_MS).book();
}

const gateOf = (teller: Story) => teller.engine.market(TICKER)?.decision?.gate;
const sent = (teller: Story) => teller.turn().map(({ kind, side }) => `${kind} ${side}`);

describe('the volume of a window', () => {
  it('is held against the average of as long a time before it', () => {
    const watch = new VolumeWatch(T0);
    for (let minute = 0; minute < 11; minute += 1) {
      watch.traded(centicontracts(1_000), epochMs(T0 + minute * MINUTE_MS + SECOND_MS), VOLUME);
    }
    const now = epochMs(T0 + 11 * MINUTE_MS);
    expect(watch.volume(now, VOLUME)).toEqual({ recent: 1_000, usual: 1_000 });
    watch.traded(centicontracts(2_500), now, VOLUME);
    expect(watch.volume(now, VOLUME)).toEqual({ recent: 3_500, usual: 1_000 });
    // A minute later what was recent is part of what is usual.
    expect(watch.volume(epochMs(now + MINUTE_MS), VOLUME)).toEqual({ recent: 0, usual: 1_250 });
  });

  it('has no average before half of the time has been heard, and one of what was heard from then on', () => {
    const watch = new VolumeWatch(T0);
    watch.traded(centicontracts(1_200), T0, VOLUME);
    watch.traded(centicontracts(300), epochMs(T0 + MINUTE_MS), VOLUME);
    expect(watch.volume(epochMs(T0 + 6 * MINUTE_MS - 1), VOLUME)).toBeUndefined();
    expect(watch.volume(epochMs(T0 + 6 * MINUTE_MS), VOLUME)).toEqual({ recent: 0, usual: 60 });
    const heard = new VolumeWatch(epochMs(T0 - 1));
    heard.traded(centicontracts(1_200), T0, VOLUME);
    heard.traded(centicontracts(300), epochMs(T0 + MINUTE_MS), VOLUME);
    expect(heard.volume(epochMs(T0 + 6 * MINUTE_MS), VOLUME)).toEqual({ recent: 0, usual: 300 });
  });
});

describe('in the last part before the close', () => {
  it('three times the usual is still quoted, more is not added to, for its time', () => {
    const teller = late();
    trade(teller, 30);
    expect(sent(teller)).toEqual(['create bid', 'create ask']);
    const more = late();
    trade(more, 30.01);
    expect(sent(more)).toEqual([]);
    expect(gateOf(more)).toEqual({
      ...{ name: 'volume', posture: 'reduce' },
      reason: '30.01 contracts traded in 60 s, 10.00 are usual',
    });
    expect(more.engine.takeLog().map(({ text }) => text)).toContain(
      `${TICKER}: 30.01 contracts traded in 60 s, 10.00 are usual: only what reduces the position is shown for 60 s`,
    );
    more.wait(MINUTE_MS - 1).book();
    expect(sent(more)).toEqual([]);
    more.wait(1).book();
    expect(sent(more)).toEqual(['create bid', 'create ask']);
  });

  it('what rests and would add to the position is taken away, what takes it down stays', () => {
    const teller = late();
    teller.quote();
    teller.fill('bid', 400);
    trade(teller, 31);
    teller.wait(2_000).book();
    expect(teller.quote().map(({ kind, side }) => `${kind} ${side}`)).toEqual(expect.arrayContaining(['cancel bid']));
    teller.wait(2_000).book();
    teller.quote();
    expect(teller.resting()).toEqual(['ask 5200 × 400 working']);
    expect(teller.view().markets[0]).toMatchObject({ state: 'volume', why: expect.stringContaining('are usual') });
    // What stands is decided upon: no alert of quotes that are left alone.
    expect(conditionsOf(teller.engine, { tokens: [] }, teller.at)).toEqual([]);
  });

  it('goes on while more is traded, and is said once', () => {
    const teller = late();
    trade(teller, 31);
    teller.wait(30 * SECOND_MS);
    trade(teller, 5)
      .wait(40 * SECOND_MS)
      .book();
    expect(sent(teller)).toEqual([]);
    expect(teller.engine.takeLog().filter(({ text }) => text.includes('are usual'))).toHaveLength(1);
  });

  it('stays under another gate: nothing that adds is sent with only cancels allowed, nor kept', () => {
    const teller = late();
    teller.quote();
    trade(teller, 31);
    teller.tell({ type: 'rate_limited', until: epochMs(teller.at + MINUTE_MS) });
    expect(sent(teller)).toEqual(['cancel bid', 'cancel ask']);
  });
});

describe('nothing is paused', () => {
  it('before that part', () => {
    const teller = story({ inventory: FINAL }).book();
    for (let minute = 0; minute < 8; minute += 1) trade(teller, 10).wait(MINUTE_MS);
    trade(teller, 500).book();
    expect(sent(teller)).toEqual(['create bid', 'create ask']);
  });

  it.each<[string, Partial<InventoryRules>]>([
    ['by a session from before there was such a rule', BEFORE],
    ['where the pause has no length', { ...FINAL, volume: { ...VOLUME, pauseMs: 0 } }],
    ['by less than is worth it', { ...FINAL, volume: { ...VOLUME, sizeMin: centicontracts(50_001) } }],
  ])('%s', (_, inventory) => {
    const teller = late(inventory);
    trade(teller, 500);
    expect(sent(teller)).toEqual(['create bid', 'create ask']);
  });

  it('on a connection on which too little was heard to know what is usual', () => {
    const teller = late();
    teller.disconnect().connect().book().wait(4_000).book();
    trade(teller, 500);
    expect(sent(teller)).toEqual(['create bid', 'create ask']);
  });
});

it('the same events give the same pause', () => {
  const teller = late();
  trade(teller, 31);
  teller.turn();
  const again = new Engine({ idPrefix: 'kmm-a-1', parameters: parametersOf({ inventory: FINAL }) });
  for (const event of teller.told) again.apply(event);
  expect(again.market(TICKER)?.surge).toEqual(teller.engine.market(TICKER)?.surge);
  expect(again.market(TICKER)?.surge?.until).toBe(teller.at + MINUTE_MS);
  expect(MARKET.closeAt - teller.at).toBeGreaterThan(MINUTE_MS);
});
