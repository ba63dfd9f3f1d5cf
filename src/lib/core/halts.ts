/**
 * Reasons not to trade: a named set. Any one that covers a market stops new exposure there; each says how it clears.
 * Cancels are never halted.
 */
import type { EpochMs } from './units.ts';

export type HaltName =
  | 'STALE'
  | 'BOOK'
  | 'CROSSED'
  | 'UNKNOWN'
  | 'LIMITED'
  | 'CLOSED'
  | 'SWEPT'
  | 'CLOCK'
  | 'WINDOW'
  | 'RULES'
  | 'FEES'
  | 'GROUP'
  | 'LOSS_DAY'
  | 'LOSS_WEEK'
  | 'DRAWDOWN'
  | 'RUNAWAY'
  | 'RECONCILE'
  | 'SECOND_WRITER'
  | 'AUTH'
  | 'ARM_EXPIRED'
  | 'JOURNAL'
  | 'INVARIANT'
  | 'PAUSED'
  | 'STOPPING'
  | 'KILLED';

/** `self`: when its cause is gone. `operator`: by `kmm resume`. `restart`: with the process. */
export type HaltClears = 'self' | 'operator' | 'restart';

export interface Halt {
  readonly name: HaltName;
  /** A ticker, or `*` for everything. */
  readonly scope: string;
  readonly since: EpochMs;
  /** One sentence for the operator. */
  readonly reason: string;
  /** Self-clearing by time. */
  readonly until?: EpochMs;
}

export const HALT_EVERYTHING = '*';

export const HALT_CLEARS: Readonly<Record<HaltName, HaltClears>> = {
  STALE: 'self',
  BOOK: 'self',
  CROSSED: 'self',
  UNKNOWN: 'self',
  LIMITED: 'self',
  CLOSED: 'self',
  SWEPT: 'self',
  CLOCK: 'self',
  WINDOW: 'self',
  RULES: 'operator',
  FEES: 'operator',
  GROUP: 'operator',
  LOSS_DAY: 'operator',
  LOSS_WEEK: 'operator',
  DRAWDOWN: 'operator',
  RUNAWAY: 'operator',
  RECONCILE: 'operator',
  SECOND_WRITER: 'operator',
  AUTH: 'operator',
  ARM_EXPIRED: 'operator',
  JOURNAL: 'operator',
  INVARIANT: 'operator',
  PAUSED: 'operator',
  STOPPING: 'restart',
  KILLED: 'operator',
};

/** The set of halts that are on. Owned by the engine; changes only inside `engine.apply`. */
export class Halts {
  readonly #byKey = new Map<string, Halt>();

  /** Raises the halt; one that is on already keeps its `since`, and takes the new reason and end. Returns true when it is new. */
  raise(halt: Halt): boolean {
    const key = keyOf(halt.name, halt.scope);
    const present = this.#byKey.get(key);
    this.#byKey.set(key, present === undefined ? halt : { ...halt, since: present.since });
    return present === undefined;
  }

  /** Returns true when there was something to clear. */
  clear(name: HaltName, scope: string): boolean {
    return this.#byKey.delete(keyOf(name, scope));
  }

  has(name: HaltName, scope: string): boolean {
    return this.#byKey.has(keyOf(name, scope));
  }

  /** Removes halts whose `until` has passed. */
  expire(now: EpochMs): void {
    for (const [key, halt] of this.#byKey) {
      if (halt.until !== undefined && halt.until <= now) this.#byKey.delete(key);
    }
  }

  /** Halts that stop new exposure in this market. */
  covering(ticker: string): Halt[] {
    const found: Halt[] = [];
    for (const halt of this.#byKey.values()) {
      if (halt.scope === HALT_EVERYTHING || halt.scope === ticker) found.push(halt);
    }
    return found;
  }

  all(): readonly Halt[] {
    return [...this.#byKey.values()];
  }
}

function keyOf(name: HaltName, scope: string): string {
  return `${name} ${scope}`;
}
