/** `kmm settle --watch` in virtual time: each settlement once, as it comes, and what goes wrong meanwhile said once. */
import { expect, it } from 'vitest';
import { type SettleReport, settle } from '../../../src/lib/app/settle/settle.ts';
import type { SettlementLine } from '../../../src/lib/app/settle/settlement-lines.ts';
import { watchSettlements } from '../../../src/lib/app/settle/watch-settlements.ts';
import { SettleBench } from '../../support/settle-bench.ts';

it('books and tells each settlement as it comes, the later one of a market too, and ends when it is told to', async () => {
  const bench = new SettleBench();
  const reports: SettleReport[] = [];
  const lines: SettlementLine[] = [];
  const notes: string[] = [];
  const ending = new AbortController();
  const watching = watchSettlements({
    looking: bench.desk(),
    sweep: () => settle(bench.desk(), bench.options()),
    onReport: (report) => reports.push(report),
    onSettlement: (line) => lines.push(line),
    onNote: (text) => notes.push(text),
    signal: ending.signal,
  });
  await bench.scene.run(20);
  expect(reports).toMatchObject([{ isNew: true, isReconciled: true }]);
  bench.trade('bid', 4);
  bench.close();
  bench.determine('yes');
  await bench.scene.run(12);
  expect(lines).toMatchObject([{ ticker: bench.ticker, paid: 4_000_000, order: 'first', isNew: true }]);
  let isCut = true;
  bench.hand = (inner) => ({
    request: (request) => (isCut ? Promise.resolve({ kind: 'failure', reason: 'cut' }) : inner.request(request)),
  });
  bench.amend('no');
  await bench.scene.run(12);
  isCut = false;
  await bench.scene.run(12);
  expect(lines.slice(1)).toMatchObject([{ order: 'amended', paid: -4_000_000 }]);
  expect(notes).toEqual([expect.stringContaining('asked again'), 'the settlements are read again']);
  bench.cash(-1);
  bench.amend('yes');
  await bench.scene.run(20);
  expect(reports.slice(1)).toMatchObject([{ isReconciled: false }]);
  ending.abort();
  await bench.within(watching);
  expect(lines).toHaveLength(3);
});
