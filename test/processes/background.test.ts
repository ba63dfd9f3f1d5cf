/** `kmm run --background`: recorded real books as the background, ours in it, settled as the recording was. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Place, place } from '../support/cli.ts';
import { COMPOSED_OUTCOMES, composedRecording, NEXT_TICKER, RECORDED_TICKER } from '../support/composed-recording.ts';
import { jsonHere } from '../support/kmm-here.ts';
import { sharedPath } from '../support/shared.ts';
import type { Json } from '../support/sim-client.ts';

/** The recording and its outcomes, in files of the working directory. */
function recorded(here: Place): void {
  writeFileSync(join(here.directory, 'btc.jsonl.gz'), gzipSync(`${composedRecording().join('\n')}\n`));
  writeFileSync(join(here.directory, 'markets.csv'), COMPOSED_OUTCOMES);
}

const RUN = ['run', '--speed', 'max', '--background'];

function rows(here: Place, sql: string): unknown[] {
  const journal = new Database(here.home.database, { readonly: true });
  try {
    return journal.prepare(sql).all();
  } finally {
    journal.close();
  }
}

describe.concurrent('a run on a recorded background', () => {
  it('trades both ways, settles as the recording did, and reconciles to the last digit', async ({
    expect,
    onTestFinished,
  }) => {
    const here = place({}, onTestFinished);
    recorded(here);
    const { exit, records } = await here.json(...RUN, 'btc.jsonl.gz', '--outcomes', 'markets.csv');
    expect(exit).toBe(0);
    const summary = records.at(-1);
    expect(summary).toMatchObject({ type: 'summary', restingAtEnd: 0, isConfirmed: true, reconciled: true });
    expect(summary.exchangeCashDollars).toBe(summary.cashDollars);
    expect(records).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        text: `${NEXT_TICKER} has no recorded result: it closes and is never paid`,
      }),
    );
    expect(
      rows(here, `SELECT side FROM fills WHERE ticker = '${RECORDED_TICKER}' GROUP BY side ORDER BY side`),
    ).toEqual([{ side: 'ask' }, { side: 'bid' }]);
    expect(rows(here, 'SELECT ticker, result, value FROM settlements')).toEqual([
      { ticker: RECORDED_TICKER, result: 'yes', value: 10_000 },
    ]);

    const tape = await jsonHere(here, ['record', 'import', 'btc.jsonl.gz', '--out', 'btc.tape']);
    expect(tape.records[0]).toMatchObject({ type: 'import', bad: 0, frames: expect.any(Number) });
    const again = await jsonHere(here, [...RUN, 'btc.tape', '--outcomes', 'markets.csv']);
    expect(again.records.at(-1).intentsHash).toBe(summary.intentsHash);
    const replayed = await jsonHere(here, ['replay', summary.tape]);
    expect(replayed.records[0]).toMatchObject({ matches: true, intentsHash: summary.intentsHash });
  });

  it('may be live, at any speed, and ends by itself with the recording', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    recorded(here);
    const words = [
      'run',
      '--speed',
      '60',
      '--background',
      'btc.jsonl.gz',
      '--outcomes',
      'markets.csv',
      '--for',
      '370s',
    ];
    const { exit, records } = await here.json(...words);
    expect(exit).toBe(0);
    expect(records.at(-1)).toMatchObject({ type: 'summary', restingAtEnd: 0, reconciled: true });
    // At sixty times the speed our own milliseconds are hundredths of a second there: it quotes, and fills are luck.
    expect(records.at(-1).intents).toBeGreaterThan(0);
  });

  it.for([
    ['a recording', '10', ['nowhere.gz'], 'KMM_RECORDING_BAD', 'nowhere.gz cannot be read'],
    ['outcomes', 'max', ['btc.jsonl.gz', '--outcomes', 'bad.csv'], 'KMM_OUTCOMES_BAD', 'bad.csv:3: result "maybe"'],
  ] as const)(
    'is refused for %s that cannot be used, at speed %s',
    async ([, speed, words, code, what], { expect, onTestFinished }) => {
      const here = place({}, onTestFinished);
      recorded(here);
      writeFileSync(join(here.directory, 'bad.csv'), `${COMPOSED_OUTCOMES}Y,2026-05-13T13:05:00Z,1,,,maybe\n`);
      const { exit, records } = await here.json('run', '--for', '5s', '--speed', speed, '--background', ...words);
      expect([exit, records.at(-1).error.code]).toEqual([2, code]);
      expect(records.at(-1).error.message).toContain(what);
    },
  );
});

describe('a recorded afternoon of others', () => {
  const recording = sharedPath('data/kxbtc15m_l2/kxbtc15m_l2_20260513T125943Z.jsonl.gz');
  const outcomes = sharedPath('data/kxbtc15m_markets.csv');

  it.skipIf(recording === undefined || outcomes === undefined)('is traded and settled', async () => {
    const here = place();
    const { exit, records } = await here.json(...RUN, String(recording), '--outcomes', String(outcomes));
    expect(exit).toBe(0);
    const summary: Json = records.at(-1);
    expect(summary).toMatchObject({ restingAtEnd: 0, isConfirmed: true, reconciled: true, droppedFrames: 0 });
    expect(summary.fills).toBeGreaterThan(0);
    expect(rows(here, 'SELECT count(*) AS paid FROM settlements')).not.toEqual([{ paid: 0 }]);
  });
});
