import { describe, expect, it } from 'vitest';
import { glyphs } from '../../src/format.ts';
import type { LimitBarView } from '../../src/lib/core/view.ts';
import { screenLines } from '../../src/tui/layout.ts';
import { at, dollars, NOW, size, TICKER, view } from './views.ts';

const money = { unit: 'dollars' } as const;
const parts = (held: number, resting = 0, inFlight = 0, unknown = 0) => ({
  ...{ held: dollars(held), resting: dollars(resting), inFlight: dollars(inFlight), unknown: dollars(unknown) },
});

const BARS: readonly LimitBarView[] = [
  { ...money, limit: 'total_loss', used: dollars(112), allowed: dollars(300), parts: parts(64, 30, 10, 8) },
  { ...money, limit: 'day_loss', used: dollars(44.2), allowed: dollars(50) },
  { unit: 'count', limit: 'orders_per_minute', used: 12, allowed: 600 },
  { unit: 'contracts', limit: 'sent_day', allowed: size(1_000_000) },
  { ...money, limit: 'market_loss', subject: TICKER, used: dollars(51), allowed: dollars(50), parts: parts(51) },
  {
    ...money,
    limit: 'event_loss',
    subject: 'KXHIGHNY-26NOV20',
    used: dollars(8.6),
    allowed: dollars(100),
    parts: parts(0, 8.6),
  },
];

function page(shown: Partial<Parameters<typeof view>[0]>, columns = 80, now = NOW, isAscii = false, rows = 24): string {
  const state = { view: view(shown), now, selected: TICKER, mode: 'risk' as const };
  const lines = screenLines(state, { columns, rows }, glyphs(isAscii));
  return `${lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

describe('the page of limits', () => {
  it.each([80, 120])('at %i columns has every limit with what fills it', async (columns) => {
    const text = page({ bars: BARS }, columns);
    expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    await expect(text).toMatchFileSnapshot(`goldens/risk-${columns}.txt`);
  });

  it('marks with a sign what is near its end or over it, and shows what is not known as a dash', () => {
    const text = page({ bars: BARS });
    expect(text).toMatch(/^! day loss .* 44\.20 +50/m);
    expect(text).toMatch(/^▲ market loss .*█{16} +51 +50/m);
    expect(text).toMatch(/^ {2}total loss +██▓▓▒\?░+ +112 +300/m);
    expect(text).toMatch(/^ {2}sent day +— +— +1,000,000/m);
    expect(page({ bars: BARS }, 80, NOW, true)).toMatch(/^[\n -~]*$/);
  });

  it('is stamped and dimmed when the trader is silent, says when rows are left out, and keeps its keys', () => {
    expect(page({ bars: BARS }, 80, at(38_000))).toContain('! last 14:02:11, 38 s');
    const many = Array.from(
      { length: 40 },
      (_, index) => ({ ...money, limit: 'market_loss', subject: `KX-${index}`, used: 1, allowed: 2 }) as const,
    );
    expect(page({ bars: many })).toMatch(/limits the first \d+ of 40/);
    expect(page({})).toContain('limits: none yet');
    expect(page({ bars: BARS })).toContain('[1] overview');
  });
});
