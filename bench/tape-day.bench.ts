/**
 * A day of 50 markets at 20 changes a second each, through the tape's real writer as fast as it takes them, with the day's
 * roll in the middle. By default an hour of it; `KMM_BENCH_DAY=1` is the whole day: 86.4 million frames, 2 GB.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreProblem } from '../src/lib/adapters/store/problem.ts';
import { readTape } from '../src/lib/adapters/store/tape-reader.ts';
import { DAILY, openTape } from '../src/lib/adapters/store/tape-writer.ts';
import { epochMs } from '../src/lib/core/units.ts';
import { makeFrames } from './made-frames.ts';
import type { BenchResult } from './run.ts';

const MARKETS = 50;
const PER_SECOND = MARKETS * 20;
const HOURS = process.env.KMM_BENCH_DAY === '1' ? 24 : 1;
const FRAMES = HOURS * 3_600 * PER_SECOND;
/** Over and over: a block holds 512, so none meets the same frame twice. */
const POOL = 200_000;
/** Half an hour, or half a day, before midnight. */
const FROM = Date.UTC(2026, 4, 12) - (HOURS * 3_600_000) / 2;

export async function run(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  try {
    const tickers = Array.from({ length: MARKETS }, (_, n) => `KXBTC15M-26MAY1101${String(n).padStart(2, '0')}-45`);
    const pool = makeFrames(POOL, FROM, tickers);
    const header = { source: 'recording', startedAt: epochMs(FROM), version: 'bench', yesPrice: true } as const;
    const tape = openTape({ path: join(directory, 'day.tape'), header, whenFull: 'wait', roll: DAILY });
    if (tape instanceof StoreProblem) throw new Error(tape.message);
    const from = performance.now();
    for (let index = 0; index < FRAMES; index++) {
      tape.append('frame', epochMs(FROM + Math.floor((index / PER_SECOND) * 1_000)), 1, pool[index % POOL] as Buffer);
    }
    await tape.close();
    const seconds = (performance.now() - from) / 1_000;
    const read = readTape(tape.path);
    if (read instanceof StoreProblem) throw new Error(read.message);
    const begun = performance.now();
    let records = 0;
    for (const { kind } of read.records()) if (kind === 'frame') records++;
    const readSeconds = (performance.now() - begun) / 1_000;
    if (records !== FRAMES) throw new Error(`${records} of ${FRAMES} frames came back`);
    const bytes = read.segments.reduce((sum, file) => sum + statSync(file).size, 0);
    return {
      name: `tape of ${HOURS} h of ${MARKETS} markets × 20/s: ${FRAMES} frames`,
      lines: [
        `write       ${millions(FRAMES / seconds)} M frames/s, ${(FRAMES / seconds / PER_SECOND).toFixed(0)} × as fast as they come; ${tape.dropped} dropped`,
        `read        ${millions(FRAMES / readSeconds)} M frames/s, all there`,
        `size        ${(bytes / FRAMES).toFixed(1)} bytes per delta, ${(bytes / 1e9).toFixed(2)} GB in ${read.segments.length} files`,
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(2);
}
