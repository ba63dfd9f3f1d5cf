/**
 * `kmm replay` of a session's own tape, read from disk: every frame, turn and digest of it, every intent compared. Ten minutes of two
 * markets in virtual time are the tape; beside it the same records through books alone. Budgets for 90,000 deltas: < 1 s, < 0.3 s.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaySession } from '../src/lib/app/recording/replay-session.ts';
import { replayTapeBooks } from '../src/lib/app/recording/replay-tape.ts';
import { liveSession } from '../test/support/live-session.ts';

const SECONDS = 600;
const ROUNDS = 5;
const BUDGET_DELTAS = 90_000;
const [REPLAY_BUDGET_MS, BOOKS_BUDGET_MS] = [1_000, 300];

export async function run(): Promise<{ name: string; lines: string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  try {
    const { tape, summary } = await liveSession({ directory, seed: 'bench', seconds: SECONDS, markets: MARKETS });
    const books = await replayTapeBooks(tape, true);
    const deltas = books.lines.reduce((sum, market) => sum + market.deltas, 0);
    const { verdict, turns, intents } = replaySession(tape, undefined, 100);
    if (verdict !== 'same') throw new Error(`the replay of the bench's own session: ${verdict}`);
    const replayMs = await fastestMs(() => replaySession(tape, undefined, 100));
    const booksMs = await fastestMs(() => replayTapeBooks(tape, true));
    const line = (what: string, ms: number, budget: number) => {
      const windowMs = (ms * BUDGET_DELTAS) / deltas;
      return `${what}: ${windowMs.toFixed(0)} ms per ${BUDGET_DELTAS} deltas; budget/time = ${(budget / windowMs).toFixed(1)} (budget ${budget} ms)`;
    };
    return {
      name: `replay of a session's tape (${SECONDS} s, ${deltas} deltas in ${summary.frames} frames)`,
      lines: [
        `${line('every intent compared, digests made again', replayMs, REPLAY_BUDGET_MS)}; ${turns} turns, ${intents} intents`,
        line('books alone', booksMs, BOOKS_BUDGET_MS),
        `${SECONDS} s are replayed in ${replayMs.toFixed(0)} ms, ${((SECONDS * 1_000) / replayMs).toFixed(0)} × as fast as they were`,
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const MARKETS = 'KXBTC15M,KXHIGHNY';

/** Of the processor: the machine may have other work. */
async function fastestMs(work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}
