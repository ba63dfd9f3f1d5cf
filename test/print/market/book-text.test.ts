/** What is shown of a book: tops, ladders, the other outcome's view, and how a terminal is drawn over. */
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import { levelsOf, topRow } from '../../../src/lib/app/markets/book-top.ts';
import type { BookSight } from '../../../src/lib/app/markets/watch-book.ts';
import { Book } from '../../../src/lib/core/book/book.ts';
import type { Level, Trade } from '../../../src/lib/core/events.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { bookRecord, topRecord, tradeRecord } from '../../../src/print/market/book-record.ts';
import { type BookTextOptions, ladderLines, topColumns, tradeLine } from '../../../src/print/market/book-text.ts';
import { LiveScreen } from '../../../src/print/operator/live-screen.ts';
import { textTable } from '../../../src/print/text-table.ts';
import { MARKET } from '../../support/engine.ts';

const NOW = epochMs(1_790_000_000_000);
const SIGNS = glyphs(false);
const OPTIONS: BookTextOptions = { outcome: 'yes', depth: 10, zone: 'UTC', signs: SIGNS };

type Rows = readonly (readonly [price: number, size: number])[];
const levels = (rows: Rows): Level[] =>
  rows.map(([price, size]) => ({ price: centicents(price), size: centicontracts(size) }));

function sight(bids: Rows, asks: Rows, more: Partial<BookSight> = {}): BookSight {
  const book = new Book();
  book.snapshot(levels(bids), levels(asks));
  return { market: MARKET, book, at: NOW, seq: 7, ...more };
}

describe('the top of a book', () => {
  it('has a mid, a spread and a microprice that leans to the lighter side', () => {
    const row = topRow(
      sight(
        [
          [4_700, 300],
          [4_600, 9],
        ],
        [[5_200, 100]],
        { lastPrice: centicents(5_000) },
      ),
      'yes',
    );
    expect(row).toMatchObject({
      state: 'ok',
      bid: { price: 4_700 },
      ask: { price: 5_200 },
      spread: 500,
      lastPrice: 5_000,
    });
    expect(row.doubledMid).toBe(9_900);
    expect(row.microprice).toBe(4_700 + 0.75 * 500);
  });

  it.each<[string, BookSight, string]>([
    ['an empty side', sight([], [[5_200, 100]]), 'ok'],
    ['no side at all', sight([], []), 'ok'],
    ['a crossed book', sight([[5_300, 100]], [[5_200, 100]]), 'crossed'],
    ['a locked book', sight([[5_200, 100]], [[5_200, 100]]), 'crossed'],
    ['a book without a snapshot', { ...sight([], []), book: new Book() }, 'waiting'],
    ['a book that missed something', gapped(), 'gap'],
  ])('%s never becomes a number', (_what, seen, state) => {
    const record = topRecord(seen, 'yes');
    expect(record).toMatchObject({ state, mid: null, spread: null, microprice: null });
    if (state !== 'ok') expect(record).toMatchObject({ bid: null, ask: null });
    const [, line = ''] = textTable(topColumns(OPTIONS, NOW), [topRow(seen, 'yes')], {
      width: 200,
      signs: SIGNS,
      isAscii: false,
    });
    expect(line).toContain(`—  `);
    expect(line).toMatch(new RegExp(`${state}$`));
  });

  function gapped(): BookSight {
    const seen = sight([[4_700, 300]], [[5_200, 100]]);
    seen.book.invalidate('gap');
    return seen;
  }

  it('of NO is the mirror of YES: same spread and sizes, mids that add up to a dollar', () => {
    const price = fc.integer({ min: 1, max: 9_998 });
    const size = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(price, fc.integer({ min: 1, max: 5_000 }), size, size, (bid, gap, bidSize, askSize) => {
        const ask = Math.min(9_999, bid + gap);
        const seen = sight([[bid, bidSize]], [[ask, askSize]], { lastPrice: centicents(bid) });
        const [yes, no] = [topRow(seen, 'yes'), topRow(seen, 'no')];
        expect(no.spread).toBe(yes.spread);
        expect([no.bid?.size, no.ask?.size]).toEqual([askSize, bidSize]);
        expect((no.doubledMid ?? 0) + (yes.doubledMid ?? 0)).toBe(20_000);
        expect((no.microprice ?? 0) + (yes.microprice ?? 0)).toBeCloseTo(10_000, 6);
        expect((no.lastPrice ?? 0) + (yes.lastPrice ?? 0)).toBe(10_000);
      }),
    );
  });
});

describe('a ladder', () => {
  const seen = sight(
    [
      [4_700, 300],
      [4_650, 1_050],
    ],
    [[5_200, 100]],
  );

  it('has asks above bids, with sub-cent prices and parts of contracts', () => {
    expect(ladderLines(seen, OPTIONS)).toEqual([
      'KXTEST-26NOV20-T1  14:13:20 UTC  seq 7',
      '  ask      52 ¢             1  █░░░░░░░░░░░',
      '  bid      47 ¢             3  ███░░░░░░░░░',
      '  bid    46.5 ¢          10.5  ████████████',
    ]);
  });

  it('of NO shows who bids for YES as asking for NO', () => {
    expect(levelsOf(seen, 'no', 1)).toEqual({ bids: levels([[4_800, 100]]), asks: levels([[5_300, 300]]) });
    expect(ladderLines(seen, { ...OPTIONS, outcome: 'no', depth: 1 })[0]).toMatch(/seq 7 {2}NO$/);
    expect(bookRecord(seen, 'no', 1)).toMatchObject({
      side: 'no',
      bids: [['0.4800', '1.00']],
      asks: [['0.5300', '3.00']],
    });
  });

  it('says when it is crossed or not valid, and when nobody is there', () => {
    expect(ladderLines(sight([[5_300, 1]], [[5_200, 1]]), OPTIONS)[0]).toMatch(/CROSSED$/);
    expect(ladderLines({ ...seen, book: new Book() }, OPTIONS)).toEqual([
      expect.stringMatching(/NOT VALID: waiting for a snapshot$/),
      '  ask       —    nobody',
      '  bid       —    nobody',
    ]);
  });
});

describe('a print', () => {
  const trade: Trade = {
    ...{ type: 'trade', at: NOW, ticker: 'A-1-1', tradeId: 't', takerSide: 'bid' },
    ...{ price: centicents(4_750), size: centicontracts(1_250) },
  };

  it('says what the taker did, of either outcome', () => {
    expect(tradeLine(trade, OPTIONS)).toBe('14:13:20 UTC  A-1-1  bought 12.5 YES at 47.5 ¢');
    expect(tradeLine(trade, { ...OPTIONS, outcome: 'no' })).toBe('14:13:20 UTC  A-1-1  sold 12.5 NO at 52.5 ¢');
    expect(tradeRecord(trade, 'no')).toMatchObject({
      type: 'trade',
      price: '0.5250',
      size: '12.50',
      takerSide: 'ask',
      side: 'no',
    });
  });
});

class Tty extends EventEmitter {
  columns = 20;
  rows = 4;
  text = '';
  writes = 0;
  write(text: string): void {
    this.text += text;
    this.writes += 1;
  }
}

describe('a live screen', () => {
  it('is written in one piece, over the frame before, and only when something has changed', () => {
    const tty = new Tty();
    const screen = new LiveScreen(tty, () => {});
    tty.text = '';
    tty.writes = 0;
    for (const lines of [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'c'],
    ])
      screen.draw(lines);
    expect(tty.writes).toBe(2);
    expect(tty.text).toContain('\u001b[Ha\u001b[K\r\nc\u001b[K\u001b[J');
    // Never cleared as a whole, which is what flickers.
    expect(tty.text).not.toContain('\u001b[2J');
    screen.close();
  });

  it('cuts what has no room, says so, and draws anew when the window changes', () => {
    const tty = new Tty();
    let redrawn = 0;
    const screen = new LiveScreen(tty, () => {
      redrawn += 1;
    });
    screen.draw(['1', '2', '3', '4', 'x'.repeat(99)]);
    const colours = ['\u001b[2mnineteen characters\u001b[22m', `\u001b[2m${'y'.repeat(21)}\u001b[22m`];
    expect(tty.text).toContain('3\u001b[K\r\n2 more lines');
    expect(tty.text).not.toContain('x');
    tty.rows = 9;
    tty.emit('resize');
    expect(redrawn).toBe(1);
    screen.draw(['x'.repeat(99)]);
    expect(tty.text).toContain(`\u001b[H${'x'.repeat(20)}\u001b[K`);
    screen.draw(colours);
    expect(tty.text).toContain(`\u001b[H${colours[0]}\u001b[K\r\n${'y'.repeat(20)}\u001b[K`);
    tty.rows = 4;
    screen.draw(['1', '2', '3', '4'], ['old', 'newer', 'newest']);
    expect(tty.text).toMatch(/1\u001b\[K\r\n3 more lines.*\r\nnewer\u001b\[K\r\nnewest\u001b\[K\u001b\[J/);
    screen.close();
    expect(tty.text).toMatch(/\u001b\[\?25h\u001b\[\?1049l$/);
    expect(tty.listenerCount('resize')).toBe(0);
    screen.draw(['late']);
    expect(tty.text).not.toContain('late');
  });
});
