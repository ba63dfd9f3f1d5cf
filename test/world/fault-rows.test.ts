import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPECTED } from './expected.ts';
import { KNOWN_OPEN } from './fault-pool.ts';
import { FAULT_ROWS } from './fault-rows.ts';

describe('the table of faults', () => {
  it('has F01 to F44, each exercised somewhere', () => {
    expect(FAULT_ROWS.map(({ id }) => id)).toEqual(
      Array.from({ length: 44 }, (_, index) => `F${`${index + 1}`.padStart(2, '0')}`),
    );
    for (const { id, counts, tests } of FAULT_ROWS) expect([id, counts.length + tests.length]).not.toEqual([id, 0]);
  });

  it.each(FAULT_ROWS)('points in row $id at what there is', ({ counts, tests, open }) => {
    for (const name of counts) {
      expect(EXPECTED.concat(KNOWN_OPEN)).toContain(name);
      if (KNOWN_OPEN.includes(name)) expect(open).toMatch(/^known open/);
    }
    for (const test of tests) {
      const [file = '', title = ''] = test.split(/: (.*)/s);
      expect(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')).toContain(title);
    }
  });
});
