import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeResult, writeSet } from '../../src/lib/app/backtest/files.ts';
import { FILL_MODES } from '../../src/lib/core/backtest/job.ts';
import type { BacktestResult } from '../../src/lib/core/backtest/result.ts';
import { composedBacktest } from '../support/composed-backtest.ts';
import { composedBands } from '../support/composed-bands.ts';
import { composedRecording, RECORDED_TICKER } from '../support/composed-recording.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const IN = ['--in', 'kept'];

/** A folder with these results, and a set of them. */
function kept(results: readonly BacktestResult[] = composedBands()) {
  const directory = tempDir();
  const folder = join(directory, 'kept');
  for (const result of results) writeResult(folder, result);
  return { directory, folder, variables: {}, id: writeSet(folder, results).setId };
}

/** What is written in place of a kept result. */
function spoiled(change: (text: string) => string) {
  const place = kept([
    composedBacktest({ markets: [{ fills: [{ side: 'bid', size: 100, price: 5_000, fair: 0.5 }] }] }),
  ]);
  const path = join(place.folder, place.id, 'result.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return place;
}

describe('kmm backtest report', () => {
  it('keeps to 80 columns, says first what the run may be taken for, and leaves no part out', async () => {
    const place = kept();
    const { stdout, exit } = await kmmHere(place, ['backtest', 'report', place.id, ...IN]);
    expect(exit).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/! It gains under every fill assumption, and that proves nothing yet \(9 events:/);
    for (const part of ['BANDS SIDE BY SIDE', 'BY HORIZON', 'SENSITIVITY', 'MARKETS', 'FILLS', 'INVENTORY'])
      expect(stdout).toContain(part);
    // What became of the events adds up to them, in each band.
    const row = (name: string) => new RegExp(`${name} +(.*)`).exec(stdout)?.[1]?.split(/ {2,}/) ?? [];
    const events = row('events, filled in').map((cell) => Number(cell.split(', ')[0]));
    const ended = row('events won, lost, even, open').map((cell) =>
      cell.split(', ').reduce((sum, n) => sum + Number(n), 0),
    );
    expect([events.length, ended]).toEqual([3, events]);
    for (const part of ['CALIBRATION', 'ASSUMED', 'DATA GAPS', 'no snapshot yet', 'no result is recorded'])
      expect(stdout).toContain(part);
  });

  it('calls a loss a loss', async () => {
    const losing = composedBacktest({ markets: [{ result: 'no', fills: [{ side: 'bid', size: 100, price: 5_000 }] }] });
    const place = kept([losing]);
    const { stdout } = await kmmHere(place, ['backtest', 'report', place.id, ...IN]);
    expect(stdout).toContain('! It loses money with calibrated fills (1 event).');
    expect(stdout).toMatch(/net, calibrated +-0\.50 \$/);
  });

  it('lets no headline hide a loss: it is the first thing in every format, whatever looks good besides', async () => {
    // Forty small wins and two ruinous losses: nearly every event is won, the spread is earned, the fair value promised more.
    const won = { fills: [{ side: 'bid' as const, size: 100, price: 9_900, mids: [19_960, 19_980], fair: 0.999 }] };
    const lost = { result: 'no' as const, fills: [{ ...won.fills[0], size: 3_000 } as (typeof won.fills)[0]] };
    const markets = [...Array.from({ length: 40 }, () => won), lost, lost];
    const place = kept(
      FILL_MODES.map((mode) => composedBacktest({ mode, markets, rest: { runId: `${mode.slice(0, 4)}abcdef` } })),
    );
    const words = ['backtest', 'report', place.id, ...IN];
    const { records } = await jsonHere(place, words);
    const [record] = records;
    expect(record).toMatchObject({
      verdict: 'loses',
      verdictText: 'It loses money under every fill assumption (42 events).',
    });
    expect(record.bands[1]).toMatchObject({ netDollars: '-59.000000', wins: { won: 40, lost: 2 } });
    expect(Number(record.bands[1].expected.netDollars)).toBeGreaterThan(0);
    expect(Number(record.bands[1].spreadDollars)).toBeGreaterThan(0);
    for (const format of ['text', 'html', 'md', 'csv']) {
      const { stdout } = await kmmHere(place, format === 'text' ? words : [...words, '--format', format]);
      const told = format === 'html' ? stdout.slice(stdout.indexOf('<body')) : stdout;
      const said = told.search(/It loses money under every fill\s+assumption/);
      expect([format, said >= 0]).toEqual([format, true]);
      // No sum with a plus, no share and no ratio stands before it.
      expect([format, told.slice(0, said).match(/\+\d|\d %|Sharpe|won/)]).toEqual([format, null]);
      expect(told.slice(said).match(/[+-]\d+\.\d\d/)?.[0]).toBe('-59.00');
    }
    expect((await kmmHere(place, ['backtest', 'list', ...IN])).stdout).toContain(
      'pess -59.00, cali -59.00, opti -59.00',
    );
  });

  it('is made of runs without a fill, and of one event: what cannot be known is a dash', async () => {
    const place = kept([composedBacktest({ markets: [{}] })]);
    const { stdout, exit } = await kmmHere(place, ['backtest', 'report', place.id, ...IN]);
    expect(exit).toBe(0);
    expect(stdout).toContain('! It was never filled: nothing is known of what it would make.');
    expect(stdout).toMatch(/net ¢ a contract +—/);
    expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is one HTML file with its pictures inside, Markdown, CSV and JSON of the same numbers', async () => {
    const place = kept();
    const format = async (name: string) =>
      (await kmmHere(place, ['backtest', 'report', place.id, ...IN, '--format', name])).stdout;
    const html = await format('html');
    for (const id of ['chart-equity', 'chart-inventory', 'chart-fills-', 'chart-offset', 'chart-reliability-all'])
      expect(html).toContain(`<svg id="${id}`);
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(await format('md')).toContain('## Net, and the bands side by side');
    expect(await format('csv')).toContain('"net, calibrated",4.797900,dollars');
    const { records } = await jsonHere(place, ['backtest', 'report', place.id, ...IN]);
    expect(records[0]).toMatchObject({ type: 'backtest_report', verdict: 'too_few', main: 'calibrated' });
    expect(records[0].bands.map((band: { netDollars: string }) => band.netDollars)).toEqual([
      '3.198600',
      '4.797900',
      '7.996500',
    ]);
    await kmmHere(place, ['backtest', 'report', place.id, ...IN, '--out', 'report.html']);
    expect(readFileSync(join(place.directory, 'report.html'), 'utf8')).toBe(html);
  });

  it('finds a run by the beginning of its id, a band of a set by its own, and a folder by its path', async () => {
    const place = kept();
    const bands = async (name: string, ...more: string[]) =>
      (await jsonHere(place, ['backtest', 'report', name, ...more])).records[0].bands.length;
    expect(await bands(place.id.slice(0, 5), ...IN)).toBe(3);
    expect(await bands('cali', ...IN)).toBe(1);
    expect(await bands(`./kept/${place.id}`)).toBe(3);
  });

  it.each([
    ['a later form', (text: string) => text.replace('"schemaVersion":1', '"schemaVersion":2'), 'KMM_BACKTEST_NEWER'],
    ['half of its text', (text: string) => text.slice(0, text.length / 2), 'KMM_BACKTEST_DAMAGED'],
    ['another object', () => '{"type":"backtest_set","schemaVersion":1}', 'KMM_BACKTEST_DAMAGED'],
    ['an array', () => '[]', 'KMM_BACKTEST_DAMAGED'],
    ['a NaN, as JSON has it', (text: string) => text.replace(/"net":\d+/, '"net":null'), 'KMM_BACKTEST_DAMAGED'],
    ['a probability of 50', (text: string) => text.replace('"fair":0.5', '"fair":50'), 'KMM_BACKTEST_DAMAGED'],
    ['a microdollar too much', (text: string) => text.replace(/"fee":0/, '"fee":1'), 'KMM_BACKTEST_DAMAGED'],
  ])('refuses %s, and prints no figure', async (_, change, code) => {
    const place = spoiled(change);
    const { exit, stdout, stderr } = await kmmHere(place, ['backtest', 'report', place.id, ...IN]);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(code);
  });

  it('refuses what is not there, what is ambiguous, and a set that leads elsewhere', async () => {
    const place = kept();
    const code = async (name: string) => (await kmmHere(place, ['backtest', 'report', name, ...IN])).stderr;
    expect(await code('zzz')).toContain('KMM_BACKTEST_UNKNOWN');
    expect(await code('./nowhere')).toContain('KMM_BACKTEST_UNKNOWN');
    const [first] = composedBands();
    writeResult(place.folder, { ...(first as BacktestResult), runId: `${place.id}x` });
    expect(await code(place.id.slice(0, 6))).toContain('write more of it');
    const set = join(place.folder, place.id, 'set.json');
    writeFileSync(set, readFileSync(set, 'utf8').replace(/"runId":"cali\w+"/, '"runId":"../../etc"'));
    expect(await code(place.id)).toContain('names no runs');
  });
});

describe('kmm backtest list', () => {
  it('has a line a set, runs outside of one, and what cannot be read with its reason', async () => {
    const place = kept();
    writeResult(place.folder, composedBacktest({ rest: { runId: 'alone' } }));
    mkdirSync(join(place.folder, 'broken'));
    writeFileSync(join(place.folder, 'broken', 'result.json'), '{');
    const { records } = await jsonHere(place, ['backtest', 'list', ...IN]);
    const runs = records[0].runs as { run: string; problem: string | null; bands: unknown[] }[];
    expect(runs.map(({ run, bands }) => [run, bands.length]).sort()).toEqual([
      ['alone', 1],
      ['broken', 0],
      [place.id, 3],
    ]);
    expect(runs.find(({ run }) => run === 'broken')?.problem).toContain('cannot be read');
    const { stdout } = await kmmHere(place, ['backtest', 'list', ...IN]);
    expect(stdout).toContain('pess +3.20, cali +4.80, opti +8.00');
  });

  it('is empty where nothing is kept', async () => {
    const { stdout, exit } = await kmmHere({ directory: tempDir(), variables: {} }, ['backtest', 'list']);
    expect([exit, stdout]).toEqual([0, expect.stringContaining('no run is kept in')]);
  });
});

describe('kmm backtest compare', () => {
  const runOf = (id: string, cents: number, markets = 12, rest: Partial<BacktestResult> = {}) =>
    composedBacktest({
      markets: Array.from({ length: markets }, (_, i) => ({
        fills: [{ side: 'bid' as const, size: 100, price: 9_900 - 100 * (cents + (i % 3)) }],
      })),
      rest: { runId: id, ...rest },
    });

  it('tells the difference with its uncertainty, and no verdict on so few events', async () => {
    const place = kept([runOf('aa', 3)]);
    writeResult(place.folder, runOf('bb', 1));
    const { stdout, exit } = await kmmHere(place, ['backtest', 'compare', 'aa', 'bb', ...IN]);
    expect(exit).toBe(0);
    expect(stdout).toContain('no verdict: 12 events, and below 30 nothing is concluded');
    const { records } = await jsonHere(place, ['backtest', 'compare', 'aa', 'bb', ...IN]);
    expect(records[0].bands[0]).toMatchObject({ differenceDollars: '0.240000', verdict: 'too_few', better: 12 });
  });

  it('pairs what both followed, says what is left out of every sum, and in what the jobs differ', async () => {
    const place = kept([runOf('aa', 3)]);
    writeResult(place.folder, runOf('bb', 1, 11, { code: 'another' }));
    const { stdout } = await kmmHere(place, ['backtest', 'compare', 'aa', 'bb', ...IN]);
    expect(stdout).toContain('! 11 markets compared, 1 left out of every sum: only A followed KXBTC15M-11.');
    expect(stdout).toMatch(/^code +0\.5\.0 composed +another$/m);
    const { records } = await jsonHere(place, ['backtest', 'compare', 'aa', 'bb', ...IN]);
    expect(records[0].differences).toEqual([{ key: 'code', a: '0.5.0 composed', b: 'another' }]);
    expect(records[0].bands[0].leftOut).toEqual([{ ticker: 'KXBTC15M-11', why: 'only_a' }]);
    const html = (await kmmHere(place, ['backtest', 'compare', 'aa', 'bb', ...IN, '--format', 'html'])).stdout;
    expect(html).toContain('<svg id="chart-difference');
  });

  it('refuses runs with no market in common, no fill assumption in common, and a run that is not there', async () => {
    const place = kept([runOf('aa', 3)]);
    const elsewhere = [{ ticker: 'KXETH15M-00', fills: [{ side: 'bid' as const, size: 100, price: 5_000 }] }];
    writeResult(place.folder, composedBacktest({ markets: elsewhere, rest: { runId: 'bb' } }));
    writeResult(place.folder, composedBacktest({ mode: 'optimistic', markets: elsewhere, rest: { runId: 'cc' } }));
    const said = async (b: string) => await kmmHere(place, ['backtest', 'compare', 'aa', b, ...IN]);
    expect(await said('bb')).toMatchObject({
      ...{ exit: 2, stdout: '' },
      stderr: expect.stringMatching(/KMM_BACKTEST_DIFFERS .*no market in common/),
    });
    expect((await said('cc')).stderr).toContain('no fill assumption in common');
    expect((await said('dd')).stderr).toContain('KMM_BACKTEST_UNKNOWN');
  });
});

describe('a run over a recording', () => {
  function recorded(result: 'yes' | 'no' = 'yes') {
    const directory = tempDir();
    writeFileSync(`${directory}/day.jsonl`, `${composedRecording().join('\n')}\n`);
    const outcome = `${RECORDED_TICKER},2026-05-13T13:05:00Z,80000.5,${result}`;
    writeFileSync(`${directory}/ended.csv`, `market_ticker,close_time_utc,floor_strike,result\n${outcome}\n`);
    return { directory, variables: {} };
  }
  const RUN = ['backtest', 'run', '--data', 'day.jsonl', '--outcomes', 'ended.csv', '--market', RECORDED_TICKER];

  it('is repeated with one thing changed at a time, and those repetitions are kept beside it', async () => {
    const place = recorded();
    const { stdout } = await kmmHere(place, [...RUN, '--fill', 'calibrated', '--out', 'kept', '--sensitivity']);
    expect(stdout).toMatch(/quotes a tick wider +[+-]?\d/);
    const { records } = await jsonHere(place, ['backtest', 'list', ...IN]);
    const id = records[0].runs[0].run;
    const again = (await jsonHere(place, ['backtest', 'report', id, ...IN])).records[0];
    expect(again.sensitivity.map(({ changed }: { changed: string }) => changed)).toHaveLength(8);
    const fees = again.sensitivity.find(({ changed }: { changed: string }) => changed === 'fees_none');
    expect(Number(fees.nets[0].netDollars)).toBeGreaterThanOrEqual(Number(again.bands[0].netDollars));
    writeFileSync(join(place.directory, 'kept', id, 'sensitivity.json'), '{');
    expect((await jsonHere(place, ['backtest', 'report', id, ...IN])).records[0].sensitivity).toBeNull();
    const asked = await jsonHere(place, ['backtest', 'report', id, ...IN, '--sensitivity']);
    expect(asked.records[0].sensitivity).toEqual(again.sensitivity);
  });

  it('makes a loss of a strategy that lost in the engine: it bought, and the market ended at nothing', async () => {
    const reported = async (result: 'yes' | 'no') => {
      const place = recorded(result);
      // Nobody ever buys: all that crosses the spread is sold to us.
      const sold = composedRecording().map((line) =>
        line
          .replace('"price_dollars":"0.5600","volume', '"price_dollars":"0.4400","volume')
          .replace(/("price_dollars":"0\.5600".*)"side":"yes"/, '$1"side":"no"'),
      );
      writeFileSync(`${place.directory}/day.jsonl`, `${sold.join('\n')}\n`);
      await kmmHere(place, [...RUN, '--fill', 'optimistic', '--out', 'kept']);
      const id = (await jsonHere(place, ['backtest', 'list', ...IN])).records[0].runs[0].run;
      return (await jsonHere(place, ['backtest', 'report', id, ...IN])).records[0];
    };
    const [lost, gained] = [await reported('no'), await reported('yes')];
    expect(Number(lost.bands[0].netDollars)).toBeLessThan(0);
    expect(lost).toMatchObject({ verdict: 'loses', verdictText: 'It loses money with optimistic fills (1 event).' });
    expect(Number(gained.bands[0].netDollars)).toBeGreaterThan(0);
    expect(gained.verdict).toBe('too_few');
  });

  it('explains a moment: inputs, numbers, gates, places in the queue, as the same run decides it again', async () => {
    const place = recorded();
    await kmmHere(place, [...RUN, '--out', 'kept']);
    const id = (await jsonHere(place, ['backtest', 'list', ...IN])).records[0].runs[0].run;
    const explain = ['backtest', 'explain', id, RECORDED_TICKER];
    const { records } = await jsonHere(place, [...explain, '09:02:03', ...IN]);
    expect(records[0]).toMatchObject({ type: 'backtest_explain', mode: 'calibrated', ticker: RECORDED_TICKER });
    expect(records[0].decision.fair.source).toBe('micro');
    expect(records[0].asked.length).toBeGreaterThan(0);
    const { stdout } = await kmmHere(place, [...explain, '09:02:03', '--fill', 'pessimistic', ...IN]);
    expect(stdout).toContain('(pessimistic), decided');
    expect(stdout).toMatch(/^bid .* 5 @ \d+ on the book, [\d,.]+ ahead/m);
    const frozen = await kmmHere(place, [...explain, '-2s', ...IN]);
    expect(frozen.stdout).toContain('no quote: WINDOW, frozen before the close');
    const before = await kmmHere(place, [...explain, '2020-01-01T00:00:00Z', ...IN]);
    expect(before.stdout).toContain('nothing had been decided of it by then');
    const stranger = await kmmHere(place, ['backtest', 'explain', id, 'KXNONE', '-2s', ...IN]);
    expect(stranger.stderr).toContain('KMM_TICKER_UNKNOWN');
  });

  it('is not repeated over other bytes than it read', async () => {
    const place = recorded();
    await kmmHere(place, [...RUN, '--out', 'kept', '--fill', 'calibrated']);
    const id = (await jsonHere(place, ['backtest', 'list', ...IN])).records[0].runs[0].run;
    writeFileSync(`${place.directory}/day.jsonl`, `${composedRecording().slice(0, -1).join('\n')}\n`);
    const { stderr, exit } = await kmmHere(place, ['backtest', 'explain', id, RECORDED_TICKER, '-2s', ...IN]);
    expect(exit).toBe(2);
    expect(stderr).toContain('KMM_BACKTEST_DIFFERS');
    expect(stderr).toContain('day.jsonl has other bytes');
  });
});
