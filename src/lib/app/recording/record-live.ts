/**
 * `kmm record`: a recorder with its tape, its lock and its way to people. Two recorders of the same markets in one place are
 * refused. What lies between the tape before and this one is said in the first record.
 */
import { dirname, join } from 'node:path';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import { DAILY } from '../../adapters/store/tape-writer.ts';
import type { Lock } from '../../adapters/system/lock.ts';
import type { Alert } from '../../core/alerts/condition.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock, Wire } from '../../ports.ts';
import { codeVersion } from '../code-version.ts';
import { type Home, prepareHome } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { asking } from '../exchange/asking.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { type Reading, readingOver } from '../exchange/reading.ts';
import { explainUnknown } from '../markets/unknown-ticker.ts';
import { type Connection, connect } from '../run/connect.ts';
import type { Chooser } from '../session/markets/market-chooser.ts';
import { recorded } from '../session/tape/recorded-wire.ts';
import { heardBy } from './heard-tape.ts';
import { lockFor, openOwnTape } from './own-tape.ts';
import { RecordWatch } from './record-watch.ts';
import { type RecordCounts, Recorder } from './recorder.ts';
import { RecorderTape } from './recorder-tape.ts';
import { factsOfFile, tapeFilesIn } from './tape-files.ts';

export interface RecordOptions {
  readonly home: Home;
  readonly link: ExchangeLink;
  readonly names: readonly string[];
  /** Absent: those that the series are settled by, as far as kmm knows. */
  readonly indices?: readonly string[];
  /** Default: a file of its own in the data directory. */
  readonly out?: string;
  /** Chooses among the markets that are named; absent: all of them are recorded. */
  readonly choose?: (ways: Pick<Reading, 'rest' | 'catalogue' | 'clock'>) => Chooser;
  /** Hears every record as the tape gets it. */
  readonly heard?: (record: TapeRecord) => void;
  /** What else the tape's header is to say of its making. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly onNote: (text: string) => void;
  /** What an operator is to be told. */
  readonly onAlerts: (alerts: readonly Alert[]) => void;
}

export interface RecordSummary {
  readonly tape: string;
  readonly files: number;
  readonly by: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly markets: readonly string[];
  readonly counts: RecordCounts;
  /** Records that the tape could not take. */
  readonly lost: number;
  readonly bytes: number;
}

export interface Recording {
  readonly tape: string;
  /** Resolves by itself only when nothing comes of waiting: with the reason. */
  readonly over: Promise<KmmError>;
  /** Exchange time. */
  readonly clock: Clock;
  /** What was heard elsewhere than on the exchange goes on the tape, too. */
  tell(event: EngineEvent): void;
  /** Calls back after so many seconds of exchange time, unless it was stopped before. */
  after(seconds: number, action: () => void): void;
  stop(by: string): Promise<RecordSummary>;
}

const TICK_MS = 1_000;

/** Throws KMM_TAPE_BUSY, KMM_TAPE_*, KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_KEY_*, KMM_UNREACHABLE, KMM_HOME. */
export async function startRecording(options: RecordOptions): Promise<Recording> {
  const { home, link, names, out } = options;
  prepareHome(home);
  const connection = await connect(home.env, link);
  const startedAt = connection.clock.now();
  let lock: Lock | undefined;
  try {
    // The same markets in the same place; a file that is named is locked by itself.
    lock = out === undefined ? lockFor(join(home.tapes, `record-${labelOf(names)}`), home.env, startedAt) : undefined;
    return await recordOver(options, connection, () => lock?.release());
  } catch (error) {
    lock?.release();
    connection.close();
    throw error;
  }
}

/** What is recorded over: a connection, or the link of virtual time. */
export type RecordedLink = Pick<Connection, 'clock' | 'stream' | 'close'> & { readonly wire: Wire };

/** As `startRecording`; the caller has made the home. */
export async function recordOver(
  options: RecordOptions,
  connection: RecordedLink,
  release: () => void = () => {},
): Promise<Recording> {
  const { home, names, onNote, heard, indices = indicesOf(names) } = options;
  const { clock } = connection;
  const startedAt = clock.now();
  const path = options.out ?? join(home.tapes, `record-${labelOf(names)}-${stampOf(startedAt)}.tape`);
  if (options.out !== undefined) makeFolders(dirname(options.out), 0o777);
  const before = options.out === undefined ? tapeBefore(home, names) : undefined;
  const config = JSON.stringify({ names, indices, ...options.config });
  const header = { source: 'recording', startedAt, version: codeVersion(), yesPrice: true, env: home.env } as const;
  const opened = openOwnTape({ path, header: { ...header, account: options.link.keyId, names, config }, roll: DAILY });
  const tape = new RecorderTape(heard === undefined ? opened : heardBy(opened, heard));
  const { rest, stream, catalogue } = readingOver(connection, recorded(asking(connection.wire), clock, tape));
  let giveUp: (error: KmmError) => void = () => {};
  const over = new Promise<KmmError>((resolve) => {
    giveUp = resolve;
  });
  const chooser = options.choose?.({ rest, catalogue, clock });
  const recorder = new Recorder({
    ...(chooser !== undefined && { chooser }),
    clock,
    stream,
    rest,
    tape,
    names,
    indices,
    onNote,
    onFatal: (error) => giveUp(error),
  });
  if (before !== undefined) {
    tape.gap(startedAt, 0, { ...before, to: startedAt });
    recorder.counts.gaps += 1;
  }
  const watch = new RecordWatch(recorder, opened, options);
  const stopWatch = clock.every(TICK_MS, () => watch.tick(clock.now()));
  const timers: (() => void)[] = [];
  const stop = async (by: string): Promise<RecordSummary> => {
    stopWatch();
    // One that is hours away would keep the process until then.
    for (const cancel of timers) cancel();
    await recorder.stop(by);
    const endedAt = clock.now();
    await opened.close();
    watch.end(endedAt);
    release();
    connection.close();
    const { markets, counts } = recorder;
    return { tape: path, by, startedAt, endedAt, markets, counts, lost: opened.dropped, ...sizesOf(path) };
  };
  try {
    const unknown = await recorder.start();
    if (unknown !== undefined) throw await explainUnknown(unknown.unknown, unknown.error, catalogue);
    const isForGood = names.every((name) => name.includes('-')) && recorder.wanted.length === 0;
    if (isForGood) throw new KmmError('KMM_TICKER_CLOSED', `no market of ${names.join(', ')} is open or to come`);
    if (recorder.wanted.length === 0) onNote(`no market of ${names.join(', ')} is open; waiting for the next one`);
  } catch (error) {
    await stop('it could not begin');
    throw error;
  }
  const tell = (event: EngineEvent) => tape.event(event);
  const after = (seconds: number, action: () => void) => void timers.push(clock.after(seconds * 1_000, action));
  return { tape: path, over, clock, tell, after, stop };
}

/** What lies between the newest tape of the same markets and now; undefined where there is none. */
function tapeBefore(
  { tapes }: Home,
  names: readonly string[],
): { readonly from: EpochMs; readonly reason: string } | undefined {
  const label = labelOf(names);
  const earlier = tapeFilesIn(tapes).flatMap(({ table, state, path }) => {
    if (table instanceof StoreProblem || table.lastAt === undefined || table.header.names === undefined) return [];
    return labelOf(table.header.names) === label ? [{ from: table.lastAt, state, path }] : [];
  });
  const [newest] = earlier.sort((a, b) => b.from - a.from);
  if (newest === undefined) return undefined;
  const why = newest.state === 'killed' ? 'the recorder before was killed' : 'no recorder ran';
  return { from: newest.from, reason: `${why}, after ${newest.path}` };
}

function sizesOf(path: string): { readonly files: number; readonly bytes: number } {
  const folder = dirname(path);
  const files = tapeFilesIn(folder).filter(({ tape }) => tape === path);
  if (files.length === 0) return { files: 1, bytes: factsOfFile(path).bytes };
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

/** One name for the same markets, however they were listed; short enough for a file's name. */
export function labelOf(names: readonly string[]): string {
  const sorted = [...new Set(names)].sort();
  const shown = sorted.slice(0, NAMES_SHOWN).join('+');
  return sorted.length > NAMES_SHOWN ? `${shown}+${sorted.length - NAMES_SHOWN}` : shown;
}

const NAMES_SHOWN = 4;

/** 20261129T030436Z */
export function stampOf(at: EpochMs): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** By the beginning of a series' name: the index that settles it (kalshi/api.md 7.4, 9.1). */
const INDEX_OF = [
  ['KXBTC', 'BRTI'],
  ['KXETH', 'ETHUSD_RTI'],
  ['KXSOL', 'SOLUSD_RTI'],
  ['KXXRP', 'XRPUSD_RTI'],
  ['KXDOGE', 'DOGEUSD_RTI'],
] as const;

function indicesOf(names: readonly string[]): readonly string[] {
  return INDEX_OF.flatMap(([series, index]) => (names.some((name) => name.startsWith(series)) ? [index] : []));
}
