/**
 * The files of a backtest as data to run over: read, put in exchange time, prints paired with their book changes or inferred,
 * all markets joined in order of time. Once loaded, any number of runs share it.
 */
import { open } from 'node:fs/promises';
import type { BacktestSources, TimedCalibration } from '../../core/backtest/job.ts';
import type { DataFile, DataGap } from '../../core/backtest/result.ts';
import { Book } from '../../core/book/book.ts';
import type { Market } from '../../core/market.ts';
import type { Centicents, Centicontracts } from '../../core/units.ts';
import { epochMs } from '../../core/units.ts';
import { type BacktestData, type BacktestMarket, RECORD } from '../../sim/backtest/data.ts';
import { countedTimesOf, inferPrints } from '../../sim/backtest/infer-prints.ts';
import { pairPrints, type Row, recordsOf, rowOf } from '../../sim/backtest/rows.ts';
import { termsOfSeries } from '../../sim/series.ts';
import { isOfArchive } from '../archive/archive-name.ts';
import { KmmError } from '../errors/errors.ts';
import { type MarketOutcome, readOutcomes } from '../sim/outcomes.ts';
import type { FileRows, MarketRows } from './intake.ts';
import { isCaptureLine, readCaptures } from './read-captures.ts';
import { readFrames } from './read-frames.ts';
import { readReference } from './read-reference.ts';
import { type Stamp, stampOf } from './stamp.ts';

/** A recording that ends so long before its market closes has lost it. */
const CLOSE_ENOUGH_MS = 2_000;

/** Throws KMM_RECORDING_BAD, KMM_TAPE_*, KMM_ARCHIVE_*, KMM_OUTCOMES_BAD, KMM_USAGE. */
export async function loadBacktest(sources: BacktestSources): Promise<BacktestData> {
  if (sources.clock === 'receipt') {
    const { loadHeard } = await import('./load-heard.ts');
    return loadHeard(sources);
  }
  const outcomes = sources.outcomes === undefined ? new Map<string, MarketOutcome>() : readOutcomes(sources.outcomes);
  const loader = new Loader(sources, outcomes);
  for (const file of sources.files) {
    const { read, stamp } = await readSource(file, sources);
    if (read.markets.size === 0) throw new KmmError('KMM_RECORDING_BAD', `${file} holds no market data`);
    loader.add(file, read, stamp);
  }
  for (const { file, index } of sources.references) {
    const { rows, trades, notes } = await readReference(file, index);
    loader.reference(rows, notes, { ...(await stampOf(file)), path: file, role: 'reference', records: trades });
  }
  if (sources.outcomes !== undefined) {
    const stamp = await stampOf(sources.outcomes);
    loader.file({ ...stamp, path: sources.outcomes, role: 'outcomes', records: outcomes.size });
  }
  return loader.finish();
}

async function readSource(
  file: string,
  { archive }: BacktestSources,
): Promise<{ readonly read: FileRows; readonly stamp: Stamp }> {
  if (!isOfArchive(file)) return { read: await readFile(file), stamp: await stampOf(file) };
  if (archive === undefined) throw new KmmError('KMM_USAGE', `${file}: it is not said where the archive lies`);
  const { readArchive } = await import('./read-archive.ts');
  return readArchive(file, archive);
}

/** What a file is can be told by its first line. */
async function readFile(file: string): Promise<FileRows> {
  const { linesOf } = await import('../recording/recorded-lines.ts');
  if (!(await isBinary(file))) {
    for await (const lines of linesOf(file)) {
      const first = lines[0];
      if (first === undefined) continue;
      if (!('damage' in first) && isCaptureLine(first.bytes.toString())) return readCaptures(file);
      break;
    }
  }
  return readFrames(file);
}

/** Neither text nor gzip of text. */
async function isBinary(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0);
    await handle.close();
    return buffer.toString('latin1') === 'SQLite';
  } catch (error) {
    throw new KmmError('KMM_RECORDING_BAD', `${file} cannot be read (${(error as Error).message})`, { cause: error });
  }
}

class Loader {
  readonly #sources: BacktestSources;
  readonly #given: ReadonlyMap<string, MarketOutcome>;
  readonly #parts = new Map<string, MarketRows[]>();
  readonly #files: DataFile[] = [];
  readonly #filesWithPrints = new Set<string>();
  readonly #definitions = new Map<string, Market>();
  readonly #outcomes = new Map<string, MarketOutcome>();
  readonly #references: Row[] = [];
  readonly #calibrations: TimedCalibration[] = [];
  readonly #notes: string[] = [];
  readonly #assumptions: string[] = [];
  readonly #gaps: DataGap[] = [];
  readonly #inferred = { markets: 0, prints: 0, volume: 0, unexplained: 0, countedTwice: 0 };

  constructor(sources: BacktestSources, outcomes: ReadonlyMap<string, MarketOutcome>) {
    this.#sources = sources;
    this.#given = outcomes;
  }

  add(path: string, read: FileRows, stamp: Stamp): void {
    for (const [ticker, rows] of read.markets) {
      if (!isWanted(ticker, this.#sources.markets) || rows.rows.length === 0) continue;
      const parts = this.#parts.get(ticker) ?? [];
      parts.push(rows);
      this.#parts.set(ticker, parts);
      if (rows.hasPrints) this.#filesWithPrints.add(path);
    }
    for (const [ticker, market] of read.definitions) this.#definitions.set(ticker, market);
    for (const [ticker, outcome] of read.outcomes) this.#outcomes.set(ticker, outcome);
    this.#references.push(...read.references);
    this.#calibrations.push(...(read.calibrations ?? []));
    this.#notes.push(...read.notes);
    this.#assumptions.push(...read.assumptions);
    this.file({ ...stamp, path, role: 'data', records: read.frames });
  }

  reference(rows: readonly Row[], notes: readonly string[], file: DataFile): void {
    for (const row of rows) this.#references.push(row);
    this.#notes.push(...notes);
    this.file(file);
  }

  file(file: DataFile): void {
    this.#files.push(file);
  }

  finish(): BacktestData {
    const markets: BacktestMarket[] = [];
    const all: Row[][] = [];
    for (const [ticker, parts] of this.#parts) {
      const rows = this.#within(this.#joined(ticker, parts));
      if (rows.length === 0) continue;
      const known = this.#defined(ticker, rows);
      const { printsAre, rows: printed } = this.#printed(parts, rows);
      for (const row of printed) row.market = markets.length;
      this.#endOf(known, printed);
      if (!parts.some(({ isCaptured }) => isCaptured === true)) this.#noteGaps(ticker, printed);
      markets.push({ ...known, printsAre });
      all.push(printed);
    }
    if (markets.length === 0) {
      const wanted = this.#sources.markets.join(', ');
      throw new KmmError(
        'KMM_RECORDING_BAD',
        `no market ${wanted === '' ? '' : `${wanted} `}is recorded in these files`,
      );
    }
    const last = Math.max(...all.map((rows) => rows.at(-1)?.at ?? 0));
    const first = Math.min(...all.map((rows) => rows[0]?.at ?? Infinity));
    const references = this.#references.filter(({ at }) => at >= first - REFERENCE_BEFORE_MS && at <= last);
    const calibrations = this.#calibrations.filter((one) => this.#hadParameters(one));
    return {
      records: recordsOf([...all.flat(), ...references].sort((a, b) => a.at - b.at)),
      ...{ markets, files: this.#files, gaps: this.#gaps },
      ...(calibrations.length > 0 && { calibrations }),
      ...{ notes: this.#notes, assumptions: [...new Set([...this.#assumptions, ...this.#inferredWords()])] },
    };
  }

  /** A session that was told of none all along does not say that there were none. */
  #hadParameters({ index, product }: TimedCalibration): boolean {
    return this.#calibrations.some(
      (one) =>
        one.index === index &&
        one.product === product &&
        !(one.says.kind === 'refused' && one.says.code === 'parameters_unknown'),
    );
  }

  #inferredWords(): readonly string[] {
    const { markets, prints, volume, unexplained, countedTwice } = this.#inferred;
    if (markets === 0) return [];
    const share = ((100 * unexplained) / Math.max(1, volume)).toFixed(1);
    const twice = countedTwice > 0 ? ` (in ${countedTwice} of them it counts each contract twice)` : '';
    return [
      `of ${markets} markets ${prints} prints were inferred from the volume of the ticker${twice}; no decrease of the book explains ${share} % of it`,
    ];
  }

  /** The parts of a market in order of time. Two recordings of the same moments cannot be joined. */
  #joined(ticker: string, parts: readonly MarketRows[]): Row[] {
    const sorted = [...parts].sort((a, b) => (a.rows[0]?.at ?? 0) - (b.rows[0]?.at ?? 0));
    const joined: Row[] = [];
    for (const [index, part] of sorted.entries()) {
      const before = sorted[index - 1];
      const last = before?.rows.at(-1);
      if (last !== undefined && (part.rows[0]?.at ?? 0) < last.at && last.kind !== RECORD.lost) {
        throw new KmmError(
          'KMM_RECORDING_BAD',
          `${ticker} is recorded in ${before?.file} and in ${part.file} at the same time: name one of them`,
        );
      }
      if (last !== undefined && last.kind !== RECORD.lost) joined.push(rowOf(RECORD.lost, last.at, 0));
      for (const row of part.rows) joined.push(row);
    }
    return joined;
  }

  /** What is between --from and --to; a book that was known before begins as a snapshot. */
  #within(rows: Row[]): Row[] {
    const { from, to } = this.#sources;
    const until = to === undefined ? rows : rows.filter(({ at }) => at < to);
    if (from === undefined || (until[0]?.at ?? from) >= from) return until;
    const book = new Book();
    for (const row of until) {
      if (row.at >= from) break;
      if (row.snapshot !== undefined) book.snapshot(row.snapshot.bids, row.snapshot.asks);
      else if (row.kind === RECORD.lost) book.invalidate('gap');
      else if (row.kind === RECORD.delta) {
        book.delta(row.side === 0 ? 'bid' : 'ask', row.price as Centicents, row.size as Centicontracts);
      }
    }
    const rest = until.filter(({ at }) => at >= from);
    if (!book.isValid) return rest;
    const snapshot = { bids: book.levels('bid'), asks: book.levels('ask') };
    return [rowOf(RECORD.snapshot, from, 0, { snapshot }), ...rest];
  }

  #defined(ticker: string, rows: readonly Row[]): Omit<BacktestMarket, 'printsAre'> {
    const outcome = { ...this.#outcomes.get(ticker), ...this.#given.get(ticker) } as Partial<MarketOutcome>;
    const stated = this.#definitions.get(ticker);
    const openAt = epochMs(Math.floor(rows[0]?.at ?? 0));
    const closeAt = outcome.closeAt ?? stated?.closeAt ?? epochMs(Math.ceil(rows.at(-1)?.at ?? 0) + 1);
    if (outcome.result === undefined) {
      this.#notes.push(`${ticker} has no recorded result: its positions are valued at what leaving would have brought`);
    }
    const eventTicker = ticker.split('-').length > 2 ? ticker.split('-').slice(0, -1).join('-') : ticker;
    const usual = { ticker, eventTicker, ...termsOfSeries(ticker) };
    const strike = outcome.strike ?? stated?.strike;
    return {
      market: { ...usual, ...stated, status: 'active', openAt, closeAt, ...(strike !== undefined && { strike }) },
      ...(outcome.result !== undefined && { result: outcome.result }),
    };
  }

  #printed(
    parts: readonly MarketRows[],
    rows: Row[],
  ): { readonly printsAre: BacktestMarket['printsAre']; readonly rows: Row[] } {
    const { prints } = this.#sources;
    const isRecorded = parts.some(({ file }) => this.#filesWithPrints.has(file));
    const bare = () => rows.filter(({ kind }) => kind !== RECORD.print);
    if (prints === 'none') return { printsAre: 'none', rows: bare() };
    if (prints === 'recorded' || (prints === 'auto' && isRecorded)) {
      return isRecorded ? { printsAre: 'recorded', rows: pairPrints(rows) } : { printsAre: 'none', rows };
    }
    const { from = 0, to = Infinity } = this.#sources;
    const told = parts.flatMap(({ tickers }) => tickers).sort((a, b) => a.at - b.at);
    const within = told.filter(({ at }) => at >= from && at < to);
    const tickers = within.length > 0 ? within : composedTickers(rows);
    if (tickers.length < 2) return { printsAre: 'none', rows: bare() };
    const countedTimes = within.length > 0 ? countedTimesOf(told, rows) : 1;
    const inferred = inferPrints(bare(), tickers, countedTimes);
    this.#inferred.markets += 1;
    this.#inferred.prints += inferred.prints;
    this.#inferred.volume += inferred.volume;
    this.#inferred.unexplained += inferred.unexplained;
    if (countedTimes === 2) this.#inferred.countedTwice += 1;
    return { printsAre: 'inferred', rows: [...inferred.rows] };
  }

  /** A recording that ends before its market does not know the book from there on. */
  #endOf({ market }: Omit<BacktestMarket, 'printsAre'>, rows: Row[]): void {
    const last = rows.at(-1);
    if (last === undefined || last.kind === RECORD.lost || last.at >= market.closeAt - CLOSE_ENOUGH_MS) return;
    rows.push(rowOf(RECORD.lost, last.at, last.market));
  }

  #noteGaps(ticker: string, rows: readonly Row[]): void {
    for (const [index, row] of rows.entries()) {
      if (row.kind !== RECORD.lost) continue;
      const to = rows.slice(index + 1).find(({ kind }) => kind === RECORD.snapshot)?.at;
      const reason = to === undefined ? 'the recording ends before the market' : 'frames are missing';
      this.#gaps.push({
        ticker,
        from: epochMs(Math.floor(row.at)),
        ...(to !== undefined && { to: epochMs(Math.floor(to)) }),
        reason,
      });
    }
  }
}

/** Of an index, what was printed so long before the first market. */
const REFERENCE_BEFORE_MS = 60_000;

/** Of a recording with prints and no ticker: what its ticker would have said, once a second, as the exchange does. */
function composedTickers(rows: readonly Row[]): { at: number; lastPrice: number; lastSize: number; volume: number }[] {
  const tickers = [{ at: rows[0]?.at ?? 0, lastPrice: 0, lastSize: 0, volume: 0 }];
  let volume = 0;
  for (const { kind, at, price, size } of rows) {
    if (kind !== RECORD.print) continue;
    volume += size;
    const endOfSecond = (Math.floor(at / 1_000) + 1) * 1_000 - 1;
    if (tickers.at(-1)?.at === endOfSecond) tickers.pop();
    tickers.push({ at: endOfSecond, lastPrice: price, lastSize: size, volume });
  }
  return tickers;
}

function isWanted(ticker: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((name) => ticker === name || ticker.startsWith(name));
}
