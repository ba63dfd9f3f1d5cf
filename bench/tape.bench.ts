/**
 * The tape's budgets (design.md): writing, reading, bytes per delta, and what handing a frame over costs the loop. Frames are
 * made here in the shape of KXBTC15M's deltas, with as much that cannot be predicted as real ones have.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreProblem } from '../src/lib/adapters/store/problem.ts';
import { readTape } from '../src/lib/adapters/store/tape-reader.ts';
import { type OpenTape, openTape, type TapeOptions } from '../src/lib/adapters/store/tape-writer.ts';
import { epochMs } from '../src/lib/core/units.ts';
import { makeFrames } from './made-frames.ts';
import type { BenchResult } from './run.ts';

const FRAMES = 500_000;
/** Handed over with pauses, as a busy market does: 50 markets at 20 a second, a hundred times as fast. */
const BURST = 100;
const BURSTS = 1_000;
const READINGS = 5;
const T0 = 1_778_477_863_278;

export async function run(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  try {
    const frames = makeFrames(FRAMES, T0, ['KXBTC15M-26MAY110145-45']);
    const path = join(directory, 'write.tape');
    const writing = await write(path, frames);
    const reading = Math.max(...Array.from({ length: READINGS }, () => read(path)));
    const parsing = parse(frames);
    const { p50, p99, dropped } = await handOver(join(directory, 'hand-over.tape'), frames);
    return {
      name: 'tape: 500,000 delta frames of about 250 bytes',
      lines: [
        `write       ${millions(writing)} M frames/s       budget ≥ 1.00     ${ratio(writing / parsing)} × JSON.parse`,
        `read        ${millions(reading)} M frames/s       budget ≥ 2.50     ${ratio(reading / parsing)} × JSON.parse`,
        `size        ${(statSync(path).size / FRAMES).toFixed(1)} bytes per delta   budget ≤ 26`,
        `hand-over   p50 ${p50.toFixed(2)} µs, p99 ${p99.toFixed(2)} µs   budget p99 < 50 µs, ${dropped} dropped`,
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Frames a second until the last one is in the file. */
async function write(path: string, frames: readonly Buffer[]): Promise<number> {
  const tape = await started(path, { whenFull: 'wait' });
  const from = performance.now();
  for (let index = 0; index < frames.length; index++)
    tape.append('frame', epochMs(T0 + (index >> 3)), 1, frames[index]!);
  await tape.close();
  return rate(frames.length, from);
}

function read(path: string): number {
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  const from = performance.now();
  let records = 0;
  for (const { kind } of tape.records()) if (kind === 'frame') records++;
  if (records !== FRAMES) throw new Error(`${records} of ${FRAMES} frames came back`);
  return rate(records, from);
}

function parse(frames: readonly Buffer[]): number {
  const from = performance.now();
  for (const frame of frames) JSON.parse(frame.toString());
  return rate(frames.length, from);
}

async function handOver(
  path: string,
  frames: readonly Buffer[],
): Promise<{ p50: number; p99: number; dropped: number }> {
  const tape = await started(path, {});
  const micros = new Float64Array(BURST * BURSTS);
  for (let index = 0; index < micros.length; index++) {
    const from = performance.now();
    tape.append('frame', epochMs(T0 + (index >> 3)), 1, frames[index]!);
    micros[index] = (performance.now() - from) * 1_000;
    if (index % BURST === BURST - 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await tape.close();
  micros.sort();
  return { p50: micros[micros.length * 0.5]!, p99: micros[micros.length * 0.99]!, dropped: tape.dropped };
}

/** Open, and its thread at work. */
async function started(path: string, more: Partial<TapeOptions>): Promise<OpenTape> {
  const header = { source: 'session', startedAt: epochMs(T0), version: 'bench', yesPrice: true } as const;
  const tape = openTape({ path, header, ...more });
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return tape;
}

function rate(count: number, from: number): number {
  return count / ((performance.now() - from) / 1_000);
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(2);
}

function ratio(value: number): string {
  return value.toFixed(1);
}
