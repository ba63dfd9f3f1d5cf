import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import type { SessionHeader } from '../../../src/lib/app/session/tape/session-tape.ts';
import { openedTape, T0 } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HOST = { directory: '/', variables: {}, userHome: '/', systemFile: '/nowhere' };
const { parameters } = loadConfiguration({ environment: 'sim', host: HOST });
const ENGINE = { idPrefix: 'kmm-test-1', parameters };
const HEADER: SessionHeader = { version: 1, env: 'sim', account: 'us', code: 'test', engine: ENGINE };

type Entry = readonly ['session' | 'event' | 'turn' | 'frame' | 'end' | 'note', unknown];

async function tapeOf(...entries: Entry[]): Promise<string> {
  const path = join(tempDir(), 'a.tape');
  const tape = openedTape(path);
  for (const [kind, value] of entries) {
    tape.append(kind, T0, 1, typeof value === 'string' ? value : JSON.stringify(value));
  }
  await tape.close();
  return path;
}

function replay(path: string) {
  return replaySession(path, ENGINE, 100);
}

describe('a replay of a session', () => {
  it('of turns that asked for nothing matches, also without an end: a crash leaves none', async () => {
    const path = await tapeOf(['session', HEADER], ['turn', { turn: 1 }], ['note', 'x'], ['turn', { turn: 2 }]);
    expect(replay(path)).toMatchObject({ matches: true, turns: 2, intents: 0, firstDifference: null, lost: 0 });
  });

  it('names what the tape has and the code has not', async () => {
    const intent = { kind: 'cancel', counter: 1, ticker: 'KX-1', shard: 0, side: 'bid', price: 4_500, size: 100 };
    const path = await tapeOf(['session', HEADER], ['turn', { turn: 7, intents: [intent] }], ['turn', { turn: 8 }]);
    const { matches, firstDifference } = replay(path);
    expect(matches).toBe(false);
    expect(firstDifference).toMatchObject({
      turn: 7,
      at: T0,
      replayed: null,
      recorded: expect.stringContaining('4500'),
    });
  });

  it('does not match when the session counted otherwise at its end', async () => {
    const end = { intents: 3, intentsHash: 'f'.repeat(64) };
    expect(replay(await tapeOf(['session', HEADER], ['turn', { turn: 1 }], ['end', end]))).toMatchObject({
      matches: false,
      firstDifference: null,
    });
  });

  it('is refused when the tape does not say how its engine was set up', async () => {
    const path = await tapeOf(['turn', { turn: 1 }]);
    expect(() => replay(path)).toThrow(expect.objectContaining({ code: 'KMM_TAPE_DAMAGED' }));
  });

  it('is refused when a record is not what it says', async () => {
    const path = await tapeOf(['session', HEADER], ['turn', '{"turn":']);
    expect(() => replay(path)).toThrow(expect.objectContaining({ code: 'KMM_TAPE_DAMAGED' }));
  });

  it('survives frames that make no sense, as the session did', async () => {
    const path = await tapeOf(['session', HEADER], ['frame', 'not JSON'], ['turn', { turn: 1 }]);
    expect(replay(path)).toMatchObject({ matches: true, frames: 1 });
  });

  it.each(['', 'not a tape', 'SQLite format 3\0'.padEnd(5_000, 'x')])('of %j is refused', (content) => {
    const path = join(tempDir(), 'a.tape');
    writeFileSync(path, content);
    expect(() => replay(path)).toThrow(expect.objectContaining({ code: 'KMM_TAPE_UNREADABLE' }));
  });
});
