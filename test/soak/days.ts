/**
 * Days of virtual time: the session, gateway, journal and tape of a live run, with an exchange that misbehaves by another
 * plan every ten minutes. Claims flat memory, of the trader by itself as well, no order of unknown fate older than its lease
 * and the read lag, no row of the tape lost, and money equal at the end. The result is one line of JSON on standard output.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMischief } from '../../src/lib/adapters/sim-server/back-office.ts';
import { drawPlan } from '../../src/lib/adapters/sim-server/mischief-draw.ts';
import type { ServedVenue } from '../../src/lib/adapters/sim-server/served-venue.ts';
import { loadConfiguration } from '../../src/lib/app/config/config.ts';
import { runVirtual, type VirtualWorld } from '../../src/lib/app/run/run-virtual.ts';
import type { Session } from '../../src/lib/app/session/session.ts';
import { READ_LAG_MS } from '../../src/lib/core/orders/read-lag.ts';
import { clearsOf } from '../../src/lib/core/risk/halts.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { BUILT_IN_SERIES } from '../../src/lib/sim/series.ts';
import { type Census, censusOf } from '../support/census.ts';
import { bytesKeptBy } from './heap-share.ts';
import { isFlat, type Sample, slopeOf } from './judge.ts';
import { memoryNow } from './memory.ts';
import { MoneyWatch } from './money-watch.ts';

export interface DaysOptions {
  readonly days: number;
  readonly seed: string;
  /** Series, as the configuration names them. */
  readonly markets: string;
  /** How busy everybody else is, 1 being the usual. */
  readonly pace: number;
  /** Results are voided, disputed and amended, and the account is used elsewhere; all money must be equal every hour. */
  readonly isMoney: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;
const PLAN_MS = 600_000;
/** Then everything is well, and must be equal. */
const CALM_MS = 600_000;
/** A person looks in this often, and clears what only a person may. */
const OPERATOR_MS = 60_000;
/** Of a virtual day, in a run of one at least, in which everything is booked and nothing forgotten; a leak of books or orders is far more. */
const MEGABYTES_PER_DAY_MAX = 25;
/** Of the trader alone: what its ledger and its scores of models keep (docs/memory.md). */
const TRADER_MEGABYTES_PER_DAY_MAX = 8;
/** Between two looks at the trader by itself: each stops the process for seconds. */
const TRADER_HOURS = 6;
/** From this hour on its caches are warm, and the first markets are over. */
const WARM_HOURS = 2;
/** What belongs to the exchange, or to the clock that both share. */
const EXCHANGE = new Set(['ServedVenue', 'ClientSession', 'VirtualClock', 'MoneyWatch']);
/** Entries that a collection of the trader has more than when it was warm; fewer are the day's ups and downs. */
const GROWN_MIN = 100;

/** Prints its result; false when a claim does not hold. */
export async function soakDays({ days, seed, markets, pace, isMoney }: DaysOptions): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'kmm-days-'));
  try {
    const watcher = new Watcher(seed, days * DAY_SECONDS * 1_000);
    const money = isMoney ? new MoneyWatch(seed, days * DAY_SECONDS * 1_000 - CALM_MS) : undefined;
    const host = { directory: home, variables: { KMM_HOME: home }, userHome: home, systemFile: '/nowhere' };
    const flags = Object.entries({ ...LIMITS, 'markets.tickers': markets });
    const summary = await runVirtual({
      configuration: loadConfiguration({
        ...{ environment: 'sim', host },
        flags: flags.map(([key, value]) => ({ flag: `--${key}`, key, value })),
      }),
      world: {
        seed,
        background: [],
        pace,
        series: BUILT_IN_SERIES.filter((name) => markets.split(',').includes(name)),
      },
      forSeconds: days * DAY_SECONDS,
      signal: new AbortController().signal,
      onLog: ({ level, text }) => {
        if (level === 'error') process.stderr.write(`${text}\n`);
      },
      onSecond: (world) => {
        watcher.look(world);
        money?.look(world);
      },
    });
    const megabytesPerDay = perDay(watcher.live);
    const traderMegabytesPerDay = perDay(watcher.trader);
    const claims = {
      memoryFlat: isFlat(watcher.live) && (days < 1 || megabytesPerDay <= MEGABYTES_PER_DAY_MAX),
      traderFlat: days < 1 || traderMegabytesPerDay <= TRADER_MEGABYTES_PER_DAY_MAX,
      unknownResolved: watcher.unknownMsMax <= watcher.leaseMs + READ_LAG_MS,
      tapeWhole: summary.droppedFrames === 0,
      reconciled: summary.reconciled === true && !watcher.met.has('RECONCILE'),
      ...money?.claims(),
      nothingRests: summary.isConfirmed && summary.restingAtEnd === 0,
    };
    const failed = Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [claim]));
    const { frames, turns, orders, fills, droppedFrames, reconciled } = summary;
    const result = {
      ...{ type: 'soak_days', schemaVersion: 1, days, seed, markets, pace, failed, claims },
      ...{ frames, turns, orders, fills, droppedFrames, reconciled, megabytesPerDay },
      liveMegabytes: watcher.live.filter((_, hour) => hour % 12 === 0).map(({ bytes }) => Math.round(bytes / MEGABYTE)),
      ...{ traderMegabytesPerDay, traderMegabytes: watcher.trader.map(({ bytes }) => tenths(bytes / MEGABYTE)) },
      traderGrown: watcher.grown(),
      ...{ unknownSecondsMax: watcher.unknownMsMax / 1_000, plans: watcher.plans },
      ...money?.figures(),
      ...{ halts: Object.fromEntries(watcher.met), faults: watcher.faults },
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return failed.length === 0;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const MEGABYTE = 1_048_576;

function perDay(samples: readonly Sample[]): number {
  return tenths(slopeOf(samples) * 1_440);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Limits that days of bad luck do not reach: what is tried here is the plumbing. */
const LIMITS = {
  'risk.loss_market_dollars_max': '1000',
  'risk.loss_event_dollars_max': '2500',
  'risk.loss_total_dollars_max': '25000',
  'risk.loss_day_dollars_max': '25000',
};

class Watcher {
  /** Seconds are virtual; one sample an hour. */
  readonly live: Sample[] = [];
  /** Of the trader by itself. */
  readonly trader: Sample[] = [];
  /** Halts seen, by name. */
  readonly met = new Map<string, number>();
  faults: Readonly<Record<string, number>> = {};
  unknownMsMax = 0;
  leaseMs = 0;
  plans = 0;
  readonly #seed: string;
  readonly #durationMs: number;
  #warm: Census = new Map();
  #last: Census = new Map();
  #beganAt: EpochMs | undefined;
  #planAt = 0;
  #clearedAt = 0;
  #isCalm = false;
  readonly #on = new Set<string>();
  #unknownSince: ReadonlyMap<string, EpochMs> = new Map();

  constructor(seed: string, durationMs: number) {
    this.#seed = seed;
    this.#durationMs = durationMs;
  }

  look({ session, served, now }: VirtualWorld): void {
    this.#beganAt ??= now;
    const elapsedMs = now - this.#beganAt;
    this.leaseMs = session.engine.config.parameters.quoting.leaseMs;
    this.#noteUnknown(session, now);
    this.#noteHalts(session);
    this.#misbehave(served, elapsedMs, now);
    if (now - this.#clearedAt >= OPERATOR_MS) this.#clear(session, now);
    if (elapsedMs < this.live.length * HOUR_MS) return;
    const seconds = elapsedMs / 1_000;
    const hour = this.live.length;
    const { live } = memoryNow();
    this.live.push({ seconds, bytes: live });
    const isTraders = hour % TRADER_HOURS === WARM_HOURS;
    if (isTraders) this.#lookAtTrader(session, seconds);
    const trader = isTraders ? `, trader ${tenths((this.trader.at(-1)?.bytes ?? 0) / MEGABYTE)}` : '';
    process.stderr.write(`hour ${hour}: ${Math.round(live / MEGABYTE)} MB${trader}\n`);
  }

  /** Collections of the trader that have many more entries than once it was warm: "path: then → now". */
  grown(): readonly string[] {
    return [...this.#last].flatMap(([path, size]) => {
      const then = this.#warm.get(path) ?? 0;
      return size - then >= GROWN_MIN ? [`${path}: ${then} → ${size}`] : [];
    });
  }

  #lookAtTrader(session: Session, seconds: number): void {
    this.trader.push({ seconds, bytes: bytesKeptBy('Session', EXCHANGE) });
    this.#last = censusOf(session, (value) => EXCHANGE.has(value.constructor?.name));
    if (this.trader.length === 1) this.#warm = this.#last;
  }

  #noteUnknown({ engine }: Session, now: EpochMs): void {
    const since = new Map<string, EpochMs>();
    for (const { state, clientOrderId } of engine.orders.live()) {
      if (state !== 'unknown') continue;
      const at = this.#unknownSince.get(clientOrderId) ?? now;
      since.set(clientOrderId, at);
      this.unknownMsMax = Math.max(this.unknownMsMax, now - at);
    }
    this.#unknownSince = since;
  }

  #noteHalts(session: Session): void {
    const on = new Set(session.engine.halts.all().map(({ name, scope }) => `${name} ${scope}`));
    for (const key of on) {
      if (this.#on.has(key)) continue;
      const [name = ''] = key.split(' ');
      this.met.set(name, (this.met.get(name) ?? 0) + 1);
    }
    this.#on.clear();
    for (const key of on) this.#on.add(key);
  }

  #misbehave({ office }: ServedVenue, elapsedMs: number, now: EpochMs): void {
    if (elapsedMs >= this.#durationMs - CALM_MS) {
      if (!this.#isCalm) office.mischief.behave();
      this.#isCalm = true;
    } else if (elapsedMs >= this.#planAt) {
      this.plans += 1;
      this.#planAt = elapsedMs + PLAN_MS;
      startMischief(office, drawPlan(`days ${this.#seed} ${this.plans}`), now);
    }
    this.faults = office.mischief.counts;
  }

  #clear(session: Session, now: EpochMs): void {
    this.#clearedAt = now;
    for (const { name, scope } of session.engine.halts.all()) {
      if (clearsOf({ name, scope }) !== 'operator' || name === 'RECONCILE') continue;
      const ticker = scope === '*' ? {} : { ticker: scope };
      session.emit({ type: 'control', at: epochMs(now), verb: 'clear', halt: name, by: 'the soak', ...ticker });
    }
  }
}
