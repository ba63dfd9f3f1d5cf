import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import type { ArbScan } from '../../../src/lib/app/arb/scan.ts';
import { familiesOf, lookAt, type QuotedMarket } from '../../../src/lib/core/arb/opportunities.ts';
import { microdollars } from '../../../src/lib/core/units.ts';
import { arbLines, arbRecord } from '../../../src/print/market/arb-text.ts';
import { MARKET } from '../../support/engine.ts';
import { levels } from '../../support/feed.ts';
import { T0 } from '../../support/orders.ts';

const LAYOUT = { width: 100, signs: glyphs(false), isAscii: false };

/** Above 10 offered at `ask`, above 20 bid at 45 ¢, on the same index. */
function scanOf(ask: number): ArbScan {
  const quoted = (ticker: string, floor: number, bid: number, offered: number): QuotedMarket => ({
    market: { ...MARKET, ticker, settles: { kind: 'level', index: 'SPX' }, strike: { type: 'greater', floor } },
    bids: levels([[bid, 2_000]]),
    asks: levels([[offered, 1_000]]),
  });
  const families = familiesOf([quoted('KXINXU-T10', 10, 3_000, ask), quoted('KXINXU-T20', 20, 4_500, 4_600)]);
  const found = families.map((family) => lookAt(family, microdollars(100), T0));
  return { at: T0, markets: 2, leftOut: [], oldestMs: 300, families: found };
}

describe('what a scan for sure profits prints', () => {
  it('names the legs of each with cost, fees and what may be lost on the way', () => {
    const lines = arbLines(scanOf(4_000), LAYOUT, 'ET');
    expect(lines).toEqual([
      '1 sure profit after fees: 2 markets on 1 figure or event, oldest book 0.3 s',
      '',
      '+0.16  what lies within another is dearer than it',
      '  10 of each: cost 9.50, fees 0.34, pays at least 10; at worst 5.67 lost if only some trade',
      '  BUY  TICKER      SIZE  UP TO ¢  COST       FEE',
      '  YES  KXINXU-T10    10       40     4  0.168000',
      '  NO   KXINXU-T20    10       55  5.50  0.173300',
    ]);
    expect(arbRecord(scanOf(4_000)).families[0]?.opportunities).toMatchObject([
      { kind: 'threshold', size: '10.00', profit: '0.158700', legs: [{ priceMax: '0.4000' }, { outcome: 'no' }] },
    ]);
  });

  it('says how far the books are from one where fees leave none', () => {
    const lines = arbLines(scanOf(4_300), LAYOUT, 'UTC');
    expect(lines[0]).toBe('no sure profit after fees: 2 markets on 1 figure or event, oldest book 0.3 s');
    expect(lines.slice(2).map((line) => line.split(/ {2,}/))).toEqual([
      ['FIGURE OR EVENT', 'AT', 'MARKETS', '$1 COSTS ¢', 'BRINGS ¢'],
      ['the level of SPX at the close', expect.stringMatching(/^20/), '2', '—', '43.27'],
    ]);
  });
});
