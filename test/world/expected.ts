/**
 * What a batch of worlds must have seen: every fault of the pool, the edges of the order's states (reliability.md section
 * 2), the halts a world can raise, and the moments that are named there.
 */
import { CALL_FAULTS, FRAME_FAULTS } from '../../src/lib/adapters/sim-server/mischief-plan.ts';
import { KNOWN_OPEN } from './fault-pool.ts';
import { CRASH_POINTS, type FaultKind, WIRE_FAULTS } from './plan.ts';
import { SCENES } from './scene.ts';

/** The exchange's own clock is nobody's in virtual time: `clock_off` sets the trader's. */
const NOT_HERE = 'clock_step';

/** Told by what it does instead: `crash at …`, `wire …`. */
const OUR_FAULTS: readonly Exclude<FaultKind, 'exchange' | 'crash' | 'wire'>[] = [
  ...(['link_cut', 'link_silent', 'gone', 'frozen', 'starved', 'clock_off', 'disk_full'] as const),
  ...([
    'killed',
    'killed_in_flight',
    'kill_swept',
    'paused',
    'trading_pause',
    'exchange_pause',
    'deactivated',
  ] as const),
  ...(['key_revoked', 'scope_cut', 'tier_lowered', 'grid_changed', 'closed_early', 'close_moved'] as const),
  ...(['result_amended', 'all_taken', 'all_markets_taken', 'group_tripped', 'hand_order', 'hand_take'] as const),
  ...(['foreign_order', 'foreign_cancel', 'foreign_sweep', 'foreign_trade', 'foreign_transfer'] as const),
  ...(['second_writer', 'deposit', 'withdrawal', 'reward'] as const),
];

const EDGES: readonly string[] = [
  ...['intended → sending', 'foreign → working', 'sending → working', 'sending → refused', 'sending → unknown'],
  ...['sending → dropped', 'sending → filled', 'unknown → working', 'unknown → absent', 'unknown → filled'],
  ...['working → filled', 'working → cancelled', 'working → expired', 'working → unknown'],
  ...['working → working+amend', 'working+amend → working', 'working+amend → filled', 'working+amend → unknown+amend'],
  ...['unknown+amend → working', 'unknown+amend → filled', 'unknown+amend → unknown+cancel'],
  ...['working → working+cancel', 'working+cancel → cancelled', 'working+cancel → filled', 'working+cancel → working'],
  ...['working+cancel → unknown+cancel', 'unknown+cancel → cancelled', 'unknown+cancel → working+cancel'],
];

const HALTS = [
  ...['KILLED', 'PAUSED', 'GROUP', 'AUTH', 'LOSS_DAY', 'RUNAWAY', 'RECONCILE', 'SECOND_WRITER', 'UNKNOWN'],
].map((name) => `halt ${name}`);

/** reliability.md section 7, sometimes-counters. */
export const MOMENTS = {
  fillDuringCancel: 'working+cancel → filled',
  conflict: 'wire request_doubled',
  endedInSilence: 'order ended in silence',
  unknownAtDeath: 'died with an unknown order',
  flyingAtHalt: 'halted with orders in flight',
  paidBeforeFill: 'paid before the last fill was known',
  expiryInOutage: 'expired while the link was down',
  gapInSnapshot: 'wire snapshot_late',
  powerLost: 'power lost',
  batch: 'batch of cancels',
} as const;

/** Every name that a row of the fault table may use. */
export const EXPECTED: readonly string[] = [
  ...[...CALL_FAULTS, ...FRAME_FAULTS].filter((fault) => fault !== NOT_HERE).map((fault) => `exchange ${fault}`),
  ...OUR_FAULTS.map((kind) => `fault ${kind}`),
  ...WIRE_FAULTS.map((what) => `wire ${what}`),
  ...CRASH_POINTS.map((point) => `crash at ${point}`),
  ...SCENES.map((scene) => `scene ${scene}`),
  ...EDGES,
  ...HALTS,
  ...Object.values(MOMENTS),
].filter((name) => !KNOWN_OPEN.includes(name));

/** What was seen less than `least` times. */
export function missingIn(counts: readonly (readonly [string, number])[], least = 1): readonly string[] {
  const seen = new Map(counts);
  return [...new Set(EXPECTED)].filter((name) => (seen.get(name) ?? 0) < least);
}
