import chalk from 'chalk';
import { renderToString } from 'ink';
import { createElement } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { glyphs } from '../../src/format.ts';
import type { EpochMs } from '../../src/lib/core/units.ts';
import type { TraderView } from '../../src/lib/core/view.ts';
import { App } from '../../src/tui/app.ts';
import { screenLines } from '../../src/tui/layout.ts';
import { at, dollars, LADDER, market, NOW, side, size, TICKER, unknownMarket, view } from './views.ts';

interface Look {
  readonly columns?: number;
  readonly rows?: number;
  readonly now?: EpochMs;
  readonly isAscii?: boolean;
  readonly hasColour?: boolean;
}

function screen(shown: TraderView, look: Look = {}): string {
  const { columns = 80, rows = 24, now = NOW, isAscii = false, hasColour = false } = look;
  chalk.level = hasColour ? 1 : 0;
  const props = { view: shown, now, signs: glyphs(isAscii), onVerb() {}, onSelect() {}, size: { columns, rows } };
  return `${renderToString(createElement(App, props), { columns })}\n`;
}

const colourLevel = chalk.level;
afterEach(() => {
  chalk.level = colourLevel;
});

const LONG = 'KXPRESPOPULARVOTEMARGINBYSTATE-28NOV07-PENNSYLVANIA-REPUBLICAN';
const STORIES: readonly { readonly name: string; readonly shown: TraderView; readonly now: EpochMs }[] = [
  { name: 'quoting', shown: view(), now: NOW },
  { name: 'silent', shown: view(), now: at(38_000) },
  {
    name: 'stale',
    shown: view({
      markets: [
        market({ state: 'stale', isStale: true, bookAt: at(-38_000), why: 'no frame for 5 s' }),
        market({ ticker: 'B' }),
      ],
    }),
    now: NOW,
  },
  {
    name: 'halted',
    shown: view({
      state: 'halted',
      halts: [
        { name: 'LOSS_DAY', scope: '*', since: at(-60_000), reason: 'lost 50.40 of 50.00 today' },
        { name: 'BOOK', scope: TICKER, since: at(-5_000), reason: 'gap after seq 12' },
        { name: 'LIMITED', scope: '*', since: at(-2_000), until: at(3_000), reason: '429 from the exchange' },
      ],
      markets: [market({ state: 'halted', why: 'LOSS_DAY' })],
    }),
    now: NOW,
  },
  {
    name: 'empty-book',
    shown: view({
      markets: [unknownMarket({ ticker: TICKER, bookAt: at(-300), isBookValid: true, why: 'empty book' })],
      ladder: { ticker: TICKER, bids: [], asks: [] },
    }),
    now: NOW,
  },
  { name: 'one-sided-book', shown: view({ ladder: { ...LADDER, asks: [] } }), now: NOW },
  {
    name: 'long-ticker',
    shown: view({ markets: [market({ ticker: LONG })], ladder: { ...LADDER, ticker: LONG } }),
    now: NOW,
  },
  {
    name: 'negative',
    shown: view({
      markets: [market({ position: size(-12.5), realized: dollars(-103.2), unrealized: dollars(-0.84) })],
      realized: dollars(-103.2),
      unrealized: dollars(-1_234.56),
      cash: dollars(-3),
      unknownOrders: 2,
    }),
    now: NOW,
  },
  {
    name: 'starting',
    shown: view({ state: 'starting', markets: [], limits: [], log: [], isConnected: false }),
    now: NOW,
  },
];

describe.each(STORIES)('the screen, $name', ({ name, shown, now }) => {
  test.each([
    [80, 24],
    [120, 40],
  ])('at %d×%d fills its lines and no more', async (columns, rows) => {
    const look = { columns, rows, now };
    const text = screen(shown, look);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    await expect(text).toMatchFileSnapshot(`goldens/${name}-${columns}.txt`);
    await expect(screen(shown, { ...look, hasColour: true })).toMatchFileSnapshot(
      `goldens/${name}-${columns}-colour.txt`,
    );
  });

  test('says with words and signs all that it says with colour', () => {
    const bare = screen(shown, { now, hasColour: true }).replace(/\u001b\[[\d;]*m/g, '');
    expect(bare.replace(/ +$/gm, '')).toBe(screen(shown, { now }));
  });

  test('is plain ASCII when asked', () => {
    const text = screen(shown, { isAscii: true, now });
    // ¢ in a log line is the trader's own text.
    expect(text.replaceAll('¢', '')).toMatch(/^[\n -~]*$/);
  });
});

describe('a warning', () => {
  const fill = (ms: number) => ({ at: at(ms), level: 'info', text: `fill at ${ms}` }) as const;
  const death = { at: at(-9_000), level: 'error', text: 'the trader has died' } as const;

  test('of the last minutes is not scrolled away by what is merely told; the newest line is always there', () => {
    const text = screen(view({ log: [death, fill(-4_000), fill(-3_000), fill(-2_000), fill(-1_000)] }), { now: NOW });
    expect(text).toMatch(/✗ the trader has died\n.* fill at -2000\n.* fill at -1000\n/);
    expect(text).not.toContain('fill at -3000');
  });

  test('that the trader died outlasts the warnings of its next life', () => {
    const warning = (ms: number) => ({ at: at(ms), level: 'warn' as const, text: `found ${ms}` });
    const text = screen(view({ log: [death, warning(-3_000), warning(-2_000), warning(-1_000), fill(-500)] }));
    expect(text).toContain(death.text);
  });

  test('that is old makes way', () => {
    const text = screen(view({ log: [death, fill(-3_000), fill(-2_000), fill(-1_000)] }), { now: at(600_000) });
    expect(text).not.toContain('has died');
    expect(text).toContain('fill at -2000');
  });
});

describe('staleness', () => {
  test('a trader that stopped sending is stamped, and nothing of it is shown undimmed', () => {
    const text = screen(view(), { now: at(38_000), hasColour: true });
    expect(text).toContain('! TRADER SILENT last 14:02:11, 38 s');
    expect(text).toContain('markets 3');
    const row = text.split('\n').find((line) => line.includes('! stale')) ?? '';
    expect(row.startsWith('\u001b[2m')).toBe(true);
    expect(text).not.toContain('● quoting    ');
  });

  test('a lost connection is said with the time of the last word', () => {
    const text = screen(view({ isConnected: false, heardAt: at(-12_000) }));
    expect(text).toContain('! DISCONNECTED last 14:01:59, 12 s');
  });

  test('two seconds of silence are let pass', () => {
    expect(screen(view(), { now: at(2_000) })).not.toContain('SILENT');
    expect(screen(view(), { now: at(2_001) })).toContain('SILENT');
  });

  test('a feed that has said nothing for more than five seconds is marked', () => {
    expect(screen(view({ heardAt: at(-5_000) }))).toContain('  feed 5.0 s');
    expect(screen(view({ heardAt: at(-5_100) }))).toContain('! feed 5.1 s');
  });

  test('an unknown price is a dash, never a zero', () => {
    const row =
      screen(view({ markets: [unknownMarket()] }))
        .split('\n')
        .find((line) => line.includes('waiting')) ?? '';
    expect(row).toMatch(/— +— +— +— +—\/— +0 +0\.00/);
  });

  test('a quote that is not proved carries a question mark', () => {
    const text = screen(view({ markets: [market({ bid: side(45, 5, { state: 'unknown' }) })] }));
    expect(text).toContain(' 45? ');
    expect(text).toContain('my bid 5 @ 45¢ unknown');
  });
});

describe('size', () => {
  test('columns leave in the stated order: worst, why, phase, close, market, fair', () => {
    const state = { view: view(), now: NOW, selected: TICKER, mode: 'normal' as const };
    const headAt = (columns: number) =>
      screenLines(state, { columns, rows: 24 }, glyphs(false))[3]
        ?.map(({ text }) => text)
        .join('') ?? '';
    const names = ['worst', 'why', 'phase', 'close', 'market ', 'fair'];
    const kept = (columns: number) => names.filter((name) => headAt(columns).slice(12).includes(name.trim()));
    let before = kept(200);
    expect(before).toEqual(names);
    for (let columns = 199; columns >= 80; columns--) {
      const now = kept(columns);
      expect(before.slice(before.length - now.length)).toEqual(now);
      before = now;
    }
  });

  test.each([
    [79, 24],
    [80, 23],
    [40, 12],
    [20, 5],
  ])('below 80×24, at %d×%d, says so and shows the overview only', (columns, rows) => {
    const text = screen(view(), { columns, rows });
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(text).toContain(`! ${columns}x${rows}`);
    expect(text).not.toContain('bid size');
    expect(text).toContain('SIM');
  });

  test('with more markets than lines, those around the selected one are shown and the part is named', () => {
    const markets = Array.from({ length: 50 }, (_, index) => market({ ticker: `KX-${index}` }));
    const text = screen(view({ markets, ladder: { ...LADDER, ticker: 'KX-30' } }));
    expect(text).toMatch(/markets 2\d-3\d of 50/);
    expect(text).toContain('▶ KX-30');
  });

  test('a ticker as long as the line gives way to the stamp of its book', () => {
    const shown = view({ markets: [market({ ticker: LONG, isStale: true, bookAt: at(-38_000) })] });
    expect(screen(shown).split('\n')[5]).toMatch(/^KXPRES.*…\S+ {2}stale {2}! last 14:01:33, 38 s/);
  });

  test('when not all limits fit, the one nearest to its end is kept', () => {
    const limits = Array.from({ length: 9 }, (_, index) => ({
      name: `limit-${index}`,
      used: dollars(index),
      limit: dollars(9),
    }));
    expect(screen(view({ limits }))).toContain('limit-8 8/9 █████████░!');
  });

  test('more halts than lines are counted', () => {
    const halts = ['A', 'B', 'C', 'D'].map((scope) => ({ name: 'BOOK' as const, scope, since: NOW, reason: 'gap' }));
    const text = screen(view({ halts }));
    expect(text).toContain('▲ BOOK A: gap');
    expect(text).toContain('▲ and 3 halts more');
  });

  test('where not all halts fit, one on everything comes before those on a market', () => {
    const halts = ['A', 'B', '*'].map((scope) => ({ name: 'BOOK' as const, scope, since: NOW, reason: 'gap' }));
    expect(screen(view({ halts }))).toContain('▲ BOOK everything: gap');
  });

  test('a trader that quotes in no market is not called quoting', () => {
    const headline = screen(view({ markets: [market({ state: 'group' })] })).split('\n')[0];
    expect(headline).toContain('○ no quotes');
    expect(headline).not.toContain('quoting');
  });
});

test('production is named in the first line whatever else is there', () => {
  expect(screen(view({ env: 'prod' }), { now: at(99_000) }).split('\n')[0]).toMatch(/^kmm {2}PROD {2}/);
});
