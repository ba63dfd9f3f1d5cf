import { describe, expect, it } from 'vitest';
import { glyphs } from '../../src/format.ts';
import { screenLines } from '../../src/tui/layout.ts';
import { at, dollars, market, NOW, size, TICKER, unknownMarket, view } from './views.ts';

function page(shown: Partial<Parameters<typeof view>[0]> = {}, columns = 80, now = NOW, isAscii = false): string {
  const state = { view: view(shown), now, selected: TICKER, mode: 'money' as const };
  const lines = screenLines(state, { columns, rows: 24 }, glyphs(isAscii));
  const textOf = (line: (typeof lines)[number]) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd();
  return `${lines.map(textOf).join('\n')}\n`;
}

/** The figures of a row, by the head of the table. */
const figures = (text: string, name: string) => text.split('\n').find((line) => line.includes(` ${name} `));

describe('the page of positions and profit', () => {
  it.each([80, 120])(
    'at %i columns has cost and mark of what is held, and rows that are the totals',
    async (columns) => {
      const text = page({}, columns);
      expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns);
      await expect(text).toMatchFileSnapshot(`goldens/money-${columns}.txt`);
    },
  );

  it('counts in one line what is over: the rows and that line are the account’s own figures', () => {
    const text = page({ realized: dollars(16.4) });
    expect(figures(text, 'all others')).toMatch(/0\.00 +\+10\.00 +0\.00 +\+10\.00$/);
    expect(figures(text, 'together')).toMatch(/-11\.46 +\+16\.40 +0\.24 +\+4\.70$/);
  });

  it('shows a dash for a mark that nobody knows, and nothing of a market that was never traded', () => {
    const { mark: _mark, ...unmarked } = market();
    const text = page({ markets: [unmarked, unknownMarket({ ticker: 'KXHIGHNY-26NOV20-T50' })] }, 120);
    expect(text).toMatch(/15-15 +\+35 +44\.1¢ +— /);
    expect(text).not.toContain('KXHIGHNY');
  });

  it('lists what is held first, the most at stake at the top, and says when rows are left out', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      market({ ticker: `KX-${index}`, position: size(index % 2), worst: dollars(index) }),
    );
    const text = page({ markets: many });
    expect(text).toContain('positions 15, the first');
    expect(text.indexOf(' KX-29 ')).toBeLessThan(text.indexOf(' KX-27 '));
    expect(text).not.toContain(' KX-28 ');
  });

  it('is stamped when the trader is silent, makes nothing up for an older trader, and knows its keys', () => {
    expect(page({}, 80, at(38_000))).toContain('! last 14:02:11, 38 s');
    const { money: _money, ...older } = view();
    const state = { view: older, now: NOW, selected: TICKER, mode: 'money' as const };
    const text = screenLines(state, { columns: 80, rows: 24 }, glyphs(false))
      .flat()
      .map((span) => span.text)
      .join('');
    expect(text).not.toContain('today');
    expect(page()).toContain('[1] overview  [5] limits');
    expect(page({}, 120, NOW, true)).toMatch(/^[\n -~]*$/);
  });
});
