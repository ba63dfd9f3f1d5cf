/**
 * Draws a plan of misbehaviour from a seed: first which faults there are, each with even odds, then how often. The dials
 * are such that a patient client gets through: every fault is rare or short.
 */
import { chance, integer, seededStream } from '../../sim/random.ts';
import { type MischiefPlan, type MischiefRule, readPlan } from './mischief-plan.ts';

export function drawPlan(seed: string): MischiefPlan {
  const stream = seededStream(`mischief plan ${seed}`);
  const oneIn = (low: number, high: number) => 1 / integer(stream, low, high);
  const writes = '/portfolio/events/orders';
  const pool: readonly (() => Partial<MischiefRule>)[] = [
    () => ({ fault: 'too_many_requests', chance: oneIn(200, 1_000), lasts_ms: integer(stream, 500, 5_000) }),
    () => ({ fault: 'status', status: 503, chance: oneIn(50, 300) }),
    () => ({ fault: 'status', status: 500, path: writes, chance: oneIn(50, 300) }),
    () => ({ fault: 'status', status: 504, path: writes, chance: oneIn(50, 300) }),
    () => ({ fault: 'html_page', chance: oneIn(100, 500) }),
    () => ({ fault: 'reply_lost', path: writes, chance: oneIn(50, 300) }),
    () => ({ fault: 'reply_delayed', delay_ms: integer(stream, 50, 2_000), chance: oneIn(20, 100) }),
    () => ({ fault: 'reply_truncated', chance: oneIn(100, 500) }),
    () => ({ fault: 'order_id_missing', method: 'POST', path: writes, chance: oneIn(100, 500) }),
    () => ({ fault: 'timestamp_expired', chance: oneIn(500, 2_000) }),
    () => ({ fault: 'read_lag', path: '/portfolio/orders', lag_ms: integer(stream, 100, 5_000) }),
    () => ({ fault: 'read_lag', path: '/portfolio/fills', lag_ms: integer(stream, 100, 5_000) }),
    () => ({ fault: 'read_lag', path: '/portfolio/positions', lag_ms: integer(stream, 100, 5_000) }),
    () => ({ fault: 'frame_dropped', chance: oneIn(2_000, 10_000) }),
    () => ({ fault: 'frame_duplicated', chance: oneIn(2_000, 10_000) }),
    () => ({ fault: 'frame_reordered', chance: oneIn(2_000, 10_000) }),
    () => ({ fault: 'frame_delayed', delay_ms: integer(stream, 200, 6_000), chance: oneIn(10_000, 50_000) }),
    () => ({ fault: 'channel_error', chance: oneIn(20_000, 100_000) }),
    () => ({ fault: 'overflow', chance: oneIn(20_000, 100_000) }),
    () => ({ fault: 'socket_dropped', chance: oneIn(30, 120) }),
    () => ({ fault: 'half_open', chance: oneIn(60, 240) }),
    () => ({ fault: 'pings_stopped', chance: oneIn(4, 20), lasts_ms: integer(stream, 10_000, 40_000) }),
  ];
  const rules = pool.filter(() => chance(stream, 0.5)).map((draw) => draw());
  const result = readPlan({ seed, rules });
  if (result.kind === 'refused') throw new Error(`a drawn plan is not one: ${result.problem}`);
  return result.plan;
}
