import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composedRecording, RECORDED_TICKER } from '../support/composed-recording.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

function here() {
  const directory = tempDir();
  writeFileSync(`${directory}/day.jsonl`, `${composedRecording().join('\n')}\n`);
  writeFileSync(
    `${directory}/ended.csv`,
    `market_ticker,close_time_utc,floor_strike,result\n${RECORDED_TICKER},2026-05-13T13:05:00Z,80000.5,yes\n`,
  );
  return { directory, variables: {} };
}
const RUN = ['backtest', 'run', '--data', 'day.jsonl', '--outcomes', 'ended.csv', '--market', RECORDED_TICKER];

describe('kmm backtest run', () => {
  it('runs three bands, keeps each, and says the same as its files', async () => {
    const place = here();
    const { exit, records } = await jsonHere(place, [...RUN, '--strategy', 'cara']);
    expect(exit).toBe(0);
    const [answer] = records as unknown as [
      {
        type: string;
        folders: string[];
        results: { runId: string; fill: { mode: string }; totals: { fills: number; net: number } }[];
      },
    ];
    expect(answer.type).toBe('backtest_run');
    expect(answer.results.map(({ fill }) => fill.mode)).toEqual(['pessimistic', 'calibrated', 'optimistic']);
    for (const [i, folder] of answer.folders.entries()) {
      const kept = JSON.parse(readFileSync(`${folder}/result.json`, 'utf8'));
      expect(kept.totals).toEqual(answer.results[i]?.totals);
      expect(kept.totals.fills).toBeGreaterThan(0);
      expect(kept.totals.intentsHash).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(existsSync(`${answer.folders[0]}/set.json`)).toBe(true);
  });

  it('names a run by what it is made of: another seed or setting is another run, the same is the same', async () => {
    const place = here();
    const id = async (...words: string[]) => {
      const { records } = await jsonHere(place, [...RUN, '--fill', 'calibrated', '--out', 'kept', ...words]);
      return (records[0] as unknown as { setId: string }).setId;
    };
    const first = await id();
    expect(await id()).toBe(first);
    expect(await id('--seed', '2')).not.toBe(first);
    expect(await id('--set', 'quoter.cara.gamma_per_dollar=0.02')).not.toBe(first);
  });

  it('prints its bands side by side, with what is believed', async () => {
    const { stdout, exit } = await kmmHere(here(), [...RUN, '--out', 'kept']);
    expect(exit).toBe(0);
    expect(stdout).toContain('pessimistic');
    expect(stdout).toContain('does not react to our orders');
  });

  it.each([
    [['--data', 'none.jsonl'], 'KMM_RECORDING_BAD'],
    [['--latency', '-5'], 'KMM_USAGE'],
    [['--set', 'nonsense'], 'KMM_USAGE'],
    [['--set', 'quoter.cara.gama=1'], 'KMM_CONFIG'],
    [['--market', 'KXNONE'], 'KMM_RECORDING_BAD'],
  ])('refuses %j by name, and keeps nothing', async (words, code) => {
    const place = here();
    const base = ['backtest', 'run', '--data', 'day.jsonl', '--out', 'kept'];
    const { exit, stderr } = await kmmHere(place, [...(words[0] === '--data' ? base.slice(0, 2) : base), ...words]);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(code);
    expect(existsSync(`${place.directory}/kept`)).toBe(false);
  });
});

describe('kmm backtest lookahead', () => {
  it('finds that no decision knew the future', async () => {
    const { exit, stdout } = await kmmHere(here(), ['backtest', 'lookahead', ...RUN.slice(2), '--cuts', '2']);
    expect(stdout).toContain('no decision knew the future');
    expect(exit).toBe(0);
  });
});
