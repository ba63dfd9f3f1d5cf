/** Words that stood beside each other and did not fit, or were cut. */
import { describe, expect, test } from 'vitest';
import { glyphs } from '../../src/format.ts';
import type { AlertRow } from '../../src/lib/app/alerts/alert-book.ts';
import { BOOK_SIGNALS } from '../../src/lib/core/book/book-signals.ts';
import type { RankedMarket } from '../../src/lib/core/selection/types.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { rankColumns } from '../../src/print/market/rank-text.ts';
import { kindLines } from '../../src/print/model/signal-text.ts';
import { alertLines } from '../../src/print/operator/alert-text.ts';

const SIGNS = glyphs(false);
const NOW = epochMs(Date.UTC(2026, 10, 20, 15));

describe('kmm alert list', () => {
  const line = (more: Partial<AlertRow>) => {
    const alert = { id: 7, key: 'halt KILLED *', priority: 'critical', change: 'raised', stage: '', text: 'killed' };
    const state = { at: NOW, isOpen: 1, acknowledgedAt: null, deliveries: [] };
    return alertLines([{ ...alert, ...state, ...more } as unknown as AlertRow], SIGNS, 'ET')[0];
  };

  test('says of no alert that it is cleared and open', () => {
    expect(line({})).toMatch(/ critical raised {2}halt KILLED \* {2}\(open\)$/);
    expect(line({ change: 'cleared' })).toMatch(/ critical cleared {2}halt KILLED \* {2}\(not acknowledged\)$/);
    expect(line({ isOpen: 0, acknowledgedAt: NOW })).toMatch(/\(acknowledged\)$/);
    expect(line({ isOpen: 0, priority: 'low' })).toMatch(/\(told\)$/);
  });
});

describe('kmm signal list', () => {
  test.each([80, 60, 200])('says in %i columns what each is, to the last word', (width) => {
    const lines = kindLines({ width, signs: SIGNS, isAscii: false });
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    const text = lines.map((line) => line.trim()).join(' ');
    for (const [name, { means }] of Object.entries(BOOK_SIGNALS)) expect(text).toContain(`${name}: ${means}`);
  });
});

describe('kmm markets rank', () => {
  test('has scores in digits alone', () => {
    const making = rankColumns(SIGNS, NOW).find(({ title }) => title === 'MAKING');
    const cell = (score: number) => making?.cell({ making: { score } } as unknown as RankedMarket);
    expect([5_843, 58_400, 0.000_012_3, 1.5].map(cell)).toEqual(['5840', '58400', '0.0000123', '1.5']);
  });
});
