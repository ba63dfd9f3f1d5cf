/**
 * `kmm auth probe`: one contract there and back on sim or demo, then the questions of reliability.md section 9, one after
 * the other, under the lock of the environment. However it ends (an answer nobody expected, ^C, an error), what it placed
 * is cancelled by id and two listings must show that nothing of it rests; what is not proved gone is told with exit 9.
 */

import { DEFAULT_COSTS } from '../../adapters/kalshi/endpoint-costs.ts';
import { REST_ROOT } from '../../adapters/kalshi/environments.ts';
import { PacedWire } from '../../adapters/kalshi/paced-wire.ts';
import { BASIC_TIER, RateLimiter } from '../../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { KalshiControls } from '../../adapters/kalshi/rest-controls.ts';
import { KalshiPortfolio } from '../../adapters/kalshi/rest-portfolio.ts';
import { gotWire } from '../../adapters/kalshi/wire.ts';
import type { EpochMs } from '../../core/units.ts';
import type { WireReply } from '../../ports.ts';
import type { Configuration } from '../config/config.ts';
import { type ErrorCode, KmmError } from '../errors/errors.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import { lockedLink } from '../exchange/exchange-link.ts';
import { type ExchangeLink, READ_LAG_OF } from '../exchange/link.ts';
import { HandSession } from '../hand/hand-session.ts';
import { loadSigner } from '../keys/signer.ts';
import { operatorName } from '../operator.ts';
import { type Connection, connect } from '../run/connect.ts';
import { LIST_AGAIN_MS } from '../run/reach.ts';
import { takeLock } from '../run/take-lock.ts';
import { openRecords, type Records } from '../session/open-records.ts';
import { cancelOurs } from '../session/orders/cancel-ours.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';
import { askAboutAccount, askAboutClocks } from './account-questions.ts';
import { askAboutGroups, sweep } from './group-questions.ts';
import { Interview } from './interview.ts';
import { askAboutOrders } from './order-questions.ts';
import type { ProbeContext } from './probe-context.ts';
import { type ProbeMarket, probeMarket } from './probe-market.ts';
import type { ChannelCheck, ProbeAnswer, ProbeReport } from './probe-report.ts';
import { ProbeStream } from './probe-stream.ts';
import { ProbeWrites } from './probe-writes.ts';
import { roundTrip } from './round-trip.ts';
import { takeOne } from './take-one.ts';

export interface ProbeOptions {
  /** Absent: one is chosen. */
  readonly ticker?: string;
  /** Buys one contract at the ask, to see its fee. `confirm`: asked with the cost; rejects with KMM_NOT_CONFIRMED. */
  readonly take?: (question: string) => Promise<void>;
  /** Tries cancel-all, which takes every order of the account. */
  readonly isSweepWanted: boolean;
  /** Real milliseconds for which a read that lags is waited for; absent: as much as the environment needs. */
  readonly patienceMs?: number;
  readonly stop: AbortSignal;
  readonly onMarket: (market: ProbeMarket) => void;
  readonly onCheck: (checks: readonly ChannelCheck[]) => void;
  readonly onAnswer: (answer: ProbeAnswer) => void;
}

/** Throws KMM_USAGE for prod, before anything is opened. */
export function assertProbeable(env: Configuration['env']): void {
  if (env !== 'prod') return;
  throw new KmmError('KMM_USAGE', 'the probe tries what real money should not: it is for sim and demo', {
    next: ['kmm auth probe --env demo', 'kmm auth check --env prod'],
  });
}

/** Throws KMM_LOCKED, KMM_KEY_*, KMM_DB_*, KMM_TICKER_*, KMM_EXCHANGE_PAUSED, KMM_CASH_SHARD, KMM_UNREACHABLE, KMM_CANCEL_UNCONFIRMED. */
export async function runProbe(
  configuration: Configuration,
  link: ExchangeLink,
  options: ProbeOptions,
): Promise<ProbeReport> {
  const { env, home } = configuration;
  assertProbeable(env);
  const lock = takeLock(home);
  try {
    lock.update(lockedLink(link));
    const connection = await connect(env, link);
    try {
      return await new Probe(configuration, link, connection, options).run();
    } finally {
      connection.close();
    }
  } finally {
    lock.release();
  }
}

/** Real time within which the stream must be up, and a read know what was acknowledged. */
const STREAM_MS = 10_000;
const LAG_MS_MAX = { sim: 3_000, demo: 20_000 } as const;
const CANCEL_MS = 20_000;

class Probe {
  readonly #configuration: Configuration;
  readonly #link: ExchangeLink;
  readonly #connection: Connection;
  readonly #options: ProbeOptions;
  readonly #paced: PacedWire;
  readonly #rest: KalshiRest;
  readonly #by = operatorName();
  readonly #startedAt: EpochMs;
  /** What the client order ids of this probe begin with, one per session that it opened. */
  readonly #prefixes: string[] = [];
  #writes: ProbeWrites | undefined;
  /** Why nothing was taken, where that was asked for. */
  #noFill: string | undefined;

  constructor(configuration: Configuration, link: ExchangeLink, connection: Connection, options: ProbeOptions) {
    const { clock, wire } = connection;
    this.#configuration = configuration;
    this.#link = link;
    this.#connection = connection;
    this.#options = options;
    this.#startedAt = clock.now();
    const limiter = new RateLimiter(BASIC_TIER);
    this.#paced = new PacedWire({ wire, limiter, costs: () => DEFAULT_COSTS, clock, random: Math.random });
    this.#rest = new KalshiRest(this.#paced);
  }

  async run(): Promise<ProbeReport> {
    const { clock, stream: raw } = this.#connection;
    const { ticker, onMarket, onAnswer, stop } = this.#options;
    const catalogue = new KalshiCatalogue(this.#paced);
    const market = await probeMarket({ rest: this.#rest, catalogue }, ticker, clock.now());
    onMarket(market);
    const stream = new ProbeStream(raw, market.ticker);
    const interview = new Interview(stop, onAnswer);
    let checks: readonly ChannelCheck[] = [];
    let failure: unknown;
    try {
      if (!(await stream.open(STREAM_MS))) {
        throw new KmmError('KMM_UNREACHABLE', `the stream did not come up: ${stream.problem}`);
      }
      checks = await this.#roundTrip(market, stream);
      if (!stop.aborted) await this.#questions(market, stream, interview);
    } catch (error) {
      failure = error;
    } finally {
      await stream.close();
    }
    const { isGone, resting } = await this.#cancelAll();
    if (failure !== undefined && isGone) throw failure;
    const { env } = this.#configuration;
    if (failure !== undefined) throw unconfirmed(env, failure);
    return {
      ...{ type: 'auth_probe', env, host: new URL(this.#link.rest).host, ticker: market.ticker, shard: market.shard },
      ...{ at: new Date(clock.now()).toISOString(), roundTrip: checks, answers: interview.answers, isGone, resting },
      isCutShort: stop.aborted,
    };
  }

  /** As an order by hand, through the risk gate. */
  async #roundTrip(market: ProbeMarket, stream: ProbeStream): Promise<readonly ChannelCheck[]> {
    const { clock, speed } = this.#connection;
    const { take, onCheck, stop } = this.#options;
    const hand = this.#handSession();
    try {
      await hand.start(true);
      const shared = { clock, rest: this.#rest, portfolio: new KalshiPortfolio(this.#paced), stream, market, speed };
      const checks = await roundTrip({ ...shared, lagMsMax: this.#lagMsMax, hand, by: this.#by, stop });
      onCheck(checks);
      if (take !== undefined && !stop.aborted) {
        this.#noFill = await reasonOfNone(takeOne({ hand, rest: this.#rest, market, by: this.#by, confirm: take }));
      }
      return checks;
    } finally {
      await hand.leave();
      await hand.close();
    }
  }

  #handSession(): HandSession {
    const { stream: _stream, close: _close, ...connection } = this.#connection;
    const { env } = this.#configuration;
    return new HandSession({
      ...{ ...this.#openRecords(), ...connection, environment: env, account: accountOfLink(this.#link) },
      ...{ address: this.#link.rest, random: Math.random, readLagMs: READ_LAG_OF[env], wallNow: Date.now },
    });
  }

  /** In a session of their own: what they send, the engine would not. */
  async #questions(market: ProbeMarket, stream: ProbeStream, interview: Interview): Promise<void> {
    const { clock, speed } = this.#connection;
    const { journal, tape, engine } = this.#openRecords();
    const [wire, rest] = [this.#paced, this.#rest];
    try {
      const writes = new ProbeWrites({ journal, clock, wire, rest, market, idPrefix: engine.idPrefix, by: this.#by });
      this.#writes = writes;
      const rooms = { portfolio: new KalshiPortfolio(wire), controls: new KalshiControls(wire) };
      const context: ProbeContext = {
        ...{ clock, wire, rest, ...rooms, writes, stream, market, speed, lagMsMax: this.#lagMsMax },
        askAt: (offsetMs) => this.#askAt(offsetMs),
        ...(this.#noFill !== undefined && { noFill: this.#noFill }),
      };
      await askAboutOrders(interview, context);
      await askAboutClocks(interview, context);
      await askAboutGroups(interview, context);
      await askAboutAccount(interview, context);
      if (this.#options.isSweepWanted) {
        await interview.ask('V5', 'does cancel-all take orders that come after it?', (keep) => sweep(context, keep));
      }
    } finally {
      tape.end(clock.now(), { intents: 0, intentsHash: new IntentsHash().digest() });
      journal.endSession(clock.now());
      await tape.close();
      journal.close();
    }
  }

  #openRecords(): Records {
    const { clock, keyFingerprint } = this.#connection;
    const [configuration, link] = [this.#configuration, this.#link];
    const records = openRecords({ configuration, link, clock, keyFingerprint, mustBeArmed: false });
    this.#prefixes.push(`${records.engine.idPrefix}-`);
    return records;
  }

  /** One signed read with a stamp that is off on purpose; what it says of the clock is not believed. */
  async #askAt(offsetMs: number): Promise<WireReply> {
    const { env } = this.#configuration;
    const { clock } = this.#connection;
    const isSim = env === 'sim';
    const wire = gotWire({
      ...{ baseUrl: this.#link.rest, environment: env, signer: loadSigner(env, this.#link), wallNow: Date.now },
      // The embedded exchange checks stamps by the wall's time.
      timestampMs: () => (isSim ? Date.now() : clock.now()) + offsetMs,
    });
    try {
      return await wire.request({ method: 'GET', path: `${REST_ROOT}/portfolio/balance` });
    } finally {
      wire.close();
    }
  }

  async #cancelAll(): Promise<{ readonly isGone: boolean; readonly resting: number }> {
    const { clock, speed } = this.#connection;
    const { env } = this.#configuration;
    if (this.#prefixes.length === 0) return { isGone: true, resting: 0 };
    const result = await cancelOurs({
      ...{ rest: this.#rest, controls: new KalshiControls(this.#paced), clock },
      isOurs: ({ clientOrderId }) => this.#prefixes.some((prefix) => clientOrderId.startsWith(prefix)),
      ...{ spacingMs: LIST_AGAIN_MS[env] * speed, boundMs: CANCEL_MS * speed },
    });
    await this.#writes?.prove(this.#startedAt);
    // A create without an answer may still come: two empty listings prove nothing of it.
    const unproved = this.#writes?.unproved.size ?? 0;
    return { isGone: result.isConfirmed && unproved === 0, resting: result.resting.length + unproved };
  }

  get #lagMsMax(): number {
    const { patienceMs } = this.#options;
    return patienceMs ?? (this.#configuration.env === 'sim' ? LAG_MS_MAX.sim : LAG_MS_MAX.demo);
  }
}

/** A fill that was not to be had, or was not confirmed, leaves one question open and stops nothing. */
async function reasonOfNone(taking: Promise<void>): Promise<string | undefined> {
  try {
    await taking;
    return undefined;
  } catch (error) {
    if (error instanceof KmmError && NOT_TAKEN.has(error.code)) return error.what;
    throw error;
  }
}

const NOT_TAKEN: ReadonlySet<string> = new Set<ErrorCode>([
  ...(['KMM_NOT_CONFIRMED', 'KMM_ORDER_UNFILLED', 'KMM_RISK_REFUSED'] as const),
  ...(['KMM_ORDER_REFUSED', 'KMM_ORDER_NOT_SENT', 'KMM_CASH_SHARD'] as const),
]);

function unconfirmed(env: string, cause: unknown): KmmError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KmmError(
    'KMM_CANCEL_UNCONFIRMED',
    `the probe failed (${reason}) and not every order of it is proved gone`,
    {
      ...{ cause, position: 'one contract at the lowest price may rest for a minute at most' },
      next: [`kmm kill --env ${env}`, 'wait a minute', 'look on the web page'],
    },
  );
}

/** What ends the command badly although it came to its end: an order that is not proved gone, or was not seen everywhere. */
export function verdictOfProbe({
  env,
  isGone,
  resting,
  roundTrip: checks,
  isCutShort,
}: ProbeReport): KmmError | undefined {
  if (!isGone) {
    return new KmmError('KMM_CANCEL_UNCONFIRMED', `${resting} of the probe's orders are not proved gone`, {
      position: 'one contract at the lowest price may rest for a minute at most',
      next: [`kmm kill --env ${env}`, 'wait a minute', 'look on the web page'],
    });
  }
  const missing = checks.filter(({ isConfirmed }) => !isConfirmed).map(({ step, channel }) => `${step}: ${channel}`);
  if (missing.length === 0 || isCutShort) return undefined;
  return new KmmError('KMM_PROBE_FAILED', `the order was not confirmed in every channel: ${missing.join(', ')}`);
}
