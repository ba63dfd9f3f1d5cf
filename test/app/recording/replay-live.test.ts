/** Replay = live under a link that misbehaves: a share of what `npm run replay:live` runs for ten minutes. */
import { describe, expect, it } from 'vitest';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import { liveSession } from '../../support/live-session.ts';
import { recordsOf, tamperedTape } from '../../support/tampered-tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('a session whose link is cut, loses frames and fails calls', () => {
  it('is derived again from its tape, to the last field of every intent', async () => {
    const live = await liveSession({ directory: tempDir(), seed: 'a share', seconds: 90, isOperated: true });
    expect(live.cuts).toBeGreaterThan(0);
    expect(live.lostFrames + live.failedCalls).toBeGreaterThan(0);
    const result = replaySession(live.tape, undefined, 100);
    expect(result).toMatchObject({ verdict: 'same', firstDifference: null, damage: [], isChecked: true });
    expect(result.intentsHash).toBe(live.summary.intentsHash);
    expect(result.intents).toBeGreaterThan(50);

    // And it can be told: without one event that is no frame it is another session, whatever its digests say.
    const isDown = ({ kind, text }: { kind: string; text: string }) =>
      kind === 'event' && text.includes('"isUp":false');
    const index = recordsOf(live.tape).findIndex(isDown);
    const deaf = await tamperedTape(live.tape, (records) =>
      records.toSpliced(index, 1).map((record) => ({
        ...record,
        text: record.text.replace(/,"check":\{"records":"[0-9a-f]+","intents":"[0-9a-f]+"\}/, ''),
      })),
    );
    expect(replaySession(deaf, undefined, 100)).toMatchObject({ verdict: 'differs', isChecked: false });
  });
});
