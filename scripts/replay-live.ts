/**
 * `npm run replay:live -- [--minutes 10] [--seed S] [--markets LIST]`: a session whose link is cut, loses frames and fails calls, and
 * its replay. Replay = live means that the two agree, to the last field of every intent. Exit 1 when they do not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { replaySession } from '../src/lib/app/recording/replay-session.ts';
import { liveSession } from '../test/support/live-session.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    markets: { type: 'string', default: 'KXBTC15M,KXHIGHNY' },
  },
});
const seconds = Math.round(Number(values.minutes) * 60);
if (!(seconds > 0)) throw new Error(`--minutes ${values.minutes} is no number of minutes`);

const directory = mkdtempSync(join(tmpdir(), 'kmm-replay-live-'));
try {
  const startedAt = performance.now();
  const { seed, markets } = values;
  const { tape, summary, ...link } = await liveSession({ directory, seed, seconds, markets, isOperated: true });
  const livedAt = performance.now();
  const result = replaySession(tape, undefined, 100);
  const replayedAt = performance.now();
  const { frames, turns, intents, verdict, intentsHash, firstDifference, damage } = result;
  const isSame = verdict === 'same' && intentsHash === summary.intentsHash;
  const times = { liveMs: Math.round(livedAt - startedAt), replayMs: Math.round(replayedAt - livedAt) };
  const counts = { seconds, frames, turns, intents, fills: summary.fills, ...link };
  process.stdout.write(
    `${JSON.stringify({ type: 'replay_live', isSame, verdict, seed, ...counts, ...times, firstDifference, damage })}\n`,
  );
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
