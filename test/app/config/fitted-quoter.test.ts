import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfiguration, parametersFrom } from '../../../src/lib/app/config/config.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { composedQuoterModel } from '../../support/composed-model.ts';
import { tempDir } from '../../support/temp-dir.ts';

const WEEK_MS = 7 * 86_400_000;

/** A machine on which quoters were fitted for these series, so long ago. */
function hostWith(series: readonly string[], ageMs = 0) {
  const root = tempDir(afterAll);
  for (const name of series) {
    const folder = join(root, 'data', 'sim', 'calib', 'quoter', name);
    mkdirSync(folder, { recursive: true });
    const fittedAt = new Date(Date.now() - ageMs).toISOString();
    writeFileSync(
      join(folder, '20261101T000000Z.json'),
      JSON.stringify(composedQuoterModel({ series: [name], fittedAt })),
    );
  }
  const variables = {
    KMM_HOME: join(root, 'data'),
    KMM_QUOTER_GLFT_K_PER_CENT: 'fitted',
    KMM_QUOTER_CARA_K_PER_DOLLAR: 'fitted',
  };
  return { directory: root, userHome: root, systemFile: join(root, 'none.toml'), variables };
}

function failure(series: readonly string[], ageMs?: number): string {
  try {
    loadConfiguration({ environment: 'sim', host: hostWith(series, ageMs) });
  } catch (error) {
    if (error instanceof KmmError) return `${error.code} ${error.what}`;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a config that says "fitted"', () => {
  it('quotes with the numbers of the newest fit, says so, and records numbers', () => {
    const { parameters, entries, notes } = loadConfiguration({ environment: 'sim', host: hostWith(['KXBTC15M']) });
    expect([parameters.quoter.glft?.kPerCent, parameters.quoter.cara.kPerDollar]).toEqual([1.084, 108.4]);
    expect(parameters.quoter.glft?.fillsPerHour).toBe(60);
    expect(notes.join()).toMatch(/2 numbers fitted on KXBTC15M at .* \(2178 sweeps, /);
    expect(parametersFrom(entries).quoter).toEqual(parameters.quoter);
    // How old they are is known as long as they are in use (E-13), and of numbers that were typed it is not.
    expect(Date.now() - (parameters.fittedAt ?? 0)).toBeLessThan(60_000);
    expect(parametersFrom(entries).fittedAt).toBeUndefined();
  });

  it('is refused where nothing was fitted for its markets, or for more than one series of them', () => {
    expect(failure([])).toMatch(
      /KMM_CONFIG_VALUE quoter\.cara\.k_per_dollar is "fitted", and no quoter was fitted for KXBTC15M/,
    );
    expect(failure(['KXBTC15M', 'KXBTCD'])).toMatch(/KMM_CONFIG_VALUE .*KXBTC15M and KXBTCD were fitted/);
  });

  it('is refused when the fit is older than a week', () => {
    expect(failure(['KXBTC15M'], WEEK_MS + 60_000)).toMatch(/^KMM_MODEL_OLD/);
  });
});
