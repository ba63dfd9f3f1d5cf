/**
 * The archive's budgets (issue 6): bytes per delta, and one market's day read back as the engine's events. Beside it the same
 * market out of the tape, which is what a backtest would read without an archive.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import { StoreProblem } from '../src/lib/adapters/store/problem.ts';
import { readTape } from '../src/lib/adapters/store/tape-reader.ts';
import { openTape } from '../src/lib/adapters/store/tape-writer.ts';
import { archiveEvents } from '../src/lib/app/archive/archive-events.ts';
import { archiveOf } from '../src/lib/app/archive/archive-home.ts';
import type { ArchivedTape } from '../src/lib/app/archive/archive-tape.ts';
import { archiveTapes } from '../src/lib/app/archive/archive-tapes.ts';
import { homeOf } from '../src/lib/app/config/home.ts';
import { epochMs } from '../src/lib/core/units.ts';
import { fastest, recordedFrames } from './recorded-frames.ts';
import type { BenchResult } from './run.ts';

const ROUNDS = 7;
const TICKER = 'KXBTC15M-26MAY131915-15';
const MARKET = { markets: [TICKER] };
const LATER = new Date('2030-01-01T00:00:00Z');

export async function run(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  try {
    const { source, frames } = await recordedFrames();
    const home = homeOf('sim', { KMM_HOME: directory });
    mkdirSync(home.tapes, { recursive: true });
    const path = join(home.tapes, 'day.tape');
    const startedAt = frames[0]?.at ?? epochMs(0);
    const header = { source: 'recording', startedAt, version: 'bench', yesPrice: false } as const;
    const tape = openTape({ path, header, whenFull: 'wait' });
    if (tape instanceof StoreProblem) throw new Error(tape.message);
    for (const { at, conn, data } of frames) tape.append('frame', at, conn, data);
    await tape.close();
    const done: ArchivedTape[] = [];
    const from = performance.now();
    await archiveTapes({ home, tapes: [path], closedDays: false, keep: 'all', now: LATER }, (one) => done.push(one));
    const seconds = (performance.now() - from) / 1_000;
    const [{ bytes = 0, deltas = 1 } = {}] = done;
    const fromArchive = async () => {
      let events = 0;
      for await (const batch of archiveEvents(archiveOf(home), MARKET))
        for (const one of batch) if (one.kind === 'event' && 'ticker' in one.event) events += 1;
      return events;
    };
    const count = await fromArchive();
    if (fromTape(path) !== count) throw new Error(`${count} events came back, and the tape has ${fromTape(path)}`);
    const [archive = 0, direct = 1] = await fastest(ROUNDS, 1, [fromArchive, () => fromTape(path)]);
    const before = process.cpuUsage();
    await fromArchive();
    const { user, system } = process.cpuUsage(before);
    const perDelta = (size: number) => (size / deltas).toFixed(2);
    return {
      name: `archive of ${frames.length} frames, ${deltas} changes of a book (${source})`,
      lines: [
        `size        ${perDelta(bytes)} bytes per delta   budget ≤ 8   ${(statSync(path).size / bytes).toFixed(1)} × smaller than the tape (${perDelta(statSync(path).size)})`,
        `read back   ${(archive / 1e6).toFixed(0)} ms for ${count} events of one market's day   budget < 100   ${(archive / direct).toFixed(2)} × the tape's time (${(direct / 1e6).toFixed(0)} ms); ${((user + system) / 1e3).toFixed(0)} ms of processor`,
        `compaction  ${(frames.length / seconds / 1e3).toFixed(0)} k records/s, read back and compared`,
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function fromTape(path: string): number {
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  let events = 0;
  for (const { at, conn, data, yesPrice } of tape.records()) {
    for (const event of translateFrame(data, { conn, at, yesPrice }).events) {
      if ('ticker' in event && event.ticker === TICKER) events += 1;
    }
  }
  return events;
}
