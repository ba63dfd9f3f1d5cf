/**
 * Draws the plan of a world from its seed, swarm-fashion (reliability.md section 7): first which kinds of faults there are
 * at all, then how hot.
 */
import type { MischiefRule } from '../../src/lib/adapters/sim-server/mischief-plan.ts';
import { chance, integer, type RandomStream, seededStream } from '../../src/lib/sim/random.ts';
import {
  CRASH_POINTS,
  FAULTS_MS,
  type Fault,
  type FaultKind,
  WIRE_FAULTS,
  type WireFault,
  type WorldPlan,
} from './plan.ts';
import { drawScene } from './scene.ts';

/** Faults that nothing in kmm answers yet: not drawn, and named in the report instead of claimed. */
export const KNOWN_OPEN: readonly string[] = [];

export function drawPlan(seed: number): WorldPlan {
  const stream = seededStream(`faults of world ${seed}`);
  const scene = drawScene(stream.split('scene'));
  const heat = stream.next() * 0.5;
  const faults = POOL.filter(() => chance(stream, heat * heat)).map((draw) => draw(stream));
  return { seed, scene, faults: faults.filter((fault) => !KNOWN_OPEN.includes(nameOf(fault))) };
}

/** As the counts call it. */
function nameOf(fault: Fault): string {
  return fault.kind === 'exchange' ? `exchange ${fault.rule.fault}` : `fault ${fault.kind}`;
}

const WRITES = '/portfolio/events/orders';
const at = (stream: RandomStream) => integer(stream, 500, FAULTS_MS - 10_000);
const lasting = (stream: RandomStream, low: number, high: number) => {
  const atMs = at(stream);
  return { atMs, forMs: Math.min(integer(stream, low, high), FAULTS_MS - atMs) };
};
const oneIn = (stream: RandomStream, low: number, high: number) => 1 / integer(stream, low, high);

function exchange(draw: (stream: RandomStream) => Partial<MischiefRule>): (stream: RandomStream) => Fault {
  return (stream) => ({ kind: 'exchange', rule: draw(stream) });
}

function wire(what: WireFault): (stream: RandomStream) => Fault {
  return (stream) => ({ kind: 'wire', what, chance: oneIn(stream, 2, 12) });
}

function between(kind: FaultKind, low: number, high: number): (stream: RandomStream) => Fault {
  return (stream) => ({ kind, ...lasting(stream, low, high) }) as Fault;
}

function once(kind: FaultKind): (stream: RandomStream) => Fault {
  return (stream) => ({ kind, atMs: at(stream) }) as Fault;
}

function cash(kind: 'deposit' | 'withdrawal' | 'reward'): (stream: RandomStream) => Fault {
  return (stream) => ({ kind, shard: integer(stream, 0, 3), cents: integer(stream, 1, 5_000), atMs: at(stream) });
}

const lag = (path: string) =>
  exchange((stream) => ({ fault: 'read_lag', path, lag_ms: integer(stream, 100, 5_000) }) as const);

const status = (code: 408 | 500 | 502 | 503 | 504) =>
  exchange((stream) => ({ fault: 'status', status: code, path: WRITES, chance: oneIn(stream, 2, 12) }) as const);

const RESULTS = ['yes', 'no', 'void'] as const;
/** A little, noticeably, too much, by far. */
const CLOCK_STEPS_MS = [300, 2_000, 8_000, 120_000] as const;

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
  exchange((s) => ({ fault: 'level_drift', chance: oneIn(s, 200, 2_000) })),
  exchange((s) => ({ fault: 'channel_error', chance: oneIn(s, 200, 2_000) })),
  exchange((s) => ({ fault: 'overflow', chance: oneIn(s, 200, 2_000) })),
  ...WIRE_FAULTS.map(wire),
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
  (stream) => ({ kind: 'starved', eachMs: integer(stream, 5, 100), ...lasting(stream, 2_000, 20_000) }),
  (stream) => {
    const byMs = (CLOCK_STEPS_MS[integer(stream, 0, CLOCK_STEPS_MS.length - 1)] ?? 0) * (chance(stream, 0.5) ? 1 : -1);
    return { kind: 'clock_off', byMs, ...lasting(stream, 2_000, 40_000) };
  },
  once('disk_full'),
  between('killed', 1_000, 40_000),
  between('killed_in_flight', 1_000, 20_000),
  between('kill_swept', 500, 10_000),
  between('paused', 1_000, 20_000),
  between('trading_pause', 1_000, 30_000),
  between('exchange_pause', 1_000, 30_000),
  between('deactivated', 1_000, 30_000),
  between('key_revoked', 1_000, 30_000),
  between('scope_cut', 1_000, 30_000),
  between('tier_lowered', 1_000, 30_000),
  once('grid_changed'),
  once('closed_early'),
  (stream) => ({ kind: 'close_moved', atMs: at(stream), toMs: integer(stream, 20_000, 400_000) }),
  (stream) => ({
    ...{ kind: 'result_amended', result: RESULTS[integer(stream, 0, 2)] ?? 'void' },
    ...{ disputedAfterMs: integer(stream, 100, 5_000), ...lasting(stream, 5_000, 20_000) },
  }),
  once('all_taken'),
  once('all_markets_taken'),
  once('group_tripped'),
  once('hand_order'),
  once('hand_take'),
  once('foreign_order'),
  once('foreign_cancel'),
  once('foreign_sweep'),
  once('foreign_trade'),
  once('foreign_transfer'),
  once('second_writer'),
  cash('deposit'),
  cash('withdrawal'),
  cash('reward'),
];
