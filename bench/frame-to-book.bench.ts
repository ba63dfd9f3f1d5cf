/** From a frame's bytes to the book, against JSON.parse of the same frames and nothing else. Budget: ratio ≥ 1, aim ≥ 2. */
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import { Books } from '../src/lib/core/books.ts';
import { fastest, recordedFrames } from './recorded-frames.ts';

const ROUNDS = 12;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const { source, frames } = await recordedFrames();
  const texts = frames.map(({ data }) => data.toString());
  const parseTexts = () => {
    for (const text of texts) JSON.parse(text);
  };
  const parseBytes = () => {
    for (const { data } of frames) JSON.parse(data.toString());
  };
  const toBook = () => {
    const books = new Books({ allowGaps: false });
    for (const { data, at, conn, yesPrice } of frames) {
      for (const event of translateFrame(data, { at, conn, yesPrice }).events) {
        if (event.type !== 'ticker') books.apply(event as Parameters<Books['apply']>[0]);
      }
    }
  };
  const [text, bytes, book] = (await fastest(ROUNDS, frames.length, [parseTexts, parseBytes, toBook])) as [
    number,
    number,
    number,
  ];
  return {
    name: `frame to book (${frames.length} ${source})`,
    lines: [
      `${book.toFixed(0)} ns per frame: parsed, checked, applied`,
      `${(text / book).toFixed(2)} × JSON.parse of texts (${text.toFixed(0)} ns)`,
      `${(bytes / book).toFixed(2)} × JSON.parse of the bytes (${bytes.toFixed(0)} ns)`,
    ],
  };
}
