/**
 * What 50 markets at 20 frames a second each take of a core (issue 7: < 5 %): a real session in virtual time, with a decision
 * for every frame: decode, books, engine, diff, the tape, the journal with its syncs, orders and their answers. The exchange
 * runs in the same thread and is timed apart: a session's share is what its timers and its stream's handlers take of the
 * thread. What a promise goes on with in between counts to neither, so the whole thread is printed as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualLink } from '../src/lib/adapters/sim-server/link.ts';
import { ServedVenue } from '../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../src/lib/adapters/sim-server/virtual-clock.ts';
import { loadConfiguration } from '../src/lib/app/config/config.ts';
import { openSession } from '../src/lib/app/session/open-session.ts';
import { SIM_CASH } from '../src/lib/app/sim/sim-world.ts';
import type { EngineEvent, Level } from '../src/lib/core/events.ts';
import { centicents, centicontracts, type EpochMs, epochMs } from '../src/lib/core/units.ts';
import type { Stream } from '../src/lib/ports.ts';
import { recordedWorld } from '../src/lib/sim/world.ts';

const MARKETS = 50;
const FRAMES_PER_SECOND = 20;
const WARM_SECONDS = 20;
const SECONDS = 40;
const BUDGET_PERCENT = 5;
const STARTS_AT = Date.UTC(2026, 10, 20, 15, 0, 30);
const CLOSES_AT = epochMs(STARTS_AT + 840_000);
const TICKERS = Array.from({ length: MARKETS }, (_, n) => `KXBTC15M-26NOV20${String(n).padStart(4, '0')}-15`);

export async function run(): Promise<{ name: string; lines: string[] }> {
  const home = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  try {
    const { session, thread, frames, turns, intents, fed } = await measure(home);
    const share = (ms: number) => ((100 * ms) / (SECONDS * 1_000)).toFixed(2);
    return {
      name: `${MARKETS} markets at ${FRAMES_PER_SECOND} frames/s each, a session of ${SECONDS} s`,
      lines: [
        `the session ${share(session)} % of a core (budget < ${BUDGET_PERCENT} %), ${((1_000 * session) / frames).toFixed(1)} µs a frame; with the exchange that makes the frames, ${share(thread)} %`,
        `${frames} frames (${fed} changes by others), ${turns} turns, ${intents} intents`,
      ],
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(home: string) {
  const host = { directory: home, variables: { KMM_HOME: home }, userHome: home, systemFile: join(home, 'none') };
  const flags = [
    { flag: '--markets', key: 'markets.tickers', value: TICKERS.join(',') },
    { flag: '--orders', key: 'risk.orders_per_minute_max', value: '6000' },
  ];
  const configuration = loadConfiguration({ environment: 'sim', host, flags });
  const startAt = epochMs(STARTS_AT);
  const markets = TICKERS.map((ticker) => ({
    ticker,
    closeAt: CLOSES_AT,
    strike: { type: 'greater' as const, floor: 1 },
  }));
  const venue = recordedWorld({ seed: 'bench', startAt, events: flow(), markets });
  venue.openAccount('bench', SIM_CASH);
  const served = new ServedVenue(venue);
  const meter = new Meter();
  const clock = new MeteredClock(startAt, meter);
  const link = virtualLink({ served, accountId: 'bench', clock, latencyMs: 2 });
  const opened = openSession({
    ...{ configuration, clock, wire: link.wire, stream: metered(link.stream, meter) },
    ...{ random: () => 0.5, clockUncertaintyMs: () => 0, onLog: () => {} },
    link: { rest: 'virtual', ws: 'virtual', keyId: 'bench', keyFile: '' },
    onFatal: (error) => {
      throw error;
    },
  });
  const { session } = opened;
  await clock.runUntilSettled(session.start(), served);
  await clock.run(epochMs(clock.now() + WARM_SECONDS * 1_000), served);
  const before = { ...meter.read(), turns: session.engine.turn, intents: session.hash.count, threadMs: threadMs() };
  await clock.run(epochMs(clock.now() + SECONDS * 1_000), served);
  const after = { ...meter.read(), turns: session.engine.turn, intents: session.hash.count, threadMs: threadMs() };
  const quoted = TICKERS.filter((ticker) => session.engine.market(ticker)?.decision?.posture === 'quote').length;
  if (quoted < MARKETS) throw new Error(`${quoted} of ${MARKETS} markets are quoted`);
  await clock.runUntilSettled(session.stop('the bench'), served);
  await opened.tape.close();
  opened.journal.close();
  return {
    session: after.ms - before.ms,
    thread: after.threadMs - before.threadMs,
    frames: after.frames - before.frames,
    turns: after.turns - before.turns,
    intents: after.intents - before.intents,
    fed: MARKETS * FRAMES_PER_SECOND * SECONDS,
  };
}

/** A snapshot of each market, then one change after another, a market after a market; what is added is taken away again. */
function* flow(): Generator<EngineEvent, void, undefined> {
  const levels = (cents: readonly number[]): readonly Level[] =>
    cents.map((cent) => ({ price: centicents(cent * 100), size: centicontracts(50_000) }));
  const [bids, asks] = [levels([36, 38, 40, 41, 42, 47]), levels([50, 52, 53, 54, 56, 60])];
  let seq = 0;
  const place = (at: EpochMs, ticker: string) => ({ at, feed: { conn: 1, sid: 1, seq: ++seq }, ticker });
  for (const ticker of TICKERS) yield { type: 'book_snapshot', ...place(epochMs(STARTS_AT), ticker), bids, asks };
  const step = 1_000 / (MARKETS * FRAMES_PER_SECOND);
  for (let n = 0; ; n += 1) {
    const round = Math.floor(n / MARKETS);
    const ticker = TICKERS[(n * 7) % MARKETS] as string;
    const at = epochMs(STARTS_AT + Math.floor((n + 1) * step));
    // Every hundredth change takes the best bid away, or puts it back: then quotes move.
    const isBest = round % 100 < 2;
    const price = isBest ? centicents(4_700) : centicents(4_000 + 100 * (Math.floor(round / 2) % 3));
    const size = isBest ? -50_000 : 2_500;
    const delta = centicontracts(round % 2 === 1 ? -size : size);
    yield { type: 'book_delta', ...place(at, ticker), side: 'bid', price, delta };
  }
}

/** Thread time of what runs inside `time`, calls inside a call counted once. */
class Meter {
  frames = 0;
  #ms = 0;
  #isRunning = false;

  time<Answer>(work: () => Answer): Answer {
    if (this.#isRunning) return work();
    this.#isRunning = true;
    const from = threadMs();
    try {
      return work();
    } finally {
      this.#ms += threadMs() - from;
      this.#isRunning = false;
    }
  }

  read(): { readonly ms: number; readonly frames: number } {
    return { ms: this.#ms, frames: this.frames };
  }
}

class MeteredClock extends VirtualClock {
  readonly #meter: Meter;

  constructor(startAt: EpochMs, meter: Meter) {
    super(startAt);
    this.#meter = meter;
  }

  override after(ms: number, action: () => void): () => void {
    return super.after(ms, () => this.#meter.time(action));
  }
}

function metered(stream: Stream, meter: Meter): Stream {
  return {
    open(handlers) {
      stream.open({
        ...handlers,
        onUp: (conn) => meter.time(() => handlers.onUp(conn)),
        onHeard: () => meter.time(() => handlers.onHeard()),
        onDown: (conn, reason) => meter.time(() => handlers.onDown(conn, reason)),
        onFrame(conn, frame) {
          meter.frames += 1;
          meter.time(() => handlers.onFrame(conn, frame));
        },
      });
    },
    send: (command) => stream.send(command),
    close: () => stream.close(),
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
