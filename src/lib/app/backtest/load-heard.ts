/** One tape of kmm as it was received, for a backtest that repeats what a shadow run decided while it was recorded. */
import { isTape } from '../../adapters/store/is-tape.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape, type TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { BacktestSources } from '../../core/backtest/job.ts';
import type { DataFile } from '../../core/backtest/result.ts';
import type { EngineEvent } from '../../core/events.ts';
import { epochMs } from '../../core/units.ts';
import type { BacktestData, Records } from '../../sim/backtest/data.ts';
import { type Row, recordsOf } from '../../sim/backtest/rows.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { lostIn } from '../recording/lost-records.ts';
import { referenceOf } from '../recording/reference-record.ts';
import { HeardIntake } from './heard-intake.ts';
import { stampOf } from './stamp.ts';

/** Throws KMM_USAGE, KMM_RECORDING_BAD, KMM_TAPE_*. */
export async function loadHeard(sources: BacktestSources): Promise<BacktestData> {
  const [file, ...more] = sources.files;
  const asks: readonly (readonly [boolean, string])[] = [
    [more.length > 0, 'more than one file'],
    [sources.outcomes !== undefined, '--outcomes'],
    [sources.references.length > 0, '--reference'],
    [sources.prints !== 'auto', '--prints'],
    [sources.from !== undefined || sources.to !== undefined, '--from and --to'],
  ];
  const [, refused] = asks.find(([isAsked]) => isAsked) ?? [];
  if (refused !== undefined || file === undefined) {
    throw new KmmError('KMM_USAGE', `--clock receipt takes one tape as it is: ${refused ?? 'no file'} goes without it`);
  }
  if (!isTape(file)) throw new KmmError('KMM_USAGE', `--clock receipt takes a tape of kmm, and ${file} is none`);
  const tape = readTape(file);
  if (tape instanceof StoreProblem) throw kmmError(tape);
  const rows: Row[] = [];
  const intake = new HeardIntake({
    name: file,
    wanted: sources.markets,
    isChosen: isChosenOn(tape.header),
    take: (row) => rows.push(row),
  });
  for (const record of tape.records()) takeRecord(intake, record);
  intake.end();
  if (intake.markets.length === 0) throw new KmmError('KMM_RECORDING_BAD', `${file} holds no book of a market`);
  const files = await filesOf(tape.segments, intake.frames);
  return heardData(intake, recordsOf(rows), () => files);
}

/** A shadow run with `--auto` says so in the header of its tape. */
function isChosenOn({ config }: { readonly config?: string }): boolean {
  try {
    const said: unknown = JSON.parse(config ?? 'null');
    return typeof said === 'object' && said !== null && 'auto' in said && typeof said.auto === 'number';
  } catch {
    return false;
  }
}

/** In the order of the tape, whether it is being written or was. */
export function takeRecord(intake: HeardIntake, record: TapeRecord): void {
  const { kind, at, conn, data, yesPrice } = record;
  if (kind === 'frame') intake.frame(Buffer.from(data), at, conn, yesPrice);
  else if (kind === 'event') intake.event(JSON.parse(data.toString()) as EngineEvent);
  else if (kind === 'reference') intake.event(referenceOf(record));
  else if (kind === 'lost') intake.lost(`${lostIn(record)} records are lost or damaged`);
  intake.passed(at);
}

/** What has been taken in by the moment at which it is asked for. */
export function heardData(intake: HeardIntake, records: Records, files: () => readonly DataFile[]): BacktestData {
  return {
    ...{ records, markets: intake.markets, gaps: intake.gaps },
    get files() {
      return files();
    },
    get notes() {
      return intake.notes;
    },
    get assumptions() {
      return intake.assumptions;
    },
    get heard() {
      return { endsAt: epochMs(intake.endsAt) };
    },
  };
}

/** Each file of a tape by what is in it. */
export async function filesOf(segments: readonly string[], frames: number): Promise<readonly DataFile[]> {
  const stamped = segments.map(async (path) => ({ ...(await stampOf(path)), path, role: 'data' as const, records: 0 }));
  const [first, ...rest] = await Promise.all(stamped);
  return first === undefined ? [] : [{ ...first, records: frames }, ...rest];
}
