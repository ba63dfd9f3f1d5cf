import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glyphs } from '../src/format.ts';
import { barSigns, limitBar } from '../src/limit-bar.ts';

const [unicode, ascii] = [glyphs(false), glyphs(true)];
const parts = (held: number, resting = 0, inFlight = 0, unknown = 0) => ({ held, resting, inFlight, unknown });

describe('the bar of a limit', () => {
  it.each([
    [{ used: 50, allowed: 100, parts: parts(20, 10, 10, 10) }, '██▓▒?░░░░░', '##=~?.....'],
    [{ used: 0, allowed: 100, parts: parts(0) }, '░░░░░░░░░░', '..........'],
    [{ used: 1, allowed: 1_000, parts: parts(0, 1) }, '▓░░░░░░░░░', '=.........'],
    [{ used: 99, allowed: 100, parts: parts(98, 0, 0, 1) }, '████████?░', '########?.'],
    [{ used: 130, allowed: 100, parts: parts(130) }, '██████████', '##########'],
    [{ used: 7, allowed: 0 }, '██████████', '##########'],
    [{ allowed: 100 }, '—         ', '-         '],
  ])('%j', (figures, shown, plain) => {
    expect(limitBar(figures, 10, unicode)).toBe(shown);
    expect(limitBar(figures, 10, ascii)).toBe(plain);
  });

  it('is as wide as asked, shows every part while there are cells, and no free cell only when all is used', () => {
    const part = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(
        part,
        part,
        part,
        part,
        fc.integer({ min: 1, max: 4_000 }),
        (held, resting, inFlight, unknown, allowed) => {
          const used = held + resting + inFlight + unknown;
          const bar = limitBar({ used, allowed, parts: parts(held, resting, inFlight, unknown) }, 16, ascii);
          expect(bar).toHaveLength(16);
          expect(bar.includes(ascii.empty)).toBe(used < allowed);
          const signs = barSigns(ascii);
          const filled = 16 - bar.split(ascii.empty).length + 1;
          const shown = [
            [held, signs.held],
            [resting, signs.resting],
            [inFlight, signs.inFlight],
            [unknown, signs.unknown],
          ] as const;
          const wanted = shown.filter(([value]) => value > 0);
          if (filled >= wanted.length) for (const [, sign] of wanted) expect(bar).toContain(sign);
        },
      ),
    );
  });
});
