import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/lib/core/engine.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { parametersOf, quotingStory, type Story } from '../../support/engine.ts';
import { TICKER } from '../../support/orders.ts';

const marks = ({ engine }: Story) => engine.markouts.take().map(({ horizonMs, midDoubled }) => [horizonMs, midDoubled]);
const said = ({ engine }: Story) =>
  engine
    .takeLog()
    .map(({ text }) => text)
    .filter((text) => text.includes('no mid'));

/** Our bid rests at 48 ¢ and our ask at 52 ¢, alone in front of 44 / 56 ¢. */
function shown(): Story {
  const teller = quotingStory();
  teller.level('bid', 4_800, 1_000);
  teller.level('ask', 5_200, 1_000);
  return teller;
}

describe('the mid at a fill', () => {
  it('is that of the others, whether the book has changed before the fill is told or not', () => {
    const bookFirst = shown();
    bookFirst.level('bid', 4_800, -400);
    bookFirst.fill('bid', 400);
    expect(marks(bookFirst)).toEqual([[0, 10_000]]);

    const fillFirst = shown();
    fillFirst.fill('bid', 400);
    fillFirst.level('bid', 4_800, -400);
    expect(marks(fillFirst)).toEqual([[0, 10_000]]);

    const whole = shown();
    whole.level('bid', 4_800, -1_000);
    whole.fill('bid', 1_000);
    expect(marks(whole)).toEqual([[0, 10_000]]);
  });

  it('comes with the fair value of the last decision, and with the time', () => {
    const teller = shown();
    teller.fill('bid', 400);
    expect(teller.engine.markouts.take()).toEqual([
      { tradeId: 'trade-1', horizonMs: 0, midDoubled: 10_000, fair: 5_000, model: 'mid', at: teller.at },
    ]);
  });

  it('is noted once, however often the fill is told', () => {
    const teller = shown();
    const fill = teller.fill('bid', 400);
    teller.tell(fill);
    expect(marks(teller)).toEqual([[0, 10_000]]);
    teller.wait(60_000).turn();
    expect(marks(teller)).toHaveLength(3);
  });
});

describe('the mid later', () => {
  it('is noted at the first turn from 1, 10 and 60 s on, each once', () => {
    const teller = shown();
    teller.fill('bid', 1_000);
    teller.level('bid', 4_800, -1_000);
    teller.wait(999).turn();
    expect(marks(teller)).toEqual([[0, 10_000]]);
    teller.moveTo(4_500, 5_600);
    teller.wait(5).quote();
    expect(marks(teller)).toEqual([[1_000, 10_100]]);
    teller.wait(70_000).turn();
    expect(marks(teller)).toEqual([
      [10_000, 10_100],
      [60_000, 10_100],
    ]);
    teller.wait(70_000).turn();
    expect(marks(teller)).toEqual([]);
  });

  it('is not noted on a book that is not valid then, and that is said', () => {
    const teller = shown();
    teller.fill('bid', 1_000);
    teller.gap().level('bid', 4_500, 500);
    teller.wait(1_000).turn();
    expect(marks(teller)).toEqual([[0, 10_000]]);
    expect(said(teller)).toEqual([`${TICKER}: no mid is noted 1 s after a fill: the book has none`]);
    // A new snapshot, and the later horizons have theirs.
    teller.book().wait(10_000).turn();
    expect(marks(teller)).toEqual([[10_000, 10_000]]);
  });
});

describe('no mid', () => {
  it('is noted of a fill on an invalid book, and none later either', () => {
    const teller = shown();
    teller.gap().level('bid', 4_500, 500);
    teller.fill('bid', 1_000);
    expect(said(teller)).toEqual([`${TICKER}: no mid is noted at a fill: the book has none`]);
    teller.book().wait(60_000).turn();
    expect(marks(teller)).toEqual([]);
  });

  it('is noted of a fill that is told late, or of one that was known before the session', () => {
    const teller = shown();
    teller.fill('bid', 400, { exchangeAt: epochMs(teller.at - 1_001) });
    expect(said(teller)).toEqual([`${TICKER}: no mid is noted at a fill: it was told 1001 ms late`]);
    const { at } = teller;
    const restored = { ...(teller.told.findLast(({ type }) => type === 'fill') as EngineEvent & { type: 'fill' }) };
    teller.tell({
      type: 'ledger_restored',
      openingCash: [],
      fills: [{ ...restored, tradeId: 'before', at }],
      settlements: [],
    });
    expect(marks(teller)).toEqual([]);
  });

  it('is noted where nobody else quotes one side', () => {
    const teller = quotingStory();
    teller.book([[4_800, 1_000]], [[5_600, 1_000]]);
    teller.fill('bid', 400);
    expect(marks(teller)).toEqual([]);
  });
});

it('the same events give the same marks', () => {
  const teller = shown();
  teller.fill('bid', 400);
  teller.fill('ask', 300);
  teller.wait(1_000).turn();
  teller.wait(9_000).turn();
  const again = new Engine({ idPrefix: 'kmm-a-1', parameters: parametersOf() });
  for (const event of teller.told) again.apply(event);
  const first = teller.engine.markouts.take();
  expect(first).toHaveLength(6);
  expect(again.markouts.take()).toEqual(first);
});
