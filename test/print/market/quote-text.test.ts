import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import type { QuotedMarket } from '../../../src/lib/app/markets/quote-once.ts';
import { freezeAt, phaseAt } from '../../../src/lib/core/clock/market-clock.ts';
import { quoteNotes } from '../../../src/lib/core/quoting/quote-width.ts';
import type { Probability } from '../../../src/lib/core/units.ts';
import { quoteRecord } from '../../../src/print/market/quote-record.ts';
import { quoteLines } from '../../../src/print/market/quote-text.ts';
import { emptyStory, MARKET, parametersOf, type Story, type StoryOptions } from '../../support/engine.ts';
import type { Pair } from '../../support/feed.ts';
import { TICKER } from '../../support/orders.ts';
import { PARAMETERS } from '../../support/quoter.ts';
import { clampedTo } from '../../support/standings.ts';

const OTHER = `${TICKER}-B2`;

function quoted(teller: Story, options: StoryOptions = {}, ticker = TICKER): QuotedMarket {
  const market = teller.engine.market(ticker)!.market;
  const parameters = parametersOf(options);
  const decision = teller.engine.market(ticker)!.decision!;
  const at = teller.at;
  const notes = quoteNotes(decision.quote, decision.top, parameters);
  return {
    market,
    decision,
    at,
    notes,
    phase: phaseAt(market, parameters, at),
    freezeAt: freezeAt(market, parameters),
  };
}

function lines(one: QuotedMarket, isAscii = false): readonly string[] {
  const layout = { width: 80, signs: glyphs(isAscii), isAscii };
  return quoteLines(one, 'cara', { zone: 'ET', layout });
}

/** Fair 30 ± 1 ¢, every part of the half-spread in use, and 10 contracts held of the event's other leg. */
const OPTIONS: StoryOptions = {
  fair: { kind: 'fixed', probability: 0.3 as Probability, standardError: 0.01 },
  quoter: {
    ...PARAMETERS,
    cara: { gammaPerDollar: 0.01, kPerDollar: 60, adverseDollars: 0.004, edgeDollars: 0.002 },
    ...{ intervalWeight: 1, queueDollars: 0.002, incentiveDollars: { KXTEST: 0.003 } },
  },
};

function fullStory(): Story {
  const [below, above] = [-1, 1].map((sign) =>
    [1, 2, 3, 4, 5, 6, 7].map((cent): Pair => [3_000 + sign * cent * 100, 3_000]),
  );
  const fees = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };
  const teller = emptyStory(OPTIONS);
  for (const ticker of [TICKER, OTHER]) teller.market({ ticker, isMutuallyExclusive: true, fees });
  for (const ticker of [TICKER, OTHER]) teller.book(below, above, ticker);
  teller.quote();
  teller.turn();
  teller.fill('bid', 1_000, { ticker: OTHER });
  teller.turn();
  return teller;
}

describe('the screen of a quote', () => {
  it('says where the model is not believed, and how much is quoted instead', () => {
    const teller = fullStory();
    const of = { model: 'fixed', series: 'KXTEST' };
    teller
      .tell({ type: 'standing', standings: [clampedTo(250, of)] })
      .wait(2_000)
      .turn();
    const one = quoted(teller, OPTIONS);
    expect(lines(one)).toContain('  size      clamped to 2.00 of 10.00 contracts: at 30 to 40 %, where as composed');
    expect(quoteRecord(one)).toMatchObject({
      clamp: { size: '2.00', of: '10.00', why: 'at 30 to 40 %, where as composed' },
    });
    expect(quoteRecord(quoted(fullStory(), OPTIONS))).toMatchObject({ clamp: null });
  });

  it('is one screen of 80 columns that names every part', () => {
    const text = lines(quoted(fullStory(), OPTIONS));
    expect(text.length).toBeLessThanOrEqual(24);
    for (const line of text) expect(line.length).toBeLessThanOrEqual(80);
    for (const part of ['margin', 'maker fee', 'adverse', 'interval', 'edge', 'queue', 'incentive', 'half-spread'])
      expect(text.some((line) => line.includes(part))).toBe(true);
    expect(text.join('\n')).toMatch(/fair +30\.0 ±1\.0 ¢, 95 %: 28\.0 to 32\.0 \(fixed\)/);
    expect(text.join('\n')).toMatch(/\+\d\.\d\d by another market/);
    expect(text.join('\n')).toMatch(/MAKE until \d\d:\d\d:\d\d ET, in 14m/);
  });

  it('has parts that add up to the half-spread, from the reservation price to the raw price', () => {
    const one = quoted(fullStory(), OPTIONS);
    const { bid, ask, reservation } = quoteRecord(one) as unknown as {
      readonly [side in 'bid' | 'ask']: { readonly rawCents: number; readonly halfSpread: Record<string, number> };
    } & { readonly reservation: number };
    for (const [sign, side] of [
      [1, bid],
      [-1, ask],
    ] as const) {
      const { half, ...parts } = side.halfSpread;
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(half!, 9);
      expect(reservation * 100 - sign * half! * 100).toBeCloseTo(side.rawCents, 9);
      expect(parts).toMatchObject({ adverse: 0.004, interval: 0.01, edge: 0.002, incentive: -0.003 });
      expect(parts.margin).toBeCloseTo(0.0177, 3);
      expect(parts.queue).toBeGreaterThan(0);
    }
  });

  it('says why a side is not shown, and that a quote is far wider than the book', () => {
    const options: StoryOptions = { fair: { kind: 'mid' } };
    const teller = emptyStory(options)
      .market()
      .book([[90, 10_000]], [[110, 10_000]]);
    teller.turn();
    const text = lines(quoted(teller, options)).join('\n');
    expect(text).toMatch(/bid +none: beyond the last price the market accepts/);
    expect(text).toMatch(/note +16\.\d times as wide as the book/);
    expect(quoteRecord(quoted(teller, options))).toMatchObject({ bid: { suppression: 'off_grid', price: null } });
  });

  it('names the gate and quotes nothing where one says no', () => {
    const teller = emptyStory().market({ status: 'inactive' }).book();
    teller.turn();
    const text = lines(quoted(teller));
    expect(text.join('\n')).toMatch(/gate +not_open: the market is inactive/);
    expect(text.join('\n')).not.toContain('half-spread');
  });

  it('has no sign that a plain terminal lacks', () => {
    expect(lines(quoted(fullStory(), OPTIONS), true).join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

describe('a quote far wider than the book', () => {
  it('is said once when it has lasted five minutes', () => {
    const teller = emptyStory().market({ closeAt: (MARKET.closeAt + 3_600_000) as typeof MARKET.closeAt });
    teller.book([[4_950, 10_000]], [[5_050, 10_000]]);
    const said = () => teller.engine.takeLog().filter(({ text }) => text.includes('as wide as the book'));
    teller.quote();
    expect(said()).toEqual([]);
    teller.wait(299_000).quote();
    expect(said()).toEqual([]);
    teller.wait(2_000).quote();
    expect(said()).toMatchObject([{ level: 'warn', text: expect.stringContaining('quoted for 5 min: 3.6 times') }]);
    teller.wait(60_000).quote();
    expect(said()).toEqual([]);
  });
});
