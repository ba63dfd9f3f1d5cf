/**
 * `npm run fixture:session`: records the session that `npm test` replays, anew. Once the engine is meant to decide otherwise,
 * the replay of the old one differs (test/app/recording/session-fixture.test.ts names the first difference): run this then,
 * look at what changed, and commit the new tape with the change that made it.
 *
 * A minute of two markets against the embedded exchange in virtual time, with the link cut twice on the way, parameters changed
 * once and a pause: everything that a session's tape can hold.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { liveSession } from '../test/support/live-session.ts';

const TAPE = fileURLToPath(new URL('../test/fixtures/session/sim-session.tape', import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'kmm-fixture-'));
try {
  const { tape, summary, cuts } = await liveSession({ directory, seed: 'fixture 2', seconds: 60, isOperated: true });
  copyFileSync(tape, TAPE);
  const { intents, turns, frames, fills, intentsHash } = summary;
  process.stdout.write(
    `${TAPE}\n${statSync(TAPE).size} bytes, ${frames} frames, ${turns} turns, ${intents} intents, ${fills} fills, ${cuts} cuts\n${intentsHash}\n`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
