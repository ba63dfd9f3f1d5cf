/** S11: whatever stands in a config file, reading it ends in a configuration or in an error that the user can mend. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { LIMITS } from '../../support/limits.ts';
import { tempDir } from '../../support/temp-dir.ts';

const KEYS = [
  'risk.loss_day_dollars_max',
  'markets.tickers',
  'sim.url',
  'quoting',
  '__proto__',
  'constructor.prototype.x',
  'sim.key_file',
];
const VALUES = [
  '1',
  '-1e400',
  'nan',
  '"../../etc/passwd"',
  '"$(id)"',
  '"$HOME"',
  '[[1]]',
  '{ a = 1 }',
  '2026-11-28',
  "'''",
  '"\\u202e"',
];

it('a strange config file is refused in words or read, and never evaluated (property)', () => {
  const directory = tempDir();
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  const line = fc.oneof(
    fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)).map(([key, value]) => `${key} = ${value}`),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, hasHead) => {
      const head = hasHead ? `schema = "kmm/1"\n${LIMITS}\n` : '';
      writeFileSync(join(directory, 'config.toml'), head + lines.join('\n'));
      try {
        loadConfiguration({ environment: 'sim', flags: [], host });
      } catch (error) {
        if (!(error instanceof KmmError)) throw error;
        expect(error.exit).toBe(3);
      }
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
