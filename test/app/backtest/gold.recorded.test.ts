import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { latenciesOf } from '../../../src/lib/app/backtest/latencies.ts';
import { loadBacktest } from '../../../src/lib/app/backtest/load.ts';
import { jobOf } from '../../../src/lib/app/backtest/run-bands.ts';
import { runLoaded } from '../../../src/lib/app/backtest/run-job.ts';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { microdollars } from '../../../src/lib/core/units.ts';
import { type BacktestData, RECORD } from '../../../src/lib/sim/backtest/data.ts';
import { sharedPath } from '../../support/shared.ts';

const folder = sharedPath('data/kxgold15m_l2');
const outcomes = sharedPath('data/kxgold15m_markets.csv');

/** All six of them: KMM_TEST_ALL=1. */
const ALL = process.env.KMM_TEST_ALL === '1';
const WINDOWS = 3;
/** The stated bands (docs/backtesting.md). */
const MISPLACED_SHARE_MAX = 0.05;
const CONTRACTS_SHARE_MAX = 0.1;
const NET_DOLLARS_PER_CONTRACT_MAX = 0.005;

function volumes({ records }: BacktestData): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i < records.length; i += 1) {
    if (records.kind[i] !== RECORD.print) continue;
    const key = `${records.market[i]} ${records.side[i]} ${records.price[i]}`;
    found.set(key, (found.get(key) ?? 0) + (records.size[i] as number));
  }
  return found;
}

describe.skipIf(folder === undefined || outcomes === undefined)('the gold windows', () => {
  it(
    'give nearly the same with their prints as with prints inferred from their volume',
    { timeout: 60_000 },
    async () => {
      const names = readdirSync(folder as string).sort();
      const files = (ALL ? names : names.slice(0, WINDOWS)).map((name) => `${folder}/${name}`);
      const of = async (prints: 'recorded' | 'inferred') => {
        const sources = { files, outcomes: outcomes as string, references: [], markets: [], prints };
        const data = await loadBacktest(sources);
        const { parameters } = loadConfiguration({ environment: 'sim', flags: [] });
        const latency = latenciesOf('15,30,15');
        const base = { sources, parameters, latency, turnMs: 100, seed: 1, cash: microdollars(1e10), sampleMs: 1_000 };
        return { data, result: runLoaded(jobOf(base, 'calibrated'), data) };
      };
      const [recorded, inferred] = [await of('recorded'), await of('inferred')];

      const [told, found] = [volumes(recorded.data), volumes(inferred.data)];
      let [all, misplaced] = [0, 0];
      for (const key of new Set([...told.keys(), ...found.keys()])) {
        all += told.get(key) ?? 0;
        misplaced += Math.abs((told.get(key) ?? 0) - (found.get(key) ?? 0)) / 2;
      }
      expect(all).toBeGreaterThan(5_000_000);
      expect(misplaced / all).toBeLessThan(MISPLACED_SHARE_MAX);

      const [a, b] = [recorded.result.totals, inferred.result.totals];
      expect(a.fills).toBeGreaterThan(100);
      expect(Math.abs(b.contracts / a.contracts - 1)).toBeLessThan(CONTRACTS_SHARE_MAX);
      expect(Math.abs(b.net - a.net) / 1e6).toBeLessThan((NET_DOLLARS_PER_CONTRACT_MAX * a.contracts) / 100);
    },
  );
});
