import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { backgroundOf } from '../../../src/lib/app/sim/background.ts';
import {
  COMPOSED_OUTCOMES,
  composedRecording,
  NEXT_TICKER,
  RECORDED_CLOSE,
  RECORDED_FROM,
  RECORDED_TICKER,
} from '../../support/composed-recording.ts';
import { tempDir } from '../../support/temp-dir.ts';

function file(name: string, content: string | Buffer): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content);
  return path;
}

function lines(recording: readonly string[]): string {
  return recording.map((line) => `${line}\n`).join('');
}

function eventsIn(events: Iterator<{ readonly type: string; readonly at: number }>) {
  const all = [];
  for (let next = events.next(); !next.done; next = events.next()) all.push(next.value);
  return all;
}

describe('a background', () => {
  it('is the recording in order of time, with its markets as the outcomes have them', async () => {
    const outcomes = file('markets.csv', COMPOSED_OUTCOMES);
    const background = await backgroundOf([file('a.jsonl', lines(composedRecording()))], outcomes);
    const { events, markets, firstAt, lastAt, notes } = background;
    expect([firstAt, lastAt]).toEqual([RECORDED_FROM + 100, RECORDED_FROM + 302_000]);
    expect(markets).toEqual([
      {
        ...{ ticker: RECORDED_TICKER, openAt: RECORDED_FROM + 200, closeAt: RECORDED_CLOSE, result: 'yes' },
        ...{ strike: { type: 'greater_or_equal', floor: 80_000.5 }, expirationValue: '80020.11' },
      },
      {
        ...{ ticker: NEXT_TICKER, openAt: RECORDED_FROM + 302_000, closeAt: RECORDED_FROM + 1_200_000 },
        strike: { type: 'greater_or_equal', floor: 80_100 },
      },
    ]);
    expect(notes).toEqual([`${NEXT_TICKER} has no recorded result: it closes and is never paid`]);
    const played = eventsIn(events);
    const times = played.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(played.filter(({ type }) => type === 'book_delta')).toHaveLength(116);
  });

  it('joins recordings that overlap', async () => {
    const [first, second] = [composedRecording().slice(0, 60), composedRecording().slice(60)];
    const background = await backgroundOf([file('b.jsonl', lines(second)), file('a.jsonl', lines(first))], undefined);
    expect(eventsIn(background.events).filter(({ type }) => type === 'book_delta')).toHaveLength(116);
  });

  it('of a file that is cut off is what stands before that place, and it says so', async () => {
    const cut = file('cut.gz', gzipSync(lines(composedRecording())).subarray(0, 900));
    const { notes, markets } = await backgroundOf([cut], undefined);
    expect(markets).toHaveLength(1);
    expect(notes[0]).toMatch(/cut\.gz:\d+: /);
    expect(notes[1]).toMatch(/cut\.gz: \d+ lines could not be read/);
  });

  it.each([
    ['a missing file', 'KMM_RECORDING_BAD', () => '/nowhere/a.jsonl'],
    ['a folder', 'KMM_RECORDING_BAD', () => tempDir()],
    ['an empty file', 'KMM_RECORDING_BAD', () => file('a', '')],
    ['garbage', 'KMM_RECORDING_BAD', () => file('a', Buffer.from([0, 1, 2, 3, 255, 10, 7]))],
    ['notes alone', 'KMM_RECORDING_BAD', () => file('a', `${composedRecording()[0]}\n`)],
    ['frames without a market', 'KMM_RECORDING_BAD', () => file('a', '{"type":"ok","id":1}\n')],
    ['a broken tape', 'KMM_TAPE_UNREADABLE', () => file('a', 'SQLite format 3\0 and then nothing')],
  ])('is not made of %s: %s', async (_, code, made) => {
    const path = made();
    await expect(backgroundOf([path], undefined)).rejects.toMatchObject({ code, what: expect.stringContaining(path) });
  });
});
