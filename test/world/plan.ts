/**
 * What goes wrong in one simulated world, as data: a fault plan is an array, so that it can be printed, shrunk and kept.
 *
 * Faults of `exchange` are the embedded exchange's own rules (mischief-plan.ts); the rest is the world's doing. All times
 * are virtual milliseconds since the trader was started for the first time. fault-pool.ts draws them.
 */
import type { MischiefRule } from '../../src/lib/adapters/sim-server/mischief-plan.ts';
import type { RulingCommand } from '../../src/lib/sim/control.ts';
import type { Scene } from './scene.ts';

/** Where in the order path a process dies, the n-th time it comes there. */
export const CRASH_POINTS = ['before_commit', 'after_commit', 'before_send', 'after_send', 'reply', 'frame'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** What happens between the two, and is nobody's rule. */
export const WIRE_FAULTS = ['request_doubled', 'body_of_another', 'snapshot_late', 'snapshot_twice'] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

interface Timed {
  readonly atMs: number;
}
interface Lasting extends Timed {
  readonly forMs: number;
}

export type Fault =
  | { readonly kind: 'exchange'; readonly rule: Partial<MischiefRule> }
  /** Each time there is one, with these odds, until everything heals. */
  | { readonly kind: 'wire'; readonly what: WireFault; readonly chance: number }
  /** The link breaks: requests fail, the stream is down. `link_silent`: it stays up and carries nothing. */
  | ({ readonly kind: 'link_cut' | 'link_silent' } & Lasting)
  /** `forgets`: what was written without a sync of its own is lost as well, as when power goes. */
  | ({ readonly kind: 'crash'; readonly point: CrashPoint; readonly nth: number; readonly forgets: boolean } & Lasting)
  /** The process is dead and nobody starts it again before everything heals. */
  | ({ readonly kind: 'gone' } & Timed)
  /** SIGSTOP and SIGCONT: nothing happens in it, then everything at once. */
  | ({ readonly kind: 'frozen' } & Lasting)
  /** Too little processor for what arrives: every message and timer takes so long. */
  | ({ readonly kind: 'starved'; readonly eachMs: number } & Lasting)
  /** The clock of the trader's machine is set to be so far ahead of the exchange's; then back. */
  | ({ readonly kind: 'clock_off'; readonly byMs: number } & Lasting)
  /** No commit succeeds any more in this process. */
  | ({ readonly kind: 'disk_full' } & Timed)
  /** `kill_swept`: with the account-wide cancel, as `kmm kill` sends it. */
  | ({ readonly kind: 'killed' | 'kill_swept' | 'paused' } & Lasting)
  /** Killed while the next create is on its way. */
  | ({ readonly kind: 'killed_in_flight' } & Lasting)
  | ({ readonly kind: 'trading_pause' | 'exchange_pause' | 'deactivated' } & Lasting)
  /** `key_revoked`: every call is answered 401. `scope_cut`: the key may only read. */
  | ({ readonly kind: 'key_revoked' | 'scope_cut' | 'tier_lowered' } & Lasting)
  | ({ readonly kind: 'grid_changed' | 'closed_early' | 'group_tripped' } & Timed)
  /** A stranger takes all that one market shows, or all that every market shows. */
  | ({ readonly kind: 'all_taken' | 'all_markets_taken' } & Timed)
  | ({ readonly kind: 'close_moved'; readonly toMs: number } & Timed)
  /** Closed before its time; its result is disputed while it waits to be paid or after it, and then becomes another. */
  | ({
      readonly kind: 'result_amended';
      readonly result: RulingCommand['result'];
      readonly disputedAfterMs: number;
    } & Lasting)
  /** By hand through the trader; by somebody on the web page. */
  | ({
      readonly kind:
        | 'hand_order'
        | 'hand_take'
        | 'foreign_order'
        | 'foreign_cancel'
        | 'foreign_sweep'
        | 'foreign_trade';
    } & Timed)
  /** Cash that goes from one shard to another on the web page. */
  | ({ readonly kind: 'foreign_transfer' } & Timed)
  /** Cash from outside or to it, on the web page; a reward, which no list speaks of. */
  | ({ readonly kind: 'deposit' | 'withdrawal' | 'reward'; readonly shard: number; readonly cents: number } & Timed)
  /** An order with the mark of another instance of kmm. */
  | ({ readonly kind: 'second_writer' } & Timed);

export type FaultKind = Fault['kind'];

export interface WorldPlan {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Absent: the plain one. */
  readonly scene?: Scene;
}

/** Faults end here. */
export const FAULTS_MS = 60_000;
