/**
 * Looks at what holds and queues what an operator is to be told of: at once when a halt comes or goes, else once a second.
 * Never waits. What cannot be queued is tried again a second later, then said on the channel of last resort.
 */

import type { JournalFile } from '../../../adapters/store/journal.ts';
import { Alerts, TOLD_WITHIN_MS } from '../../../core/alerts/alerts.ts';
import type { Alert, Condition } from '../../../core/alerts/condition.ts';
import { conditionsOf, type Surroundings } from '../../../core/alerts/conditions.ts';
import { haltCondition } from '../../../core/alerts/halt-conditions.ts';
import { isOfSession } from '../../../core/alerts/tellers.ts';
import type { Engine } from '../../../core/engine.ts';
import { HALT_EVERYTHING } from '../../../core/risk/halts.ts';
import { type EpochMs, epochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { StandingWatch } from '../../honesty/standing-watch.ts';
import { scrub } from '../../keys/secret.ts';
import type { Desk } from '../orders/desk.ts';
import type { SessionPart } from '../session-part.ts';
import type { SessionTape } from '../tape/session-tape.ts';
import type { ClockSync } from './clock-watch.ts';
import { faultCode } from './fault-code.ts';

export interface AlertWatchOptions {
  readonly engine: Engine;
  readonly journal: Pick<JournalFile, 'queueAlerts' | 'toldAlerts'>;
  readonly tape: Pick<SessionTape, 'failure' | 'dropped'>;
  readonly desk: Pick<Desk, 'arming' | 'tokens'>;
  readonly standings: Pick<StandingWatch, 'judged'>;
  /** More of it is told. */
  readonly calibrationErrorMax: number;
  readonly clockSync: ClockSync;
  readonly clock: Clock;
  /** A sentence for whoever reads stderr: the queue cannot be written. */
  readonly lastResort: (text: string) => void;
}

/** A tape that loses something every now and then is one trouble, not many. */
const LOST_LATELY_MS = 60_000;

export class AlertWatch implements SessionPart {
  readonly #options: AlertWatchOptions;
  readonly #alerts = new Alerts();
  #holding: readonly Condition[] = [];
  /** What ended the session, once something has. */
  #fault: Condition | undefined;
  #haltChanges: number | undefined;
  /** Records that the tape had lost at the last look, and when some were lost last. */
  #dropped = 0;
  #lostAt: EpochMs | undefined;
  /** Tried once. */
  #unqueued: readonly Alert[] = [];

  constructor(options: AlertWatchOptions) {
    this.#options = options;
  }

  /** What earlier sessions have told is not told again. Throws what reading the journal throws. */
  start(): void {
    const { journal, clock } = this.#options;
    const now = clock.now();
    const told = journal.toldAlerts(epochMs(now - TOLD_WITHIN_MS));
    // What others have told is theirs to end.
    const own = told.filter(({ key }) => isOfSession(key));
    this.#alerts.restore(own, now);
  }

  turned(at: EpochMs): void {
    if (this.#options.engine.halts.changes !== this.#haltChanges) this.#look(at);
  }

  tick(now: EpochMs): void {
    this.#look(now);
  }

  stop(): void {
    this.#look(this.#options.clock.now());
  }

  /** The session can no longer trade: it has closed its gate, and cancels everything. */
  failed(error: Error): void {
    const name = faultCode(error) === 'KMM_JOURNAL' ? 'JOURNAL' : 'INVARIANT';
    const halt = { name, scope: HALT_EVERYTHING, reason: error.message } as const;
    this.#fault = haltCondition(halt, 'everything is being cancelled');
    this.#look(this.#options.clock.now());
  }

  #look(now: EpochMs): void {
    this.#haltChanges = this.#options.engine.halts.changes;
    this.#holding = this.#conditions(now);
    const alerts = this.#alerts.observe(this.#holding, now);
    this.#queue(alerts.map((alert) => ({ ...alert, text: scrub(alert.text) })));
  }

  /** An engine whose invariant is broken may be unfit to be looked at: then what held before still does. */
  #conditions(now: EpochMs): readonly Condition[] {
    const fault = this.#fault;
    if (fault === undefined) return conditionsOf(this.#options.engine, this.#surroundings(now), now);
    let holding = this.#holding;
    try {
      holding = conditionsOf(this.#options.engine, this.#surroundings(now), now);
    } catch {}
    return [...holding.filter(({ key }) => key !== fault.key), fault];
  }

  #queue(alerts: readonly Alert[]): void {
    const waited = this.#unqueued;
    if (alerts.length + waited.length === 0) return;
    this.#unqueued = [];
    const problem = this.#options.journal.queueAlerts([...waited, ...alerts]);
    if (problem === undefined) return;
    for (const { change, text } of waited) this.#options.lastResort(`${change}: ${text} (${problem.message})`);
    this.#unqueued = alerts;
  }

  #surroundings(now: EpochMs): Surroundings {
    const { clockSync, desk, tape, standings, calibrationErrorMax } = this.#options;
    const estimate = clockSync.estimate();
    const armedUntil = desk.arming.until;
    if (tape.dropped > this.#dropped) this.#lostAt = now;
    this.#dropped = tape.dropped;
    const isLosing = this.#lostAt !== undefined && now - this.#lostAt < LOST_LATELY_MS;
    return {
      ...(estimate !== undefined && { clockOffsetMs: estimate.offsetMs }),
      tokens: desk.tokens(now),
      judged: standings.judged(),
      calibrationErrorMax,
      ...(tape.failure !== undefined && { tapeFailure: tape.failure }),
      ...(isLosing && { tapeLost: tape.dropped }),
      ...(armedUntil !== undefined && { armedUntil }),
    };
  }
}
