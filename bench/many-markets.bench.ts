/**
 * 500 markets on one connection, 2,000 frames a second: from bytes to intents, a turn for every five frames. Once a
 * second the engine looks at every market; that turn is the longest. Every market an event of its own, then all of one.
 * Of a few rounds the quietest counts; the load is the thread's own time.
 */
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import { Engine } from '../src/lib/core/engine.ts';
import type { EngineEvent } from '../src/lib/core/events.ts';
import { LINEAR_CENT } from '../src/lib/core/grid.ts';
import type { Intent } from '../src/lib/core/intents.ts';
import type { Market } from '../src/lib/core/market.ts';
import { type EpochMs, epochMs, microdollars } from '../src/lib/core/units.ts';
import { benchConfig } from './engine-play.ts';

const MARKETS = 500;
const FRAMES_PER_SECOND = 2_000;
const FRAMES_PER_TURN = 5;
const WARM_SECONDS = 5;
const SECONDS = 15;
const ROUNDS = 3;
const STARTS_AT = 1_790_000_000_000;
const HOUR_MS = 3_600_000;

export function run(): { name: string; lines: string[] } {
  return {
    name: `${MARKETS} markets, ${FRAMES_PER_SECOND} frames/s, a turn per ${FRAMES_PER_TURN} frames`,
    lines: [lineOf('an event each', (index) => `KXMANY-E${index}`), lineOf('one event', () => 'KXMANY-E')],
  };
}

function lineOf(what: string, eventOf: (index: number) => string): string {
  const rounds = Array.from({ length: ROUNDS }, () => measure(eventOf));
  const { millis, busy, intents } = rounds.sort((a, b) => share(a.millis, 0.99) - share(b.millis, 0.99))[0] as Measured;
  const [p50, p99, longest] = [0.5, 0.99, 1].map((part) => share(millis, part).toFixed(2));
  const load = ((100 * busy) / ((WARM_SECONDS + SECONDS) * 1_000)).toFixed(0);
  return `${what}: turn p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms; ${load} % of a core; ${intents} intents`;
}

interface Measured {
  /** Of every turn, sorted. */
  readonly millis: readonly number[];
  /** Thread time of the whole round, the making of its frames included. */
  readonly busy: number;
  readonly intents: number;
}

function measure(eventOf: (index: number) => string): Measured {
  const play = new Play(eventOf);
  const started = process.threadCpuUsage();
  const millis: number[] = [];
  const turns = ((WARM_SECONDS + SECONDS) * FRAMES_PER_SECOND) / FRAMES_PER_TURN;
  for (let turn = 0; turn < turns; turn += 1) {
    const at = epochMs(STARTS_AT + Math.floor((turn * FRAMES_PER_TURN * 1_000) / FRAMES_PER_SECOND));
    const frames = Array.from({ length: FRAMES_PER_TURN }, () => play.nextFrame(at));
    const startedMs = performance.now();
    for (const frame of frames) play.take(frame, at);
    const intents = play.turn(at);
    const tookMs = performance.now() - startedMs;
    play.settle(intents, at);
    if (at >= STARTS_AT + WARM_SECONDS * 1_000) millis.push(tookMs);
  }
  const { user, system } = process.threadCpuUsage(started);
  return { millis: millis.sort((a, b) => a - b), busy: (user + system) / 1_000, intents: play.intents };
}

/** What the engine asks for is done at once, and nothing fills. */
class Play {
  readonly #engine = new Engine(benchConfig());
  readonly #tickers: readonly string[];
  intents = 0;
  #seq = 0;
  #turn = 0;

  constructor(eventOf: (index: number) => string) {
    const at = epochMs(STARTS_AT);
    this.#tickers = Array.from({ length: MARKETS }, (_, index) => `KXMANY-E${index}-T${index}`);
    this.#tell({ type: 'connection_changed', at, isUp: true, conn: 1 });
    const cash = microdollars(1_000_000_000_000);
    this.#tell({ type: 'ledger_restored', at, openingCash: [{ shard: 0, cash }], fills: [], settlements: [] });
    for (const [index, ticker] of this.#tickers.entries()) {
      this.#tell({ type: 'market_defined', at, market: marketOf(ticker, eventOf(index)) });
    }
    this.#tell({ type: 'markets_selected', at, tickers: this.#tickers });
    for (const ticker of this.#tickers) this.take(this.#frame('orderbook_snapshot', snapshotOf(ticker)), at);
  }

  /** One market after another; what is added in one round is taken away in the next. */
  nextFrame(at: EpochMs): Buffer {
    const round = Math.floor(this.#seq / MARKETS);
    const ticker = this.#tickers[(this.#seq * 7) % MARKETS];
    const change = `"price_dollars":"0.4${4 + (Math.floor(round / 2) % 4)}00","delta_fp":"${round % 2 === 1 ? '' : '-'}25.00"`;
    return this.#frame('orderbook_delta', `"market_ticker":"${ticker}",${change},"side":"yes","ts_ms":${at}`);
  }

  take(frame: Buffer, at: EpochMs): void {
    for (const event of translateFrame(frame, { conn: 1, at, yesPrice: true }).events) this.#engine.apply(event);
  }

  turn(at: EpochMs): readonly Intent[] {
    this.#turn += 1;
    return this.#engine.apply({ type: 'turn', at, turn: this.#turn });
  }

  settle(intents: readonly Intent[], at: EpochMs): void {
    this.intents += intents.length;
    for (const intent of intents) this.#tell(doneBy(intent, at));
    this.#engine.takeLog();
    if (this.#engine.takeInvalid().length > 0) throw new Error('a book was lost');
  }

  #frame(type: string, message: string): Buffer {
    this.#seq += 1;
    return Buffer.from(`{"type":"${type}","sid":1,"seq":${this.#seq},"msg":{${message}}}`);
  }

  #tell(event: EngineEvent): void {
    this.#engine.apply(event);
  }
}

function doneBy(intent: Intent, at: EpochMs): EngineEvent {
  const { clientOrderId } = intent;
  if (intent.kind === 'create') {
    const size = { filled: 0 as typeof intent.size, remaining: intent.size };
    return {
      type: 'create_outcome',
      at,
      clientOrderId,
      outcome: { kind: 'accepted', orderId: `o-${clientOrderId}`, ...size },
    };
  }
  const outcome =
    intent.kind === 'cancel'
      ? ({ kind: 'cancelled', reducedBy: intent.size } as const)
      : ({ kind: 'amended' } as const);
  return { type: 'change_outcome', at, clientOrderId, change: intent.kind, outcome };
}

function snapshotOf(ticker: string): string {
  const side = (cents: readonly number[]) => JSON.stringify(cents.map((cent) => [`0.${cent}00`, '500.00']));
  return `"market_ticker":"${ticker}","yes_dollars_fp":${side([40, 42, 44, 45, 46, 47])},"no_dollars_fp":${side([56, 57, 58, 60])}`;
}

function marketOf(ticker: string, eventTicker: string): Market {
  return {
    ...{ ticker, eventTicker, seriesTicker: 'KXMANY', shard: 0, status: 'active', title: ticker, grid: LINEAR_CENT },
    ...{ openAt: epochMs(STARTS_AT - HOUR_MS), closeAt: epochMs(STARTS_AT + 10 * HOUR_MS) },
    fees: { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } },
    isMutuallyExclusive: false,
  };
}

function share(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] as number;
}
