/** A day of fifty markets through the real writer: nothing is lost, both files verify alone and together, one frame less is found. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { segmentPath } from '../../../src/lib/adapters/store/tape-segments.ts';
import { DAILY } from '../../../src/lib/adapters/store/tape-writer.ts';
import { tapeInfo } from '../../../src/lib/app/recording/list-tapes.ts';
import { verifyTape } from '../../../src/lib/app/recording/verify-tape.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { openedTape, TAPE_HEADER } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY = 86_400_000;
const HOURS = 24;
const TICKERS = Array.from({ length: 50 }, (_, n) => `KXBTCD-26MAY1217-T${n}`);
const CHANGES_PER_HOUR = 2_000;
const NOON = Date.UTC(2026, 4, 12, 12);

/** Each hour every book whole, as the changes before have left it; then changes here and there. */
function* dayOf(): Generator<readonly [at: number, frame: string]> {
  const books = new Map(TICKERS.map((ticker) => [ticker, new Map<string, number>()]));
  let seq = 0;
  let draw = 1;
  for (let hour = 0; hour < HOURS; hour += 1) {
    const from = NOON + (hour * DAY) / HOURS;
    for (const [ticker, book] of books) {
      const levels = [...book].map(([price, lots]) => [price, (lots / 100).toFixed(2)]);
      const msg = { market_ticker: ticker, ...(levels.length > 0 && { yes_dollars_fp: levels }) };
      seq += 1;
      yield [from, JSON.stringify({ type: 'orderbook_snapshot', sid: 2, seq, msg })];
    }
    for (let n = 0; n < CHANGES_PER_HOUR; n += 1) {
      draw = (Math.imul(draw, 1_664_525) + 1_013_904_223) >>> 0;
      const ticker = TICKERS[(draw >>> 8) % TICKERS.length] as string;
      const book = books.get(ticker) as Map<string, number>;
      const price = `0.${10 + ((draw >>> 16) % 80)}00`;
      const held = book.get(price) ?? 0;
      const lots = held > 0 && draw % 2 === 0 ? -held : 1 + (draw % 9_999);
      if (held + lots === 0) book.delete(price);
      else book.set(price, held + lots);
      seq += 1;
      const msg = { market_ticker: ticker, price_dollars: price, delta_fp: (lots / 100).toFixed(2), side: 'yes' };
      yield [from + n * 1_700, JSON.stringify({ type: 'orderbook_delta', sid: 2, seq, msg })];
    }
  }
}

async function written(isKept: (index: number) => boolean): Promise<string> {
  const path = join(tempDir(), 'a.tape');
  const header = { ...TAPE_HEADER, source: 'recording', startedAt: epochMs(NOON), names: ['KXBTCD'] } as const;
  const tape = openedTape(path, { header, whenFull: 'wait', roll: DAILY });
  let index = 0;
  for (const [at, frame] of dayOf()) if (isKept(index++)) tape.append('frame', epochMs(at), 1, frame);
  await tape.close();
  expect(tape.dropped).toBe(0);
  return path;
}

const FRAMES = HOURS * (TICKERS.length + CHANGES_PER_HOUR);

describe('a day of fifty markets', () => {
  test('is whole in two files, and each file by itself', async () => {
    const path = await written(() => true);
    const whole = verifyTape(path);
    expect(whole).toMatchObject({ verdict: 'whole', files: 2, frames: FRAMES, markets: 50, lost: 0, findings: [] });
    for (const file of [path, segmentPath(path, 2)]) {
      expect(verifyTape(file, { isAlone: true })).toMatchObject({ verdict: 'whole', frames: FRAMES / 2, markets: 50 });
    }
    const { markets, row } = tapeInfo(path);
    expect(markets.reduce((sum, { deltas }) => sum + deltas, 0)).toBe(HOURS * CHANGES_PER_HOUR);
    expect(row.bytes / FRAMES).toBeLessThan(26);
  });

  test('with one change less is not', async () => {
    const { verdict, findings } = verifyTape(await written((index) => index !== 30_000));
    expect(verdict).toBe('broken');
    expect(findings.map(({ kind, count }) => [kind, count])).toEqual([['hole', 1]]);
  });
});
