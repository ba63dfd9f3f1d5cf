/**
 * `kmm run --shadow`: the recorder of `kmm record` with variants beside it that trade on paper. Nothing here has a way to send
 * an order: the wire takes questions alone, and the variants trade on the exchange of a backtest.
 */

import { join } from 'node:path';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import type { Alert } from '../../core/alerts/condition.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { SeatRules } from '../../core/selection/seats.ts';
import type { SelectionRules } from '../../core/selection/types.ts';
import type { EpochMs } from '../../core/units.ts';
import { backtestsOf, writeResult } from '../backtest/files.ts';
import { filesOf } from '../backtest/load-heard.ts';
import { type Home, prepareHome } from '../config/home.ts';
import type { KmmError } from '../errors/errors.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import {
  labelOf,
  type RecordedLink,
  type Recording,
  type RecordOptions,
  type RecordSummary,
  recordOver,
  stampOf,
  startRecording,
} from '../recording/record-live.ts';
import { MarketChooser } from '../session/markets/market-chooser.ts';
import { type Outside, OutsideVoices } from './outside-voices.ts';
import { type ShadowRecord, writeShadow } from './shadow-files.ts';
import { ShadowRuns, type Variant, type VariantGlance } from './shadow-runs.ts';

export interface ShadowOptions {
  readonly home: Home;
  readonly link: ExchangeLink;
  readonly names: readonly string[];
  /** The first is what the others are held against. */
  readonly variants: readonly (Variant & { readonly settings: readonly string[] })[];
  /** How many of the markets that are named are quoted, by what they are worth; absent: all of them. */
  readonly auto?: { readonly rules: SelectionRules; readonly seats: SeatRules };
  readonly wallNow: number;
  /** Absent: nothing is heard but the exchange. */
  readonly outside?: Outside;
  readonly onNote: (text: string) => void;
  readonly onAlerts: (alerts: readonly Alert[]) => void;
  readonly onMinute: (minute: ShadowMinute) => void;
  /** Records that are kept although nobody needs them any more; absent: the usual. */
  readonly spentMax?: number;
}

export interface ShadowMinute {
  readonly at: EpochMs;
  readonly startedAt: EpochMs;
  readonly markets: number;
  readonly frames: number;
  readonly variants: readonly VariantGlance[];
}

export interface ShadowEnd {
  readonly recording: RecordSummary;
  /** Undefined: no book was heard, so there is nothing to keep. */
  readonly record: ShadowRecord | undefined;
  readonly results: readonly (readonly [name: string, result: BacktestResult])[];
}

export interface Shadow {
  readonly tape: string;
  /** As of a recording. */
  readonly over: Promise<KmmError>;
  after(seconds: number, action: () => void): void;
  stop(by: string): Promise<ShadowEnd>;
}

/** How often the variants decide what has settled since; in virtual time as well. */
const STEP_MS = 100;
const MINUTE_MS = 60_000;
const VOICES_MS = 1_000;

/** Throws as `startRecording` does. */
export function startShadow(options: ShadowOptions): Promise<Shadow> {
  return shadowing(options, (recording) => startRecording(recording));
}

/** The same over a link that is there. */
export function shadowOver(options: ShadowOptions, link: RecordedLink): Promise<Shadow> {
  prepareHome(options.home);
  return shadowing(options, (recording) => recordOver(recording, link));
}

async function shadowing(
  options: ShadowOptions,
  record: (recording: RecordOptions) => Promise<Recording>,
): Promise<Shadow> {
  const { home, link, names, variants, wallNow, onNote, onAlerts, onMinute, outside, spentMax, auto } = options;
  const tape = join(home.tapes, `shadow-${labelOf(names)}-${stampOf(wallNow as EpochMs)}.tape`);
  const runs = new ShadowRuns({
    ...{ variants, tape, isChosen: auto !== undefined },
    ...(spentMax !== undefined && { spentMax }),
  });
  const shadow = variants.map(({ name, settings }) => ({ name, settings }));
  const recording = await record({
    ...{
      home,
      link,
      names,
      onNote,
      onAlerts,
      out: tape,
      config: { shadow, ...(auto !== undefined && { auto: auto.seats.seats }) },
    },
    ...(auto !== undefined && { choose: (ways) => chooserFor(options, auto, runs, ways) }),
    heard: (one) => runs.take(one),
  });
  const { clock, over } = recording;
  const startedAt = clock.now();
  const said = new Set<string>();
  let voices: OutsideVoices | undefined;
  const stopVoices = clock.every(VOICES_MS, () => {
    const { engine } = runs;
    if (outside === undefined || engine === undefined) return;
    voices ??= new OutsideVoices({ outside, engine, clock, emit: recording.tell, note: onNote });
    voices.tick();
  });
  const stopSteps = clock.every(STEP_MS, () => {
    runs.advance(clock.now());
    for (const { name, failure } of runs.glance()) {
      if (failure === undefined || said.has(name)) continue;
      said.add(name);
      onNote(`${name} has failed and trades no more: ${failure}`);
    }
  });
  const stopMinutes = clock.every(MINUTE_MS, () =>
    onMinute({ at: clock.now(), startedAt, markets: runs.markets, frames: runs.frames, variants: runs.glance() }),
  );
  const stop = async (by: string): Promise<ShadowEnd> => {
    stopSteps();
    stopMinutes();
    stopVoices();
    voices?.stop();
    const summary = await recording.stop(by);
    return kept(options, runs, summary);
  };
  return { tape, over, after: (seconds, action) => recording.after(seconds, action), stop };
}

/** What is worth quoting is what the first variant thinks of it; a market stays as long as any of them holds something there. */
function chooserFor(
  { variants, onNote }: ShadowOptions,
  auto: NonNullable<ShadowOptions['auto']>,
  runs: ShadowRuns,
  ways: Parameters<NonNullable<RecordOptions['choose']>>[0],
): MarketChooser {
  const { parameters: sources } = (variants[0] as Variant).job;
  return new MarketChooser({
    ...{ ...auto, ...ways, sources, engine: () => runs.engine, isHeld: (ticker) => runs.isHeld(ticker) },
    ...{ say: onNote, warn: onNote },
  });
}

async function kept(
  { home, link, variants }: ShadowOptions,
  runs: ShadowRuns,
  recording: RecordSummary,
): Promise<ShadowEnd> {
  runs.end();
  const { tape, startedAt, endedAt, by } = recording;
  const read = readTape(tape);
  const files = read instanceof StoreProblem ? [] : await filesOf(read.segments, runs.frames);
  const results = runs.results(files);
  if (results.length === 0) return { recording, record: undefined, results: [] };
  const folder = backtestsOf(home);
  for (const { result } of results) writeResult(folder, result);
  const record: ShadowRecord = {
    ...{ type: 'shadow', schemaVersion: 1, env: home.env, account: link.keyId, startedAt, endedAt, by, tape },
    isTapeWhole: recording.lost === 0,
    variants: results.map(({ name, result, isReconciled }, index) => ({
      ...{ name, settings: [...(variants[index]?.settings ?? [])], runId: result.runId, isReconciled },
      ...(result.failure !== undefined && { failure: result.failure.message }),
    })),
  };
  writeShadow(home, record);
  return { recording, record, results: results.map(({ name, result }) => [name, result]) };
}
