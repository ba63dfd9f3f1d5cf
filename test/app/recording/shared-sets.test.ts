/** Every recorded set of frames beside the project: imported, verified, replayed, and its books held against plain maps. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importRecording } from '../../../src/lib/app/recording/import-recording.ts';
import { replayTapeBooks } from '../../../src/lib/app/recording/replay-tape.ts';
import { verifyTape } from '../../../src/lib/app/recording/verify-tape.ts';
import { plainBooks } from '../../support/plain-books.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** The long ones all together take a minute: in `npm test` one of each. */
const ALL = process.env.KMM_TEST_ALL === '1';
const ONE_EACH = ['kxbtc15m_l2_20260513T173714Z.jsonl.gz', 'KXGOLD15M-26AUG050800-00.ndjson.gz'];

function filesIn(folder: string, isWanted: (name: string) => boolean = () => true): readonly string[] {
  const path = sharedPath(folder);
  return path === undefined
    ? []
    : readdirSync(path)
        .filter(isWanted)
        .map((name) => join(path, name));
}

const isShort = (name: string) => ALL || ONE_EACH.includes(name);
const FILES = [
  ...filesIn('data/kxbtc15m_l2', isShort),
  ...filesIn('data/kxgold15m_l2', isShort),
  ...[sharedPath('data/kalshi_ws_raw_frames.jsonl.gz')].flatMap((path) => path ?? []),
  ...filesIn('kalshi/fixtures/ws', (name) => name.endsWith('.jsonl')),
];

describe.skipIf(FILES.length === 0)('a recorded set', () => {
  test.each(FILES.map((path) => [path.replace(/.*\//, ''), path] as const))(
    '%s is whole on its tape, and its books are those of plain maps',
    async (name, file) => {
      // Only these two kept one market of a subscription over several.
      const isPartial = /gold15m/i.test(name);
      const yesPrice = name.includes('use-yes-price');
      const out = join(tempDir(), 'a.tape');
      const report = await importRecording({ files: [file], out, yesPrice, isPartial });
      expect(report.bad).toBe(0);
      const verified = verifyTape(out);
      expect(verified.findings.filter(({ verdict }) => verdict !== 'remark')).toEqual([]);
      expect(verified.frames).toBe(report.frames);
      const replay = await replayTapeBooks(out, false);
      expect([replay.malformed, replay.unknown, replay.lost]).toEqual([0, 0, 0]);
      const books = Object.fromEntries(
        replay.lines.map(({ ticker, snapshots, deltas, levels, lastSeq, topDigest: digest }) => [
          ticker,
          { snapshots, deltas, lastSeq, levels, digest },
        ]),
      );
      expect(books).toEqual(Object.fromEntries(plainBooks(file, yesPrice)));
      expect(replay.lines.length).toBeGreaterThan(0);
    },
    60_000,
  );
});
