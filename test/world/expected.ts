/** What a batch of worlds must have seen at least once: every fault of the pool, and the edges of the order's states. */
import { CALL_FAULTS, FRAME_FAULTS } from '../../src/lib/adapters/sim-server/mischief-plan.ts';
import { CRASH_POINTS, type FaultKind } from './plan.ts';

/** The clock of the exchange is nobody's in virtual time. */
const NOT_HERE = 'clock_step';
/** Told by where they strike instead: `crash at …`; a level that drifts is found by an audit that is yet to come. */
const NOT_DRAWN = 'level_drift';

const OUR_FAULTS: readonly Exclude<FaultKind, 'exchange' | 'crash'>[] = [
  ...(['link_cut', 'link_silent', 'gone', 'frozen', 'disk_full', 'killed', 'paused', 'trading_pause'] as const),
  ...(['exchange_pause', 'deactivated', 'grid_changed', 'closed_early', 'close_moved', 'all_taken'] as const),
  ...(['group_tripped', 'hand_order', 'foreign_order', 'foreign_cancel', 'foreign_sweep'] as const),
];

const EDGES: readonly string[] = [
  ...['intended → sending', 'foreign → working', 'sending → working', 'sending → refused', 'sending → unknown'],
  ...['sending → dropped', 'unknown → working', 'unknown → absent', 'working → filled', 'working → cancelled'],
  ...['working → working+amend', 'working+amend → working', 'working+amend → unknown+amend', 'working → expired'],
  ...['working → working+cancel', 'working+cancel → cancelled', 'working+cancel → filled', 'working+cancel → working'],
  'order ended in silence',
];

const EXPECTED: readonly string[] = [
  ...[...CALL_FAULTS, ...FRAME_FAULTS]
    .filter((fault) => ![NOT_HERE, NOT_DRAWN].includes(fault))
    .map((fault) => `exchange ${fault}`),
  ...OUR_FAULTS.map((kind) => `fault ${kind}`),
  ...CRASH_POINTS.map((point) => `crash at ${point}`),
  ...EDGES,
];

export function missingIn(counts: readonly (readonly [string, number])[]): readonly string[] {
  const seen = new Set(counts.map(([name]) => name));
  return EXPECTED.filter((name) => !seen.has(name));
}
