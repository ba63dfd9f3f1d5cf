import { readdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadBacktest } from '../../../src/lib/app/backtest/load.ts';
import { readReference } from '../../../src/lib/app/backtest/read-reference.ts';
import { Book } from '../../../src/lib/core/book/book.ts';
import { type Centicents, type Centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { RECORD } from '../../../src/lib/sim/backtest/data.ts';
import { composedRecording, RECORDED_CLOSE, RECORDED_FROM, RECORDED_TICKER } from '../../support/composed-recording.ts';
import { plainBooks } from '../../support/plain-books.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

const sources = (files: readonly string[]) =>
  ({ files, references: [], markets: [RECORDED_TICKER], prints: 'auto' }) as const;

function written(lines: readonly string[], name = 'day.jsonl'): string {
  const file = `${tempDir()}/${name}`;
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const edited = (line: string, change: (event: Record<string, unknown>) => void) => {
  const whole = JSON.parse(line);
  change(whole.event);
  return JSON.stringify(whole);
};
const deltas = (lines: readonly string[]) => lines.flatMap((line, i) => (line.includes('orderbook_delta') ? [i] : []));

describe('data of a backtest', () => {
  it('is in exchange time, with prints inferred where there are none, and knows what it was made of', async () => {
    const file = written(composedRecording());
    const { records, markets, files, gaps } = await loadBacktest(sources([file]));
    expect(markets).toHaveLength(1);
    expect(markets[0]).toMatchObject({
      printsAre: 'inferred',
      market: { ticker: RECORDED_TICKER, closeAt: RECORDED_CLOSE },
    });
    expect(files[0]).toMatchObject({ path: file, role: 'data' });
    expect(files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(gaps).toEqual([]);
    for (let i = 1; i < records.length; i += 1)
      expect(records.at[i]).toBeGreaterThanOrEqual(records.at[i - 1] as number);
    const prints = [...records.kind.subarray(0, records.length)].filter((kind) => kind === RECORD.print);
    expect(prints.length).toBeGreaterThan(50);
  });

  it('that is cut off in the middle of a gzip file is what could be read, a note, and a gap', async () => {
    const whole = gzipSync(composedRecording().join('\n'));
    const file = `${tempDir()}/day.jsonl.gz`;
    writeFileSync(file, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const { records, notes, gaps } = await loadBacktest(sources([file]));
    expect(records.length).toBeGreaterThan(10);
    expect(notes.join()).toContain('could not be read');
    expect(gaps).toMatchObject([{ ticker: RECORDED_TICKER, reason: 'the recording ends before the market' }]);
  });

  it('whose last line is half written says so', async () => {
    const lines = composedRecording();
    const { notes } = await loadBacktest(sources([written([...lines, (lines[5] as string).slice(0, 40)])]));
    expect(notes.join()).toContain('1 lines could not be read');
  });

  it('with a missing sequence number has a gap there', async () => {
    const lines = composedRecording();
    const [, , , missing] = deltas(lines);
    // Enough of the others for one hole to be a loss, not the way the file was kept.
    const { gaps, records } = await loadBacktest(sources([written(lines.filter((_, i) => i !== missing))]));
    expect(gaps).toHaveLength(1);
    expect([...records.kind]).toContain(RECORD.lost);
  });

  it('whose clock goes back keeps its order, and says so', async () => {
    const lines = composedRecording();
    const at = deltas(lines)[10] as number;
    lines[at] = edited(lines[at] as string, ({ msg }) => Object.assign(msg as object, { ts_ms: RECORDED_FROM }));
    const { notes, records } = await loadBacktest(sources([written(lines)]));
    expect(notes.join()).toContain('its clock went back');
    for (let i = 1; i < records.length; i += 1)
      expect(records.at[i]).toBeGreaterThanOrEqual(records.at[i - 1] as number);
  });

  it('between two moments begins with the book as it was', async () => {
    const from = epochMs(RECORDED_FROM + 100_000);
    const to = epochMs(RECORDED_FROM + 200_000);
    const { records } = await loadBacktest({ ...sources([written(composedRecording())]), from, to });
    expect([records.kind[0], records.at[0]]).toEqual([RECORD.snapshot, from]);
    expect(records.snapshots[0]?.bids[0]?.price).toBe(4_000);
    expect(records.at[records.length - 1]).toBeLessThan(to);
  });

  it('of one market in two recordings of the same moments is refused, and so is a market that is in none', async () => {
    const twice = loadBacktest(
      sources([written(composedRecording(), 'a.jsonl'), written(composedRecording(), 'b.jsonl')]),
    );
    await expect(twice).rejects.toMatchObject({ code: 'KMM_RECORDING_BAD' });
    const none = loadBacktest({ ...sources([written(composedRecording())]), markets: ['KXNONE'] });
    await expect(none).rejects.toThrow('no market KXNONE is recorded');
    await expect(loadBacktest(sources([`${tempDir()}/none`]))).rejects.toMatchObject({ code: 'KMM_RECORDING_BAD' });
  });
});

const QUARTER = RECORDED_CLOSE + 10 * 60_000;

describe('a series of trades', () => {
  it('is a print a second of the price before it, with the mean of the last minute', async () => {
    const rows = ['exchange_ts,recv_ns,price,trade_id'];
    for (let ms = 0; ms < 130_000; ms += 500) {
      rows.push(`${new Date(QUARTER - 120_000 + ms).toISOString()},0,${80_000 + ms / 1_000},1`);
    }
    const { rows: prints, trades } = await readReference(written(rows, 'trades.csv'), 'BRTI');
    expect(trades).toBe(260);
    const last = prints.find(({ at }) => at === QUARTER);
    expect(last?.reference).toMatchObject({
      index: 'BRTI',
      value: 80_119.5,
      window: { count: 60, endsAt: QUARTER },
    });
    expect(last?.reference?.window?.value).toBeCloseTo(80_090, 6);
    expect(prints.find(({ at }) => at === QUARTER + 1_000)?.reference).not.toHaveProperty('window');
  });
});

describe.skipIf(sharedPath('data/weather_books.jsonl.gz') === undefined)('captures of books', () => {
  it.each(['weather_books.jsonl.gz', 'kxbtc_hourly_ladders.jsonl.gz'])(
    '%s: are snapshots that are believed for a minute',
    async (name) => {
      const file = sharedPath(`data/${name}`) as string;
      const markets = name.startsWith('weather') ? ['KXHIGHNY'] : ['KXBTC-26JUL0302'];
      const { records, assumptions, markets: found } = await loadBacktest({ ...sources([file]), markets });
      expect(found.length).toBeGreaterThan(2);
      expect([...records.kind].filter((kind) => kind === RECORD.snapshot).length).toBeGreaterThan(found.length - 1);
      expect(assumptions.join()).toContain('believed for 60 s');
    },
  );
});

/** One of each set; with KMM_TEST_ALL=1 all of them. Tapes of the same files are held against the same maps, change by change. */
const BOOK_FILES = ['kxbtc15m_l2', 'kxgold15m_l2'].flatMap((set) => {
  const folder = sharedPath(`data/${set}`);
  const names = folder === undefined ? [] : readdirSync(folder);
  const wanted = process.env.KMM_TEST_ALL === '1' ? names : names.filter((name) => /173714Z|26AUG050800/.test(name));
  return wanted.map((name) => [name, `${folder}/${name}`] as const);
});

describe.skipIf(BOOK_FILES.length === 0)('the columns of a recording', () => {
  it.each(BOOK_FILES)(
    '%s: have the changes and end in the books of plain maps',
    { timeout: 30_000 },
    async (_, file) => {
      const { records, markets } = await loadBacktest({ ...sources([file]), markets: [] });
      const books = markets.map(() => ({ book: new Book(), deltas: 0, snapshots: 0 }));
      for (let i = 0; i < records.length; i += 1) {
        const own = books[records.market[i] as number];
        const [price, size] = [records.price[i] as Centicents, records.size[i] as Centicontracts];
        if (own === undefined) continue;
        if (records.kind[i] === RECORD.delta) {
          own.book.delta(records.side[i] === 0 ? 'bid' : 'ask', price, size);
          own.deltas += 1;
        } else if (records.kind[i] === RECORD.snapshot) {
          own.book.snapshot(records.snapshots[size]?.bids ?? [], records.snapshots[size]?.asks ?? []);
          own.snapshots += 1;
        }
      }
      const plain = plainBooks(file);
      expect(markets.map(({ market }) => market.ticker).toSorted()).toEqual([...plain.keys()].toSorted());
      for (const [index, { book, deltas, snapshots }] of books.entries()) {
        const levels = book.levels('bid').length + book.levels('ask').length;
        expect(plain.get(markets[index]?.market.ticker ?? '')).toMatchObject({ deltas, snapshots, levels });
      }
    },
  );
});
