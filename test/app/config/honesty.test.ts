/** The table [honesty]: what a session works its standings out by, and what it refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { standingRules } from '../../../src/lib/app/config/honesty.ts';
import { loadHonesty } from '../../../src/lib/app/config/load-honesty.ts';
import { loadRanking } from '../../../src/lib/app/config/ranking.ts';
import { modelName } from '../../../src/lib/core/fair-value/model-name.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = epochMs(Date.UTC(2026, 10, 29));
const DAY_MS = 86_400_000;

function placed(text: string) {
  const directory = tempDir();
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${text}`);
  return { environment: 'sim', host } as const;
}

const reading = (text: string) => loadConfiguration(placed(text));

describe('[honesty]', () => {
  it('is enforced unless it is switched off, looks ninety days back and allows five per cent', () => {
    const { honesty, parameters } = reading('');
    expect(parameters.honesty).toEqual({ isEnforced: true, probeSize: 100 });
    expect(standingRules(honesty, NOW)).toEqual({ calibrationErrorMax: 0.05, from: NOW - 90 * DAY_MS, since: {} });
    expect(reading('[honesty]\nis_enforced = false\n').parameters.honesty?.isEnforced).toBe(false);
  });

  it('lets a model begin anew, by the name that its fair source has', () => {
    const { honesty, parameters } = reading(`[fair]\nsource = "blend:0.3:average"
[fair.series]\nKXTSAW = "forecast:tsa"
[honesty.since]\n"blend:average" = "2026-11-20T09:30:00-05:00"\n"forecast:tsa" = "2026-11-21T00:00Z"\n`);
    const [blend, tsa] = [parameters.fair, parameters.fairBySeries?.KXTSAW].map((source) => modelName(source!));
    expect(standingRules(honesty, NOW).since).toEqual({
      [blend!]: Date.UTC(2026, 10, 20, 14, 30),
      [tsa!]: Date.UTC(2026, 10, 21),
    });
  });

  it.each([
    ['is_enforced = "perhaps"', 'true or false'],
    ['calibration_error_percent_max = 0', '0.5 to 50 per cent'],
    ['history_days = 0.5', 'a whole number'],
    ['probe_contracts = -1', 'contracts'],
    ['[honesty.since]\nmicro = "last week"', 'a time with its zone'],
    ['[honesty.since]\nmicro = "2026-11-20T09:30:00"', 'a time with its zone'],
    ['[honesty.since]\nmicro = "2026-13-40T09:30:00Z"', 'a time with its zone'],
    ['[honesty.since]\nsettlement = "2026-11-20T09:30:00Z"', 'must be a model'],
  ])('refuses %s', (line, said) => {
    expect(() => reading(line.startsWith('[') ? line : `[honesty]\n${line}`)).toThrow(said);
  });

  it.each([
    ['whoever quotes', loadConfiguration],
    ['whoever reports', loadHonesty],
    ['whoever ranks', loadRanking],
  ])('refuses a time to come, and says where it stands, to %s', (_, load) => {
    const future = '[honesty.since]\nmicro = "2026-11-20T09:30:00Z"\n  "blend:average" = "2999-01-01T00:00:00-05:00"';
    expect(() => load(placed(future))).toThrow(
      expect.objectContaining({
        ...{ code: 'KMM_CONFIG_VALUE', exit: 3 },
        message: expect.stringMatching(
          /config\.toml:4:3: honesty\.since\.blend:average = "2999-01-01T00:00:00-05:00" must not be in the future: it is 20\d\d-/,
        ),
      }),
    );
  });
});
