/** Backtests of markets on the level of an index: its parameters are told in their own time, and what is missing is a reason in the report. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { composedIndexModel, keepIndexModel } from '../support/composed-index.ts';
import { composedRecording, RECORDED_CLOSE, RECORDED_TICKER } from '../support/composed-recording.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const TICKER = 'KXINXU-26MAY13H1100-T6900';
/** 11:00 in New York on a Wednesday. */
const CLOSE = Date.UTC(2026, 4, 13, 15);

/** The composed recording as one of an hourly market on the S&P 500, with its level once a second. */
function here() {
  const directory = tempDir();
  const lines = composedRecording().map((line) =>
    line
      .replaceAll(RECORDED_TICKER, TICKER)
      .replaceAll(/1778\d{9}/g, (ms) => String(Number(ms) + CLOSE - RECORDED_CLOSE)),
  );
  writeFileSync(join(directory, 'day.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(directory, 'ended.csv'),
    `market_ticker,close_time_utc,floor_strike,result\n${TICKER},${new Date(CLOSE).toISOString()},6900,yes\n`,
  );
  const levels = Array.from({ length: 900 }, (_, n) => {
    const at = new Date(CLOSE - (900 - n) * 1_000).toISOString();
    return `${at},${(6_900 + 0.3 * Math.sin(n / 7)).toFixed(2)}`;
  });
  writeFileSync(join(directory, 'spx.csv'), `exchange_ts,price\n${levels.join('\n')}\n`);
  const place = { directory, variables: {} };
  const keep = (madeAt: string) => keepIndexModel(join(directory, 'data', 'sim', 'calib'), composedIndexModel(madeAt));
  const words = ['--data', 'day.jsonl', '--outcomes', 'ended.csv', '--market', TICKER, '--reference', 'SPX=spx.csv'];
  const run = async (...more: string[]) => {
    const flags = ['--fair', 'index', '--fill', 'calibrated', '--out', 'kept'];
    const { exit, records, stderr } = await jsonHere(place, ['backtest', 'run', ...words, ...flags, ...more]);
    expect([exit, stderr]).toEqual([0, expect.any(String)]);
    const [folder] = records[0].folders;
    return JSON.parse(readFileSync(join(directory, folder, 'result.json'), 'utf8'));
  };
  return { place, keep, words, run };
}

describe('a backtest of an index', () => {
  it('prices by parameters that were known by then, and names them', async () => {
    const { keep, run } = here();
    keep('2026-05-12T20:00:00Z');
    const { samples, unquoted, assumptions } = await run();
    expect(samples.length).toBeGreaterThan(200);
    expect(unquoted.reasons.map(({ name }: { name: string }) => name)).not.toContain('parameters_unknown');
    expect(assumptions).toContain(
      'parameters of SPX, hourly: data up to 2026-05-12, each used from the end of its data on',
    );
  });

  it('knows none that stand on what came later, and says in its report that there are none yet', async () => {
    const { keep, run, words, place } = here();
    keep('2026-05-13T20:00:00Z');
    const { samples, unquoted } = await run();
    expect(samples).toEqual([]);
    const [first] = unquoted.reasons;
    expect(first.moments).toBeGreaterThan(unquoted.moments - 5);
    expect(first).toMatchObject({
      name: 'parameters_unknown',
      reason: 'the first parameters of SPX, hourly stand on data up to 2026-05-13T20:00:00.000Z',
    });
    const { stdout } = await kmmHere(place, ['backtest', 'run', ...words, '--fair', 'index', '--out', 'kept']);
    expect(stdout).toMatch(/WHY NOTHING WAS QUOTED[\s\S]*parameters_unknown +99\.\d %/);
  });

  it('takes the new ones from the moment their data ended, and no decision before it knows', async () => {
    const { keep, run, words, place } = here();
    const madeAt = new Date(CLOSE - 150_000).toISOString();
    keep(madeAt);
    const { samples } = await run();
    expect(samples[0].at).toBeGreaterThanOrEqual(Date.parse(madeAt));
    expect(samples[0].at).toBeLessThan(Date.parse(madeAt) + 5_000);
    const checked = await kmmHere(place, ['backtest', 'lookahead', ...words, '--fair', 'index']);
    expect([checked.exit, checked.stdout]).toEqual([0, expect.stringContaining('no decision knew the future')]);
  });

  it('refuses those that are too old, and none at all, each with its reason', async () => {
    const { keep, run } = here();
    const reasonOf = async () => (await run()).unquoted.reasons[0];
    expect(await reasonOf()).toMatchObject({ name: 'parameters_unknown', reason: 'nothing is fitted for SPX, hourly' });
    keep('2026-05-01T20:00:00Z');
    expect(await reasonOf()).toMatchObject({
      name: 'parameters_old',
      reason: expect.stringContaining('11.8 days old'),
    });
  });

  it('takes the files that are named instead, and refuses one that is none', async () => {
    const { keep, run, words, place } = here();
    const path = keep('2026-05-12T20:00:00Z');
    keep('2026-05-01T20:00:00Z');
    expect((await run('--index-model', path)).samples.length).toBeGreaterThan(200);
    writeFileSync(path, '<!doctype html>');
    const flags = ['backtest', 'run', ...words, '--out', 'kept', '--fill', 'calibrated'];
    const { exit, records } = await jsonHere(place, [...flags, '--fair', 'index']);
    expect([exit, records[0].error.code]).toEqual([expect.any(Number), 'KMM_MODEL_FILE']);
    expect(exit).not.toBe(0);
    // Nobody reads it who prices no index.
    expect((await jsonHere(place, [...flags, '--fair', 'micro'])).exit).toBe(0);
  });
});
