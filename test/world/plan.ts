/**
 * What goes wrong in one simulated world, as data: a fault plan is an array, so that it can be printed, shrunk and kept.
 *
 * Drawn swarm-fashion (reliability.md section 7): the seed first says which kinds of faults there are at all, then how
 * hot. Faults of `exchange` are the embedded exchange's own rules (mischief-plan.ts); the rest is the world's doing. All
 * times are virtual milliseconds since the trader was started for the first time.
 */
import type { MischiefRule } from '../../src/lib/adapters/sim-server/mischief-plan.ts';
import { chance, integer, type RandomStream, seededStream } from '../../src/lib/sim/random.ts';

/** Where in the order path a process dies, the n-th time it comes there. */
export const CRASH_POINTS = ['before_commit', 'after_commit', 'before_send', 'after_send', 'reply', 'frame'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

interface Timed {
  readonly atMs: number;
}
interface Lasting extends Timed {
  readonly forMs: number;
}

export type Fault =
  | { readonly kind: 'exchange'; readonly rule: Partial<MischiefRule> }
  /** The link breaks: requests fail, the stream is down. `link_silent`: it stays up and carries nothing. */
  | ({ readonly kind: 'link_cut' | 'link_silent' } & Lasting)
  /** `forgets`: what was written without a sync of its own is lost as well, as when power goes. */
  | ({ readonly kind: 'crash'; readonly point: CrashPoint; readonly nth: number; readonly forgets: boolean } & Lasting)
  /** The process is dead and nobody starts it again before everything heals. */
  | ({ readonly kind: 'gone' } & Timed)
  /** SIGSTOP and SIGCONT: nothing happens in it, then everything at once. */
  | ({ readonly kind: 'frozen' } & Lasting)
  /** No commit succeeds any more in this process. */
  | ({ readonly kind: 'disk_full' } & Timed)
  | ({ readonly kind: 'killed' | 'paused' } & Lasting)
  | ({ readonly kind: 'trading_pause' | 'exchange_pause' | 'deactivated' } & Lasting)
  | ({ readonly kind: 'grid_changed' | 'closed_early' | 'all_taken' | 'group_tripped' } & Timed)
  | ({ readonly kind: 'close_moved'; readonly toMs: number } & Timed)
  /** By hand through the trader; by somebody on the web page. */
  | ({ readonly kind: 'hand_order' | 'foreign_order' | 'foreign_cancel' | 'foreign_sweep' } & Timed);

export type FaultKind = Fault['kind'];

export interface WorldPlan {
  readonly seed: number;
  readonly faults: readonly Fault[];
}

/** Faults end here. */
export const FAULTS_MS = 60_000;

export function drawPlan(seed: number): WorldPlan {
  const stream = seededStream(`faults of world ${seed}`);
  const heat = stream.next() * 0.5;
  const faults = POOL.filter(() => chance(stream, heat * heat)).map((draw) => draw(stream));
  return { seed, faults };
}

const WRITES = '/portfolio/events/orders';
const at = (stream: RandomStream) => integer(stream, 500, FAULTS_MS - 10_000);
const lasting = (stream: RandomStream, low: number, high: number): Lasting => {
  const atMs = at(stream);
  return { atMs, forMs: Math.min(integer(stream, low, high), FAULTS_MS - atMs) };
};
const oneIn = (stream: RandomStream, low: number, high: number) => 1 / integer(stream, low, high);

function exchange(draw: (stream: RandomStream) => Partial<MischiefRule>): (stream: RandomStream) => Fault {
  return (stream) => ({ kind: 'exchange', rule: draw(stream) });
}

function between(kind: Extract<Fault, Lasting>['kind'], low: number, high: number): (stream: RandomStream) => Fault {
  return (stream) => ({ kind, ...lasting(stream, low, high) }) as Fault;
}

function once(kind: FaultKind): (stream: RandomStream) => Fault {
  return (stream) => ({ kind, atMs: at(stream) }) as Fault;
}

const lag = (path: string) =>
  exchange((stream) => ({ fault: 'read_lag', path, lag_ms: integer(stream, 100, 5_000) }) as const);

const status = (code: 408 | 500 | 502 | 503 | 504) =>
  exchange((stream) => ({ fault: 'status', status: code, path: WRITES, chance: oneIn(stream, 2, 12) }) as const);

const POOL: readonly ((stream: RandomStream) => Fault)[] = [
  exchange((s) => ({ fault: 'too_many_requests', chance: oneIn(s, 10, 60), lasts_ms: integer(s, 200, 4_000) })),
  ...([408, 500, 502, 503, 504] as const).map(status),
  exchange((s) => ({ fault: 'status', status: 503, method: 'GET', chance: oneIn(s, 3, 12) })),
  exchange((s) => ({ fault: 'html_page', status: s.next() < 0.5 ? 200 : 403, chance: oneIn(s, 5, 30) })),
  exchange((s) => ({ fault: 'reply_lost', path: WRITES, chance: oneIn(s, 2, 12) })),
  exchange((s) => ({ fault: 'reply_lost', method: 'DELETE', chance: oneIn(s, 1, 4) })),
  exchange((s) => ({ fault: 'reply_delayed', delay_ms: integer(s, 50, 5_000), chance: oneIn(s, 2, 20) })),
  exchange((s) => ({ fault: 'reply_truncated', chance: oneIn(s, 5, 30) })),
  exchange((s) => ({ fault: 'order_id_missing', method: 'POST', path: WRITES, chance: oneIn(s, 2, 12) })),
  exchange((s) => ({ fault: 'timestamp_expired', chance: oneIn(s, 10, 60) })),
  lag('/portfolio/orders'),
  lag('/portfolio/fills'),
  lag('/portfolio/positions'),
  lag('/portfolio/balance'),
  exchange((s) => ({ fault: 'frame_dropped', chance: oneIn(s, 20, 400) })),
  exchange((s) => ({ fault: 'frame_dropped', channel: 'user_orders', chance: oneIn(s, 2, 6) })),
  exchange((s) => ({ fault: 'frame_dropped', channel: 'fill', chance: oneIn(s, 1, 4) })),
  exchange((s) => ({ fault: 'frame_duplicated', chance: oneIn(s, 10, 200) })),
  exchange((s) => ({ fault: 'frame_reordered', chance: oneIn(s, 20, 400) })),
  exchange((s) => ({ fault: 'frame_delayed', delay_ms: integer(s, 200, 20_000), chance: oneIn(s, 200, 2_000) })),
  exchange((s) => ({ fault: 'channel_error', chance: oneIn(s, 200, 2_000) })),
  exchange((s) => ({ fault: 'overflow', chance: oneIn(s, 200, 2_000) })),
  between('link_cut', 100, 50_000),
  between('link_silent', 3_000, 40_000),
  ...CRASH_POINTS.map(
    (point) =>
      (stream: RandomStream): Fault => ({
        ...{ kind: 'crash', point, nth: integer(stream, 1, 8), forgets: chance(stream, 0.5) },
        ...lasting(stream, 200, 20_000),
      }),
  ),
  once('gone'),
  between('frozen', 1_000, 40_000),
  once('disk_full'),
  between('killed', 1_000, 40_000),
  between('paused', 1_000, 20_000),
  between('trading_pause', 1_000, 30_000),
  between('exchange_pause', 1_000, 30_000),
  between('deactivated', 1_000, 30_000),
  once('grid_changed'),
  once('closed_early'),
  (stream) => ({ kind: 'close_moved', atMs: at(stream), toMs: integer(stream, 20_000, 400_000) }),
  once('all_taken'),
  once('group_tripped'),
  once('hand_order'),
  once('foreign_order'),
  once('foreign_cancel'),
  once('foreign_sweep'),
];
