/**
 * A whole recorded window through translate and the full engine, a turn per 100 ms with news in it, and through translate
 * and books alone. Budgets for 90,000 deltas: < 1 s and < 0.3 s.
 */
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import { Books, type FeedEvent } from '../src/lib/core/book/books.ts';
import { benchConfig, EnginePlay, playedFrames } from './engine-play.ts';
import { type BenchFrames, fastest } from './recorded-frames.ts';

const ROUNDS = 5;
const TURN_MS = 100;
const BUDGET_DELTAS = 90_000;
const ENGINE_BUDGET_MS = 1_000;
const BOOKS_BUDGET_MS = 300;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const { source, frames } = await playedFrames();
  const { turns, intents } = withEngine(frames);
  const deltas = withBooks(frames);
  const candidates = [() => withEngine(frames), () => withBooks(frames)];
  const [engineNs, booksNs] = (await fastest(ROUNDS, deltas, candidates)) as [number, number];
  const line = (what: string, nsPerDelta: number, budgetMs: number) => {
    const windowMs = (nsPerDelta * BUDGET_DELTAS) / 1e6;
    const ratio = (budgetMs / windowMs).toFixed(1);
    return `${what}: ${windowMs.toFixed(0)} ms per ${BUDGET_DELTAS} deltas; budget/time = ${ratio} (budget ${budgetMs} ms)`;
  };
  return {
    name: `replay of a window (${deltas} deltas in ${frames.length} ${source})`,
    lines: [
      `${line('full engine', engineNs, ENGINE_BUDGET_MS)}; ${turns} turns, ${intents} intents`,
      line('books alone', booksNs, BOOKS_BUDGET_MS),
      `the engine costs ${(engineNs / booksNs).toFixed(1)} × the books`,
    ],
  };
}

function withEngine(frames: BenchFrames['frames']): { readonly turns: number; readonly intents: number } {
  const play = new EnginePlay(benchConfig());
  let turnAt = 0;
  for (const frame of frames) {
    if (frame.at >= turnAt + TURN_MS) {
      turnAt = frame.at;
      play.settle(play.turn(frame.at), frame.at);
    }
    play.take(frame);
  }
  return play;
}

/** Deltas applied. */
function withBooks(frames: BenchFrames['frames']): number {
  const books = new Books({ allowGaps: false });
  for (const { data, at, conn, yesPrice } of frames) {
    for (const event of translateFrame(data, { at, conn, yesPrice }).events) {
      if (event.type !== 'ticker') books.apply(event as FeedEvent);
    }
  }
  return [...books.markets()].reduce((sum, { deltas }) => sum + deltas, 0);
}
