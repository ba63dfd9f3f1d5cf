import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../src/format.ts';
import { plainLine, type TextColumn, textTable } from '../../src/print/text-table.ts';
import { asciiText, brokenText, fittedText, middleCut, textWidth } from '../../src/text-width.ts';

interface Row {
  readonly name: string;
  readonly size: string;
  readonly note: string;
}
const COLUMNS: readonly TextColumn<Row>[] = [
  { title: 'NAME', align: 'left', leaves: 0, shrinks: { good: 12, least: 8 }, cell: ({ name }) => name },
  { title: 'SIZE', align: 'right', leaves: 1, cell: ({ size }) => size },
  { title: 'NOTE', align: 'left', leaves: 2, cell: ({ note }) => note },
];
const ROWS: readonly Row[] = [
  { name: 'KXBTC15M-26SEP211115-15', size: '1,204', note: 'ok' },
  { name: '東京の気温', size: '7', note: '' },
];
const at = (width: number, isAscii = false) => textTable(COLUMNS, ROWS, { width, signs: glyphs(isAscii), isAscii });

describe('a table', () => {
  it('is aligned, wide characters counted as two', () => {
    expect(at(80)).toEqual([
      'NAME                      SIZE  NOTE',
      'KXBTC15M-26SEP211115-15  1,204  ok',
      '東京の気温                   7',
    ]);
  });

  it('shortens and drops columns in their order, and never is wider than it may be', () => {
    expect(at(30)[0]).toMatch(/^NAME +SIZE +NOTE$/);
    expect(at(18)[0]).toMatch(/^NAME +SIZE$/);
    for (let width = 6; width <= 60; width++)
      for (const line of at(width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('keeps to ASCII when asked to', () => {
    for (const line of at(20, true)) expect(line).toMatch(/^[ -~]*$/);
  });

  it('without rows is its head', () => {
    expect(textTable(COLUMNS, [], { width: 80, signs: glyphs(false), isAscii: false })).toEqual(['NAME  SIZE  NOTE']);
  });

  it('as plain lines has all columns, and a tab only between them', () => {
    expect(plainLine(COLUMNS, { name: 'a\tb', size: '1', note: '' })).toBe('a b\t1\t');
  });
});

describe('the width of text', () => {
  it.each([
    ['KXBTC', 5],
    ['¢', 1],
    ['日本', 4],
    ['e\u0301', 1],
    ['🙂', 2],
    ['👩‍👩‍👧', 2],
    ['', 0],
  ])('%s takes %d columns', (text, width) => expect(textWidth(text)).toBe(width));

  it('is kept by every cut, and what fits is left alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 0, max: 30 }), (text, width) => {
        expect(textWidth(fittedText(text, width))).toBeLessThanOrEqual(width);
        expect(textWidth(middleCut(text, width, '…'))).toBeLessThanOrEqual(width);
        if (textWidth(text) <= width)
          expect([fittedText(text, width), middleCut(text, width, '…')]).toEqual([text, text]);
      }),
    );
  });

  it('breaks text between words; what is put together again is the text', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 60 }), (list, width) => {
        const lines = brokenText(list.join(' '), width);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        expect(lines.join(' ')).toBe(list.join(' '));
      }),
    );
  });

  it('has words for what a plain terminal cannot show', () => {
    expect(asciiText('São Paulo – 67° or “more” ≥ 5 ¢')).toBe('Sao Paulo - 67 or "more" >= 5 ?');
  });
});
