/** All of them: `npm run sabotage`. Here a share in processes, and for each that it is where it says and proves what it says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runWorld } from '../world.ts';
import { sabotaged } from './mistake-hooks.ts';
import { MISTAKES } from './mistakes.ts';
import { runMistakes } from './run-mistakes.ts';

/** One that is caught at once for each of these promises; the others' are in `npm run sabotage` alone. */
const SHARE = ['I1', 'I3', 'I5', 'I8'].map((invariant) =>
  MISTAKES.findLastIndex(({ caughtBy }) => caughtBy === invariant),
);

describe('a deliberate mistake in the source', () => {
  it('is caught by the checker that is there for it', async () => {
    for (const { mistake, found } of await runMistakes(SHARE)) {
      expect({ name: mistake.name, found }).toEqual({
        name: mistake.name,
        found: expect.arrayContaining([mistake.caughtBy]),
      });
    }
  });

  it.each(MISTAKES)('"$name" is one in the source as it is', ({ file, right, wrong }) => {
    const text = readFileSync(new URL(`../../../src/${file}`, import.meta.url), 'utf8');
    expect(sabotaged(text, { file, right, wrong })).not.toBe(text);
  });

  it.each(SHARE.map((index) => MISTAKES[index]))('of which without "$name" nothing breaks', async (mistake) => {
    const { faults = [], scene } = mistake ?? {};
    const { violations } = await runWorld({ seed: 1, faults, ...(scene && { scene }) });
    expect(violations).toEqual([]);
  });

  it('whose text is not there exactly once is refused', () => {
    expect(() => sabotaged('a b', { file: 'x.ts', right: 'c', wrong: 'd' })).toThrow('src/x.ts has 0 times');
    expect(() => sabotaged('a a', { file: 'x.ts', right: 'a', wrong: 'd' })).toThrow('src/x.ts has 2 times');
  });
});
