import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import { readRecordings } from '../../../src/lib/app/recording/recording.ts';
import { type PlayedRecord, replayBooks } from '../../../src/lib/app/recording/replay-books.ts';
import { Books } from '../../../src/lib/core/book/books.ts';
import { FEED_AT } from '../../support/feed.ts';
import { sharedPath } from '../../support/shared.ts';
import { RECORDED_BOOKS } from '../recorded-books.ts';

const STRICT = { allowGaps: false };
const ALLOWED = { allowGaps: true };

function record(frame: unknown, conn = 1): PlayedRecord {
  const data = Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return { kind: 'frame', at: FEED_AT, conn, data, yesPrice: true };
}

function snapshotFrame(seq: number, yes: string[][], no: string[][], ticker = 'KX-A') {
  const sides = { ...(yes.length > 0 && { yes_dollars_fp: yes }), ...(no.length > 0 && { no_dollars_fp: no }) };
  return { type: 'orderbook_snapshot', sid: 2, seq, msg: { market_ticker: ticker, ...sides } };
}

function deltaFrame(seq: number, side: 'yes' | 'no', price: string, size: string, ticker = 'KX-A') {
  const msg = { market_ticker: ticker, price_dollars: price, delta_fp: size, side, ts_ms: 1 };
  return { type: 'orderbook_delta', sid: 2, seq, msg };
}

const STORY = [
  record({ id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 2 } }),
  record(snapshotFrame(1, [['0.4700', '3.00']], [['0.5200', '2.50']])),
  record(deltaFrame(2, 'yes', '0.5300', '1.00')),
  record(deltaFrame(3, 'yes', '0.5300', '-1.00')),
  record({ type: 'ok', id: 4, sid: 2, seq: 4 }),
  record(deltaFrame(5, 'no', '0.5200', '-2.50')),
  record(deltaFrame(6, 'no', '0.9990', '0.01')),
];
const STORY_TOPS = [
  'KX-A,1,4700,300,5200,250',
  'KX-A,2,5300,100,5200,250',
  'KX-A,3,4700,300,5200,250',
  'KX-A,5,4700,300,-,-',
  'KX-A,6,4700,300,9990,1',
];

function digestOf(tops: readonly string[]): string {
  return createHash('sha256')
    .update(tops.map((top) => `${top}\n`).join(''))
    .digest('hex');
}

describe('a replay of books', () => {
  it('says per market what was applied and where it ended, with a digest of every top on the way', async () => {
    const { lines, frames, malformed, unknown } = await replayBooks(STORY, STRICT);
    expect([frames, malformed, unknown]).toEqual([7, 0, 0]);
    expect(lines).toEqual([
      {
        ticker: 'KX-A',
        snapshots: 1,
        deltas: 4,
        gaps: 0,
        crossed: 1,
        lastSeq: 6,
        levels: 2,
        bid: '0.4700',
        ask: '0.9990',
        topDigest: digestOf(STORY_TOPS),
      },
    ]);
  });

  it('counts and hashes the empty snapshot at the close', async () => {
    const { lines } = await replayBooks([...STORY, record(snapshotFrame(7, [], []))], STRICT);
    expect(lines).toMatchObject([{ snapshots: 2, lastSeq: 7, levels: 0, bid: null, ask: null }]);
    expect(lines[0]?.topDigest).toBe(digestOf([...STORY_TOPS, 'KX-A,7,-,-,-,-']));
  });

  it('takes records as they come from a stream, and passes over those that are no frames', async () => {
    async function* stream(): AsyncGenerator<PlayedRecord> {
      for (const frame of STORY) {
        yield { ...frame, kind: 'turn' };
        yield frame;
      }
    }
    expect(await replayBooks(stream(), STRICT)).toEqual(await replayBooks(STORY, STRICT));
  });

  it('applies nothing between a gap and the next snapshot', async () => {
    const { lines } = await replayBooks(
      [...STORY.filter((_, index) => index !== 2), record(snapshotFrame(7, [['0.4000', '1.00']], []))],
      STRICT,
    );
    expect(lines).toMatchObject([{ snapshots: 2, deltas: 0, gaps: 1, lastSeq: 7, bid: '0.4000' }]);
    expect(lines[0]?.topDigest).toBe(digestOf(['KX-A,1,4700,300,5200,250', 'KX-A,7,4000,100,-,-']));
  });

  it('applies everything and still counts when gaps are allowed, also where the sequence falls back', async () => {
    const frames = [
      ...STORY,
      record(deltaFrame(90, 'yes', '0.4700', '1.00')),
      record(deltaFrame(3, 'yes', '0.4700', '1.00')),
    ];
    const { lines } = await replayBooks(frames, ALLOWED);
    expect(lines).toMatchObject([{ deltas: 6, gaps: 2, lastSeq: 3 }]);
    expect(lines[0]?.topDigest).toBe(digestOf([...STORY_TOPS, 'KX-A,90,4700,400,9990,1', 'KX-A,3,4700,500,9990,1']));
  });

  it.each([
    ['a new connection', [record(snapshotFrame(1, [['0.1000', '1.00']], [], 'KX-B'), 2)]],
    ['a subscribed frame', [record({ type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 2 } })]],
  ])('begins anew with %s', async (_, more) => {
    const { lines } = await replayBooks(
      [...STORY, ...more, record(deltaFrame(7, 'yes', '0.4700', '1.00'), more[0]?.conn)],
      STRICT,
    );
    expect(lines[0]).toMatchObject({ deltas: 4, levels: 0, bid: null });
    expect(lines[0]?.topDigest).toBe(digestOf(STORY_TOPS));
  });

  it('survives frames that make no sense, counts them, and believes no book after them', async () => {
    const garbage = [record('{"type":"orderb'), record({ type: 'brand_new', sid: 2, seq: 7 })];
    const played = await replayBooks([...STORY, ...garbage, record(deltaFrame(8, 'yes', '0.4700', '1.00'))], STRICT);
    expect(played).toMatchObject({ frames: 10, malformed: 1, firstMalformed: 'not JSON', unknown: 1 });
    expect(played.lines).toMatchObject([{ deltas: 4, gaps: 1 }]);
  });

  it('of nothing is nothing', async () => {
    expect(await replayBooks([], STRICT)).toEqual({ lines: [], frames: 0, malformed: 0, unknown: 0 });
  });
});

async function recorded(path: string): Promise<PlayedRecord[]> {
  const records: PlayedRecord[] = [];
  for await (const line of readRecordings([path])) records.push({ ...line, yesPrice: false });
  expect(records.filter(({ kind }) => kind === 'bad')).toEqual([]);
  return records.filter(({ kind }) => kind === 'frame');
}

/** Levels left in a market's book at the moment its empty closing snapshot comes. */
function leftAtClose(records: readonly PlayedRecord[]): number[] {
  const books = new Books(ALLOWED);
  const left: number[] = [];
  for (const { data, at, conn, yesPrice } of records) {
    for (const event of translateFrame(data, { at, conn, yesPrice }).events) {
      if (event.type === 'book_snapshot' && event.bids.length + event.asks.length === 0) {
        left.push(books.get(event.ticker)?.book.levelCount ?? Number.NaN);
      }
      if (event.type === 'book_snapshot' || event.type === 'book_delta') books.apply(event);
    }
  }
  return left;
}

describe('the recorded markets', () => {
  const isAll = process.env.KMM_TEST_ALL === '1';
  const shortest = ['kxbtc15m_l2_20260513T173714Z', 'kxbtc15m_l2_20260513T125943Z', 'KXGOLD15M-26AUG050800-00'];
  const files = Object.keys(RECORDED_BOOKS).filter((file) => isAll || shortest.some((name) => file.includes(name)));

  it.each(files)('of %s replay as another program replays them', async (file) => {
    const path = sharedPath(`data/${file}`);
    if (path === undefined) return;
    const isShared = file.startsWith('kxgold15m');
    const records = await recorded(path);
    const played = await replayBooks(records, { allowGaps: isShared });
    expect(played).toEqual({ lines: RECORDED_BOOKS[file], frames: records.length, malformed: 0, unknown: 0 });
    expect(played.lines.every(({ gaps }) => gaps === 0)).toBe(!isShared);
    // The exchange takes every level out by deltas before it closes a Bitcoin book; gold it closes with levels standing.
    if (!isShared) expect(leftAtClose(records).every((levels) => levels === 0)).toBe(true);
  });
});
