import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../../src/lib/adapters/kalshi/clean-text.ts';

describe('text from outside', () => {
  it.each([
    ['Bitcoin price up in next 15 mins?', 'Bitcoin price up in next 15 mins?'],
    ['a\u0000b\u001b[31mred\u0007', 'a b [31mred'],
    ['line one\r\n\tline two\u2028three', 'line one line two three'],
    ['pay\u202Emoc.ilive\u202C now', 'paymoc.ilive now'],
    ['zero\u200Bwidth\u200D\uFEFF\u2060', 'zerowidth'],
    ['C1 \u0085\u009Bcodes', 'C1 codes'],
    ['e\u0301', 'é'],
    ['tag\u{E0041}s\u{E0042}', 'tags'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['São Paulo – “25°C” · €4,414.40 🌤', 'São Paulo – “25°C” · €4,414.40 🌤'],
  ])('%j is shown as %j', (given, shown) => {
    expect(cleanText(given)).toBe(shown);
  });

  it('is one short visible line, and cleaning it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 250 }), (text) => {
        const shown = cleanText(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u);
        expect([...shown].length).toBeLessThanOrEqual(200);
        expect(cleanText(shown)).toBe(shown);
      }),
    );
  });

  it('is cut without splitting a character, however long it is', () => {
    const shown = cleanText('🌤'.repeat(400_000));
    expect([...shown].length).toBe(200);
    expect(shown.endsWith('🌤…')).toBe(true);
  });
});
