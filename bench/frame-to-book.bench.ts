/**
 * From a frame's bytes to the book, against JSON.parse of the same frames and nothing else. Budget: at least as fast, aim
 * twice. The frames are those that books are made of, and then all that the connection carried (tickers go by the schema).
 */
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import type { PlayedRecord } from '../src/lib/app/recording/replay-books.ts';
import { Books } from '../src/lib/core/book/books.ts';
import { fastest, recordedFrames } from './recorded-frames.ts';

const ROUNDS = 12;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const { source, frames } = await recordedFrames();
  const bookFrames = frames.filter(({ data }) => data.includes('"type":"orderbook_'));
  const [book, all] = [await compare(bookFrames), await compare(frames)];
  return {
    name: `frame to book (${frames.length} ${source})`,
    lines: [
      `book frames: ${book.ns} ns parsed, checked, applied; ${book.ofBytes} × JSON.parse of their bytes, ${book.ofTexts} × of texts`,
      `all frames: ${all.ns} ns; ${all.ofBytes} × JSON.parse of their bytes, ${all.ofTexts} × of texts`,
    ],
  };
}

async function compare(frames: readonly PlayedRecord[]): Promise<{ ns: string; ofBytes: string; ofTexts: string }> {
  const texts = frames.map(({ data }) => data.toString());
  const candidates = [() => toBook(frames), () => parseBytes(frames), () => parseTexts(texts)];
  const [ns, bytes, text] = (await fastest(ROUNDS, frames.length, candidates)) as [number, number, number];
  return { ns: ns.toFixed(0), ofBytes: (bytes / ns).toFixed(2), ofTexts: (text / ns).toFixed(2) };
}

function toBook(frames: readonly PlayedRecord[]): void {
  const books = new Books({ allowGaps: false });
  for (const { data, at, conn, yesPrice } of frames) {
    for (const event of translateFrame(data, { at, conn, yesPrice }).events) {
      if (event.type === 'book_delta' || event.type === 'book_snapshot' || event.type === 'feed_started')
        books.apply(event);
    }
  }
}

function parseBytes(frames: readonly PlayedRecord[]): void {
  for (const { data } of frames) JSON.parse(data.toString());
}

function parseTexts(texts: readonly string[]): void {
  for (const text of texts) JSON.parse(text);
}
