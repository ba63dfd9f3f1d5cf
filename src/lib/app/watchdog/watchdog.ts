/**
 * The third dead man: looks whether a trader makes progress, and climbs the kill ladder when it has not for too long at two
 * looks in a row while something of it may rest. Then goes on looking.
 *
 * Beside the trader it judges by the turn counter that the loop leaves in a file; where there is none, by the orders on the
 * exchange. It never acts on silence alone: nothing that rests, or no trader that was ever there, is no death.
 */
import { type CallError, isShutOut, type Result, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { ProgressMark } from '../../adapters/system/progress-file.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { Clock } from '../../ports.ts';
import type { KillReport } from '../kill/kill-report.ts';
import { isQuote, LeaseJudge } from './lease-judge.ts';
import { TurnJudge } from './turn-judge.ts';
import type { WatchdogLimits } from './watchdog-limits.ts';
import type { WatchdogCheck, WatchdogRecord } from './watchdog-records.ts';

export interface WatchdogOptions {
  readonly env: string;
  readonly limits: WatchdogLimits;
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>;
  /** Time of this machine, unix ms. */
  readonly wallNow: () => number;
  /** Undefined: no trader is here, or it has ended in good order. May throw. */
  readonly readMark: () => ProgressMark | undefined;
  readonly resting: () => Promise<Result<readonly OwnOrder[]>>;
  /** When this market leaves the book, unix ms; an order that ends there is not renewed. Undefined: not known. */
  readonly closeOf: (ticker: string) => Promise<number | undefined>;
  readonly kill: (reason: string) => Promise<KillReport>;
  readonly tell: (record: WatchdogRecord) => void;
}

/** As many looks in a row must find it dead. */
const STRIKES = 2;
/** With a trader that lives nothing is asked of the exchange, except so often, to know that we could. */
const PROBE_MS = 60_000;
/** After a failure the exchange is left alone for twice as long each time, up to this. */
const BACKOFF_MS_MAX = 30_000;
/** Of a lease that ends where quotes leave before the close. */
const CLOSE_SLACK_MS = 2_000;

type Verdict = Pick<WatchdogCheck, 'judge' | 'state'> & Partial<Pick<WatchdogCheck, 'turn' | 'stillMs' | 'resting'>>;

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #turns: TurnJudge;
  readonly #leases = new LeaseJudge();
  #strikes = 0;
  #failures = 0;
  #askAgainAt = 0;
  #probedAt: number | undefined;
  #stop: () => void = () => {};
  #isOver = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#turns = new TurnJudge(options.limits);
  }

  /** Looks until it is stopped. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      await this.look();
      await this.#pause();
    }
  }

  stop(): void {
    this.#isOver = true;
    this.#stop();
  }

  /** One look, and what follows from it. */
  async look(): Promise<WatchdogCheck> {
    const { env, tell } = this.#options;
    const verdict = await this.#judge();
    // Not to see is no reason to forget what was seen before.
    if (verdict.state === 'stalled') this.#strikes += 1;
    else if (verdict.state !== 'blind') this.#strikes = 0;
    const check: WatchdogCheck = {
      ...{ type: 'watchdog_check', schemaVersion: 1, env, at: this.#now(), strikes: this.#strikes },
      ...{ turn: null, stillMs: null, resting: null, ...verdict },
    };
    tell(check);
    if (this.#strikes >= STRIKES) await this.#act(check);
    return check;
  }

  async #judge(): Promise<Verdict> {
    const { limits, clock, wallNow } = this.#options;
    const now = clock.monotonicMs();
    const mark = this.#mark();
    if (mark === undefined) return this.#judgeByLeases(now);
    const still = this.#turns.stillMs(mark, now, wallNow());
    const seen = { judge: 'file', turn: mark.turn, stillMs: Math.round(still) } as const;
    if (still < limits.stallMs) {
      if (this.#probedAt === undefined || now - this.#probedAt >= PROBE_MS) await this.#list(now);
      return { ...seen, state: 'progress' };
    }
    const listed = await this.#list(now);
    // What rests is not known, which is counted as the worst, until its leases must have ended.
    if (listed === undefined) return { ...seen, state: still < limits.leaseMs + limits.stallMs ? 'stalled' : 'blind' };
    const resting = listed.filter(isQuote).length;
    return { ...seen, resting, state: resting === 0 ? 'nothing_rests' : 'stalled' };
  }

  async #judgeByLeases(now: number): Promise<Verdict> {
    const { stallMs, leaseMs } = this.#options.limits;
    const listed = await this.#list(now);
    if (listed === undefined) return { judge: 'exchange', state: 'blind' };
    const still = this.#leases.stillMs(listed, now);
    if (still === undefined) return { judge: 'exchange', state: 'nothing_rests', resting: 0 };
    const seen = { judge: 'exchange', stillMs: Math.round(still), resting: listed.filter(isQuote).length } as const;
    if (still < leaseMs / 2 + stallMs) return { ...seen, state: 'progress' };
    return { ...seen, state: (await this.#couldBeRenewed(listed)) ? 'stalled' : 'progress' };
  }

  /** A lease never passes the moment at which quotes leave the market: one that ends there is renewed no more. */
  async #couldBeRenewed(resting: readonly OwnOrder[]): Promise<boolean> {
    const { closeOf, limits } = this.#options;
    for (const { ticker, expiresAt } of resting.filter(isQuote)) {
      const closeAt = await closeOf(ticker);
      const end = closeAt === undefined ? Number.POSITIVE_INFINITY : closeAt - limits.freezeMs - CLOSE_SLACK_MS;
      if (expiresAt === undefined || expiresAt < end) return true;
    }
    return false;
  }

  async #act({ judge, stillMs }: WatchdogCheck): Promise<void> {
    const { env, tell, kill } = this.#options;
    this.#strikes = 0;
    const seconds = Math.round((stillMs ?? 0) / 1_000);
    const what = judge === 'file' ? 'the trader made no turn' : 'the trader renewed and placed nothing';
    const reason = `watchdog: ${what} for ${seconds} s`;
    try {
      const report = await kill(reason);
      tell({ type: 'watchdog_fired', schemaVersion: 1, env, at: this.#now(), reason, kill: report });
    } catch (error) {
      // Nothing may end it while orders may rest: the next looks try again.
      this.#problem(`${reason}, and the kill failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #mark(): ProgressMark | undefined {
    try {
      return this.#options.readMark();
    } catch (error) {
      this.#problem(`the trader's mark of progress cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  /** Undefined: the exchange does not say. */
  async #list(now: number): Promise<readonly OwnOrder[] | undefined> {
    if (now < this.#askAgainAt) return undefined;
    this.#probedAt = now;
    const listed = await this.#options.resting();
    if (listed.ok) {
      if (this.#failures > 0) this.#problem('the exchange answers again', true);
      this.#failures = 0;
      return listed.value;
    }
    this.#failures += 1;
    this.#askAgainAt = now + Math.min(BACKOFF_MS_MAX, this.#options.limits.checkMs * 2 ** (this.#failures - 1));
    this.#problem(sayingOf(listed.error));
    return undefined;
  }

  #problem(text: string, isOver = false): void {
    const { env, tell } = this.#options;
    tell({ type: 'watchdog_problem', schemaVersion: 1, env, at: this.#now(), text, isOver });
  }

  #now(): string {
    return new Date(this.#options.wallNow()).toISOString();
  }

  #pause(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const stopTimer = this.#options.clock.after(this.#options.limits.checkMs, resolve);
      this.#stop = () => {
        stopTimer();
        resolve();
      };
    });
  }
}

function sayingOf(error: CallError): string {
  const meaning = isShutOut(error) ? 'this key can cancel nothing' : 'the exchange cannot be read, and is tried again';
  return `${meaning}: ${sentenceOf(error)}`;
}
