/**
 * `kmm replay SESSION --set KEY=VALUE`: what would have happened. With other parameters the engine asks for other things, and the
 * tape does not say what the exchange would have answered; so both sides, as it was and as changed, are traded against the
 * recorded books with the same fill model, in each band of it. What the session really made stands beside them: how far the
 * model is from it with the session's own parameters is how far the rest may be believed.
 */
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import { type Comparison, compared } from '../../core/backtest/comparison.ts';
import { FILL_MODES, type FillMode, type Latencies, type TimedCalibration } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { Engine } from '../../core/engine.ts';
import { completed, type Parameters } from '../../core/parameters.ts';
import { type Centicontracts, type Microdollars, microdollars } from '../../core/units.ts';
import type { FittedFill } from '../backtest/fill-rules.ts';
import { loadBacktest } from '../backtest/load.ts';
import { jobOf } from '../backtest/run-bands.ts';
import { runLoaded } from '../backtest/run-job.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { pricesIndices } from '../model/index-calibrations.ts';
import { type ChangedKey, changedParameters, type Setting } from './changed-parameters.ts';
import { type LeafChange, leafChanges, type Verdict } from './replay-result.ts';
import { SessionReplay } from './replay-session.ts';

export interface ChangedRequest {
  readonly tape: string;
  readonly settings: readonly Setting[];
  readonly latency: Latencies;
  readonly turnMs: number;
  readonly fittedFor: (series: readonly string[]) => FittedFill;
  /** Of indices, for what the tape does not say of them. */
  readonly calibrations: () => readonly TimedCalibration[];
  readonly onBand?: (mode: FillMode) => void;
}

export interface ChangedReplay {
  readonly tape: string;
  readonly session: number | null;
  readonly env: string;
  /** Of the replay as it was: `differs` and `tape_changed` say that this code or this tape is not the session's. */
  readonly verdict: Verdict;
  readonly keys: readonly ChangedKey[];
  /** The same in the engine's own units. */
  readonly parameters: readonly LeafChange[];
  readonly lived: Lived;
  readonly bands: readonly ChangedBand[];
  readonly assumptions: readonly string[];
  readonly notes: readonly string[];
}

/** What the session itself did and made, by its own ledger. */
export interface Lived {
  readonly turns: number;
  readonly intents: number;
  readonly fills: number;
  readonly contracts: Centicontracts;
  readonly fees: Microdollars;
  /** Realized and unrealized, less fees. */
  readonly net: Microdollars;
}

export interface ChangedBand {
  readonly mode: FillMode;
  readonly was: BandTotals;
  readonly changed: BandTotals;
  /** a: changed, b: as it was. */
  readonly comparison: Comparison;
}

export type BandTotals = Pick<
  BacktestResult['totals'],
  'net' | 'fees' | 'fills' | 'contracts' | 'intents' | 'drawdown' | 'intentsHash'
>;

/** The fair value is noted once a second. */
const SAMPLE_MS = 1_000;

/** Throws KMM_TAPE_*, KMM_USAGE, KMM_CONFIG_*, KMM_RECORDING_BAD, KMM_BACKTEST_FAILED. */
export async function replayChanged(request: ChangedRequest): Promise<ChangedReplay> {
  const { tape, settings, latency, turnMs } = request;
  const reader = readTape(tape);
  if (reader instanceof StoreProblem) throw kmmError(reader);
  const { source, config, session } = reader.header;
  if (source !== 'session') {
    throw new KmmError('KMM_USAGE', `${tape} is a recording, which ran with no parameters: there is nothing to set`, {
      next: [`kmm backtest run --data ${tape} --set KEY=VALUE`],
    });
  }
  const change = changedParameters(config, settings, tape);
  const { engine, result, lived } = played(new SessionReplay(reader));
  if (result.session === null || engine === undefined)
    throw new KmmError('KMM_TAPE_DAMAGED', `${tape} holds no session record`);
  const was = completed(result.session.parameters);
  const parameters = change.apply(was);
  const changes = leafChanges(was, parameters);
  if (changes.length === 0) {
    const names = settings.map(({ key, value }) => `${key}=${value}`).join(', ');
    throw new KmmError('KMM_USAGE', `--set ${names} changes nothing that session ${session ?? ''} decided by`);
  }
  const sources = { files: [tape], references: [], markets: [], prints: 'auto' } as const;
  const data = await loadBacktest(sources);
  const fitted = request.fittedFor([...new Set(data.markets.map(({ market }) => market.seriesTicker))]);
  const calibrations = [was, parameters].some((one) => pricesIndices(one)) ? request.calibrations() : [];
  const run = (mode: FillMode, one: Parameters): BacktestResult => {
    const rest = { sources, fitted, calibrations, latency, turnMs, seed: 1, cash: lived.cash, sampleMs: SAMPLE_MS };
    const made = runLoaded(jobOf({ ...rest, parameters: one }, mode), data);
    if (made.failure === undefined) return made;
    const { at, turn, message } = made.failure;
    throw new KmmError('KMM_BACKTEST_FAILED', `${new Date(at).toISOString()}, turn ${turn}: ${message}`);
  };
  const pairs = FILL_MODES.map((mode) => {
    request.onBand?.(mode);
    return { mode, was: run(mode, was), changed: run(mode, parameters) };
  });
  const [first] = pairs;
  const { cash: _cash, isFlat, ...really } = lived;
  return {
    ...{ tape, session: session ?? null, env: result.session.env, verdict: result.verdict },
    ...{ keys: change.keys, parameters: changes, lived: really },
    bands: pairs.map((pair) => ({
      mode: pair.mode,
      ...{ was: totalsOf(pair.was), changed: totalsOf(pair.changed) },
      comparison: compared(pair.changed, pair.was),
    })),
    assumptions: [...new Set(pairs.flatMap(({ changed }) => changed.assumptions))],
    notes: [
      ...(first?.changed.notes ?? []),
      ...(isFlat ? [] : ['the session began with positions; both sides of the comparison begin flat']),
      ...(result.parametersChanged.length === 0
        ? []
        : [
            'the operator changed parameters while the session ran; both sides keep those it began with, less what was set',
          ]),
    ],
  };
}

/** To its end, with what its ledger had at the first turn and has at the last. */
function played(replay: SessionReplay) {
  let begun: ReturnType<typeof booked> | undefined;
  for (const _turn of replay.turns()) begun ??= replay.engine && booked(replay.engine);
  const { engine } = replay;
  const result = replay.result();
  const ended = engine === undefined ? undefined : booked(engine);
  const since = (of: 'fills' | 'contracts' | 'fees' | 'net') => (ended?.[of] ?? 0) - (begun?.[of] ?? 0);
  return {
    ...{ engine, result },
    lived: {
      ...{ turns: result.turns, intents: result.intents, fills: since('fills') },
      contracts: since('contracts') as Centicontracts,
      ...{ fees: microdollars(since('fees')), net: microdollars(since('net')) },
      ...{ cash: begun?.cash ?? microdollars(0), isFlat: begun?.isFlat ?? true },
    },
  };
}

function booked({ ledger, portfolio }: Engine) {
  const holdings = [...ledger.tickers()].map((ticker) => ledger.holding(ticker));
  return {
    fills: ledger.fillCount,
    contracts: holdings.reduce((sum, { bought, sold }) => sum + bought + sold, 0),
    fees: ledger.fees,
    net: ledger.realized + portfolio.unrealized() - ledger.fees,
    // A backtest has the same on every shard.
    cash: microdollars(Math.max(0, ...ledger.cashByShard().values())),
    isFlat: holdings.every(({ position }) => position === 0),
  };
}

function totalsOf({ totals }: BacktestResult): BandTotals {
  const { net, fees, fills, contracts, intents, drawdown, intentsHash } = totals;
  return { net, fees, fills, contracts, intents, drawdown, intentsHash };
}
