/**
 * What a session consists of beside its engine, put together: what asks the exchange, what listens, what writes down. Which
 * part knows which is said here and nowhere else.
 */

import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import { EstimateJournal } from '../honesty/estimate-journal.ts';
import { ResultReader } from '../honesty/result-reader.ts';
import { StandingWatch } from '../honesty/standing-watch.ts';
import { RequestTimes } from '../metrics/request-times.ts';
import { SessionMetrics } from '../metrics/session-metrics.ts';
import { EvidenceRecorder } from '../money/evidence-recorder.ts';
import { MoneyRecorder } from '../money/money-recorder.ts';
import { proxiesIn } from '../references/kept-offsets.ts';
import { OffsetMemory } from '../references/offset-memory.ts';
import { ReferenceFeeds } from '../references/reference-feeds.ts';
import { SourceLoop } from '../sources/source-loop.ts';
import { DecisionJournal } from '../why/decision-journal.ts';
import { FeeJournal } from './account/fee-journal.ts';
import { reconciliationLoops } from './account/reconciliation-loops.ts';
import { RiskMarkWatch } from './account/risk-mark-watch.ts';
import type { Strangers } from './account/strangers.ts';
import type { AccountWatch } from './account/watch-account.ts';
import { CatchUp } from './catch-up.ts';
import { AlertWatch } from './halts/alert-watch.ts';
import { ClockWatch, SAME_CLOCK } from './halts/clock-watch.ts';
import { LatchWatch } from './halts/latch-watch.ts';
import { PauseWatch } from './halts/pause-watch.ts';
import { SleepWatch } from './halts/sleep-watch.ts';
import { Stamps } from './halts/stamps.ts';
import { Loops } from './loops.ts';
import { CalibrationWatch } from './markets/calibration-watch.ts';
import { MarketChooser } from './markets/market-chooser.ts';
import { MarketFollower, REFRESH_MS_MAX } from './markets/market-follower.ts';
import { NoticeBoard } from './notice-board.ts';
import { Desk } from './orders/desk.ts';
import { SessionHands } from './session-hands.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionOptions, SessionPorts } from './session-options.ts';
import type { SessionPart } from './session-part.ts';
import { StreamSide } from './stream-side.ts';
import { TapeWatch } from './tape/tape-watch.ts';
import { TurnMark } from './turn-mark.ts';

/** What the parts ask of the session itself. */
export interface SessionSeams {
  readonly engine: Engine;
  readonly log: SessionLog;
  /** Tells the engine, with the tape. */
  readonly emit: (event: EngineEvent) => void;
  /** Tells the engine alone: a frame is on the tape as bytes. */
  readonly apply: (event: EngineEvent) => void;
  /** Something broke that must not: nothing is created any more, everything is cancelled. */
  readonly fail: (error: unknown) => void;
  readonly isRunning: () => boolean;
  /** The markets that the follower has chosen; absent: those of the last time, whose hands' may have changed. */
  readonly want: (tickers?: readonly string[]) => void;
  readonly view: () => TraderView;
  /** From the bytes to the intents of the turn that last had some, ms. */
  readonly latencyMs: () => number | undefined;
}

export interface SessionParts {
  /** Each with when it last came round. */
  readonly loops: Loops;
  readonly desk: Desk;
  readonly hands: SessionHands;
  readonly stream: StreamSide;
  readonly follower: MarketFollower;
  readonly watch: AccountWatch;
  readonly catchUp: CatchUp;
  readonly pauses: PauseWatch;
  readonly clockWatch: ClockWatch;
  readonly latches: LatchWatch;
  readonly alerts: AlertWatch;
  readonly strangers: Strangers;
  readonly sleep: SleepWatch;
  readonly metrics: SessionMetrics;
  readonly money: MoneyRecorder;
  readonly sources: SourceLoop;
  readonly standings: StandingWatch;
  /** Absent where no watchdog can be. */
  readonly mark: TurnMark | undefined;
  /** In the order in which they are ticked and told of a turn: what says why, and what alarms, look last. */
  readonly all: readonly SessionPart[];
}

export function sessionParts(ports: SessionPorts, options: SessionOptions, seams: SessionSeams): SessionParts {
  const { clock, journal } = ports;
  const { engine, emit, log } = seams;
  const { clockSync = SAME_CLOCK, speed, wallNow, progressFile: path, lastResort } = options;
  const warn = (text: string) => log.say('warn', text);
  const loops = new Loops(clock, speed, seams.fail);
  const common = { engine, clock, emit, log };

  const stamps = new Stamps();
  const requests = new RequestTimes(
    () => clock.monotonicMs(),
    (endpoint, outcome, ms) => log.debug(() => `${endpoint}: ${outcome} in ${ms.toFixed(1)} ms`),
  );
  const wire = requests.timed(ports.wire);
  const desk = new Desk({ ...ports, wire, ...options, ...common, loops, stamps });
  const { rest } = desk;
  const { watch, strangers, parts } = reconciliationLoops({
    ...{ ...common, loops, desk, account: options.account, ownPrefix: options.ownPrefix, speed },
    rereadTerms: async () => {
      await desk.rereadAccount();
      await follower.rereadTerms();
    },
    streamDifferences: () => notices.positionDifferences(),
  });
  const catchUp = new CatchUp({ watch, clock, emit });
  const pauses = new PauseWatch({ engine, rest, clock, loops, emit, catchUp });
  const clockWatch = new ClockWatch({ sync: clockSync, stamps, clock, log, emit });
  const latches = new LatchWatch({ ...options, journal, clock, loops, halts: engine.halts, emit, warn });
  const { account } = options;
  const estimates = new EstimateJournal({ engine, account, journal, warn });
  const evidence = new EvidenceRecorder({ engine, account, journal, warn });
  const standings = new StandingWatch({
    ...{ engine, clock, account, journal, emit, warn, results: new ResultReader(desk.paced) },
    hasReadsToSpare: () => desk.hasReadsToSpare(),
    settings: options.honesty,
  });
  const alerts = new AlertWatch({
    ...{ ...ports, engine, desk, clockSync, lastResort, standings },
    calibrationErrorMax: options.honesty.calibrationErrorMax,
  });
  const cameRound = loops.watch('markets', REFRESH_MS_MAX);
  const { want } = seams;
  const { catalogue } = desk;
  const say = (level: 'info' | 'warn', text: string) => log.say(level, text);
  const inform = (text: string) => say('info', text);
  const { selection } = options;
  const isHeld = (ticker: string) => engine.ledger.holding(ticker).position !== 0;
  const chooser =
    selection &&
    new MarketChooser({
      ...{ ...selection, engine: () => engine, isHeld, sources: engine.config.parameters },
      ...{ catalogue, rest, clock, say: inform, warn },
    });
  const follower = new MarketFollower({
    ...{ names: options.markets, rest, clock, cameRound, emit, want, warn },
    ...(chooser !== undefined && { chooser }),
  });
  const hands = new SessionHands({ ...ports, follower, want: () => want(), engine, desk, speed, emit });
  const notices = new NoticeBoard({
    ...{ ...common, catchUp, watch, follower, groups: desk.groups, readLagMs: options.readLagMs },
    ledger: () => engine.ledger,
  });
  const stream = new StreamSide({
    ...{
      ...common,
      catchUp,
      loops,
      clockSync,
      account: options.account,
      stream: ports.stream,
      tape: ports.tape,
      onFatal: options.onFatal,
    },
    ...{ apply: seams.apply, isRunning: seams.isRunning, onLifecycleAnew: () => follower.missed() },
    outside: new Set(options.references?.settings.indices.map(({ index }) => index)),
    onNotice: (notice: Parameters<NoticeBoard['take']>[0], at: EpochMs) => notices.take(notice, at),
  });
  const sleep = new SleepWatch({ ...options, clock, log, stream });
  const mark = path === undefined ? undefined : new TurnMark({ path, wallNow, warn });
  const why = new DecisionJournal({ engine, journal, warn });
  const fees = new FeeJournal({ engine, journal });
  const sources = new SourceLoop({ ...common, sources: options.sources ?? [], speed, say });
  const metrics = new SessionMetrics({
    ...{
      models: () => sources.views(),
      briers: () => standings.briers(),
      engine,
      requests,
      view: seams.view,
      tape: ports.tape,
      tokens: (now) => desk.tokens(now),
    },
    ...(options.environment === 'prod' && { isArmed: () => desk.arming.isArmed() }),
  });
  const money = new MoneyRecorder({
    engine,
    account,
    journal,
    latencyMs: seams.latencyMs,
    warn,
    onMark: (mark) => metrics.markouts.marked(mark),
  });
  const tapeWatch = new TapeWatch(ports.tape, log, loops);
  const riskMarks = new RiskMarkWatch({ engine, journal, account, clock, warn });
  const { calib, isIndexSimulated: isSimulated = false } = options;
  const calibrations = calib === undefined ? [] : [new CalibrationWatch({ calib, isSimulated, engine, log, emit })];
  const { references, offsets } = options;
  const proxies = references === undefined ? [] : proxiesIn(references.settings);
  const memory =
    offsets === undefined || proxies.length === 0
      ? []
      : [new OffsetMemory({ directory: offsets, proxies, engine, log, emit })];
  const { random } = ports;
  const outside = references === undefined ? [] : [new ReferenceFeeds({ ...references, clock, random, log, emit })];
  const own = [desk.groups, tapeWatch, riskMarks, clockWatch, notices];
  const slow = [...parts, ...calibrations, ...memory, ...outside, ...own];
  const told = [fees, why, money, estimates, evidence, standings, metrics, alerts];
  const all = [...slow, sources, watch, catchUp, latches, follower, stream, ...told];
  return {
    ...{ loops, desk, hands, stream, follower, watch, catchUp, pauses, clockWatch, latches, alerts, strangers },
    ...{ sleep, metrics, mark, money, sources, standings, all },
  };
}
