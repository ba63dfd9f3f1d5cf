/** `kmm run` with real processes and sockets: what it prints, who may use it meanwhile, and how a kill stops it. */
import { existsSync, readdirSync } from 'node:fs';

import { describe, it } from 'vitest';
import { openJournal } from '../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { HAS_PROC, type Place, place, type Running, sleep } from '../support/cli.ts';
import { jsonHere } from '../support/kmm-here.ts';
import { isOverloaded } from '../support/load.ts';
import type { Json } from '../support/sim-client.ts';

const AT_THE_RUNNING_ONE = /^looking at the exchange of the running kmm run \(pid \d+, http:\S+\)\n$/;
const isQuoting = (record: Json) => record.type === 'status' && record.restingOrders > 0;

describe.concurrent('a live run', () => {
  it('streams NDJSON, lets others look at its exchange, keeps out a second one, and leaves nothing behind', async ({
    expect,
    onTestFinished,
  }) => {
    const here = place({}, onTestFinished);
    const run = here.start('run', '--json', '--for', '7s');
    await run.record(isQuoting);
    const [second, book, quote] = await Promise.all([
      here.json('run', '--for', '5s'),
      here.json('book', 'KXBTC15M', '--once'),
      here.json('quote', 'KXBTCD'),
    ]);
    expect([second.exit, second.records[0].error.code]).toEqual([8, 'KMM_LOCKED']);
    expect([book.exit, book.stderr]).toEqual([0, expect.stringMatching(AT_THE_RUNNING_ONE)]);
    expect(book.records).toMatchObject([{ type: 'book', ticker: expect.stringMatching(/^KXBTC15M-/), isValid: true }]);
    expect([quote.exit, quote.stderr]).toEqual([0, expect.stringMatching(AT_THE_RUNNING_ONE)]);
    expect(quote.records[0].markets.length).toBeGreaterThan(1);

    const { exit, stderr } = await run.ended;
    expect([exit, stderr]).toEqual([0, '']);
    for (const record of run.records) expect(record).toMatchObject({ type: expect.any(String), schemaVersion: 1 });
    const summary = run.records.at(-1);
    expect(summary).toMatchObject({
      type: 'summary',
      seconds: expect.any(Number),
      restingAtEnd: 0,
      reconciled: true,
      droppedFrames: 0,
    });
    expect(summary.orders).toMatchObject({ refused: 0, unknown: 0 });
    expect([existsSync(here.home.lock), readdirSync(here.home.keys)]).toEqual([false, []]);
    if (HAS_PROC) expect(here.processes()).toEqual([]);
    const { records } = await jsonHere(here, ['replay', summary.tape]);
    expect(records[0]).toMatchObject({ matches: true, intentsHash: summary.intentsHash, lost: 0 });
  });

  it('is emptied by kmm kill from elsewhere, stays halted, and so does the next until kmm resume', async ({
    expect,
    onTestFinished,
  }) => {
    const here = place({}, onTestFinished);
    const run = here.start('run', '--json', '--for', '60s');
    await run.record(isQuoting);
    const ask = here.exchange();
    // I5: from the halt on disk to the engine that obeys it, told over two channels. The second best of five: others run here.
    const closings = await closingsOf(here, run, 5);
    if (!isOverloaded()) expect(closings.sort((a, b) => a - b)[1]).toBeLessThan(50);
    const startedAt = performance.now();
    const { exit, records } = await here.json('kill', '--reason', 'fat finger');
    const tookMs = performance.now() - startedAt;

    expect(exit).toBe(0);
    const [report] = records[0].environments;
    expect(report).toMatchObject({ env: 'sim', isLatched: true, isSwept: true, isConfirmed: true, resting: [] });
    expect(report.orders.length).toBeGreaterThan(5);
    // What is promised, on a machine that is busy with other tests: BENCHMARKS.md has what it takes on a quiet one.
    expect(report.firstCancelMs).toBeLessThan(1_000);
    expect(report.confirmedMs).toBeLessThan(10_000);
    expect(tookMs).toBeLessThan(15_000);

    const before = await all(ask);
    for (const until = performance.now() + 3_000; performance.now() < until; await sleep(200)) {
      expect((await ask('GET', '/portfolio/orders?status=resting')).orders).toEqual([]);
    }
    expect(await all(ask)).toBe(before);
    expect(run.records.at(-1)).toMatchObject({ type: 'status', state: 'halted', restingOrders: 0 });
    run.signal('SIGINT');
    expect((await run.ended).exit).toBe(0);
    expect(run.records.at(-1)).toMatchObject({ type: 'summary', restingAtEnd: 0, reconciled: true });

    expect((await virtual(here)).orders.placed).toBe(0);
    const resumed = await jsonHere(here, ['resume', '--all', '--yes']);
    expect(resumed.exit).toBe(0);
    expect(resumed.records[0].cleared).toContainEqual(
      expect.objectContaining({ name: 'KILLED', scope: '*', reason: 'fat finger' }),
    );
    expect((await virtual(here)).orders.placed).toBeGreaterThan(0);
  });
});

/** Milliseconds from a latch by another process to the trader's word that it halts; of a series that is not quoted. */
async function closingsOf(here: Place, run: Running, times: number): Promise<number[]> {
  const journal = openJournal({ path: here.home.database, env: 'sim', access: 'guest' });
  if (journal instanceof StoreProblem) throw new Error(journal.message);
  const closings: number[] = [];
  for (let time = 1; time <= times; time++) {
    const scope = `KXNONE${time}`;
    const at = epochMs(Date.now());
    const latchedAt = performance.now();
    journal.setLatch({ name: 'KILLED', scope, since: at, reason: 'a test' }, 'a test', at);
    await run.record(({ type, text }) => type === 'log' && text.startsWith(`halt KILLED (${scope})`));
    closings.push(performance.now() - latchedAt);
  }
  journal.close();
  return closings;
}

/** How many orders of ours the exchange has ever seen. */
async function all(ask: (method: string, target: string) => Promise<Json>): Promise<number> {
  return (await ask('GET', '/portfolio/orders?limit=1000')).orders.length;
}

async function virtual(here: Place): Promise<Json> {
  const { records } = await jsonHere(here, ['run', '--for', '5s', '--speed', 'max']);
  return records.at(-1);
}
