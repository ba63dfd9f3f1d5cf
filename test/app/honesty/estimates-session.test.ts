/** E-4, A-FR2.5: from decisions to rows to results to standings, in sessions that die, go on, and find a model to be wrong. */
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { calibrationReport } from '../../../src/lib/app/report/calibration-report.ts';
import { withSources } from '../../../src/lib/app/report/report-account.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { compose } from '../../support/composed-account.ts';
import { ACCOUNT, MORNING, Scene } from '../../support/virtual-session.ts';

/** A quarter past ten, when the market of the morning closes. */
const CLOSE = epochMs(MORNING + 13 * 60_000);
const TICKER = 'KXBTC15M-26NOV201015-15';

function rowsOf<Row>(scene: Scene, sql: string): readonly Row[] {
  const database = new Database(scene.configuration.home.database, { readonly: true });
  const rows = database.prepare<[], Row>(sql).all();
  database.close();
  return rows;
}

describe('what models say', () => {
  it('is on disk when a trader is killed, finds its result when the next one starts, and is reported', async () => {
    const scene = new Scene('KXBTC15M', epochMs(CLOSE - 304_000));
    const { session: dead } = await scene.open();
    await scene.run(4.5);
    const said = rowsOf(scene, 'SELECT ticker, model, horizon_s AS horizonS, at FROM estimates');
    // Two markets may be followed at once: only one of them has just passed a time to close.
    expect(said).toEqual([{ ticker: TICKER, model: 'micro', horizonS: 300, at: expect.any(Number) }]);
    expect(dead.metrics.text()).not.toContain('kmm_brier{');
    // Dead over the settlement: nobody hears the result.
    await scene.crash(430);
    expect(rowsOf(scene, 'SELECT result FROM estimated_markets')).toEqual([{ result: null }]);

    const { session } = await scene.open();
    await scene.run(8);
    const [{ result = '' } = {}] = rowsOf<{ result: string }>(scene, 'SELECT result FROM estimated_markets');
    expect(['yes', 'no']).toContain(result);
    expect(session.metrics.text()).toMatch(/^kmm_brier\{model="micro",series="KXBTC15M"\} 0\.\d+$/m);
    const now = scene.clock.now();
    await scene.end();

    const { honesty, home } = scene.configuration;
    const report = await withSources(home, (sources) => calibrationReport(sources, { honesty, now }));
    expect(report.groups.map(({ by, name, decided }) => [by, name, decided.estimates])).toContainEqual([
      'close',
      '5 min',
      1,
    ]);
    expect(report.models).toMatchObject([
      { standing: { model: 'micro', series: 'KXBTC15M', events: 1, benched: null } },
    ]);
  });

  it('and was wrong in forty markets benches the model before the first quote, and is told', async () => {
    const scene = new Scene('KXBTC15M');
    const settled = Array.from({ length: 40 }, (_, n) => ({
      ...{ account: ACCOUNT, ticker: `KXBTC15M-${n}`, event_ticker: `KXBTC15M-${n}`, series_ticker: 'KXBTC15M' },
      ...{ close_at: MORNING - (n + 1) * 900_000, result: 'no', value: 0, settled_at: MORNING - n * 900_000 },
    }));
    const { directory, database } = scene.configuration.home;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    compose(database, {
      estimated_markets: settled,
      estimates: settled.map(({ ticker, close_at }) => ({
        ...{ account: ACCOUNT, ticker, horizon_s: 60, at: close_at - 60_000, probability: 0.55 },
      })),
    });
    await scene.open();
    await scene.run(5);
    expect(scene.log.filter((line) => line.includes('benched, micro in KXBTC15M'))).toHaveLength(1);
    expect(rowsOf(scene, 'SELECT count(*) AS creates FROM intents')).toEqual([{ creates: 0 }]);
    const alerts = rowsOf<{ key: string }>(
      scene,
      "SELECT key FROM alerts WHERE key LIKE '%micro KXBTC15M' ORDER BY key",
    );
    expect(alerts.map(({ key }) => key)).toEqual(
      ['benched', 'calibration', 'drift'].map((what) => `${what} micro KXBTC15M`),
    );
    await scene.end();
  });
});
