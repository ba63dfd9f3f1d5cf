/**
 * Reasons not to trade: a named set. Any one that covers a market stops new exposure there; each says how it clears.
 * Cancels are never halted.
 */
import type { EpochMs } from '../units.ts';

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
  | 'COOL_OFF'
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
  /**
   * `*` for everything; the ticker of a market, or of an event or a series for all of its markets; `shard:2`;
   * `strategy:cara` for the orders of that strategy, `strategy:hand` for those by hand.
   */
  readonly scope: string;
  readonly since: EpochMs;
  /** One sentence for the operator. */
  readonly reason: string;
  /** Self-clearing by time. */
  readonly until?: EpochMs;
}

export const HALT_EVERYTHING = '*';

export function haltShard(shard: number): string {
  return `shard:${shard}`;
}

export function haltStrategy(strategy: string): string {
  return `strategy:${strategy}`;
}

/** The ticker is that of the market, or of what it belongs to. */
export function isWithin(ticker: string, scope: string): boolean {
  return ticker === scope || ticker.startsWith(`${scope}-`);
}

/** By name; `clearsOf` knows the scope as well. */
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
  COOL_OFF: 'self',
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

/** Orders whose fate is not known are cleared by being resolved in their market; where they halt everything, a person looks. */
export function clearsOf({ name, scope }: Pick<Halt, 'name' | 'scope'>): HaltClears {
  return name === 'UNKNOWN' && scope === HALT_EVERYTHING ? 'operator' : HALT_CLEARS[name];
}

/** Takes a person's orders off the book: all but a pause, and but what passes by itself. */
export function takesAway(halt: Halt): boolean {
  return clearsOf(halt) !== 'self' && halt.name !== 'PAUSED';
}

/** The set of halts that are on. Owned by the engine; changes only inside `engine.apply`. */
export class Halts {
  readonly #byKey = new Map<string, Halt>();
  #changes = 0;

  /** Counts what came and went. */
  get changes(): number {
    return this.#changes;
  }

  /** Raises the halt; one that is on already keeps its `since`, and takes the new reason and end. Returns true when it is new. */
  raise(halt: Halt): boolean {
    const key = keyOf(halt.name, halt.scope);
    const present = this.#byKey.get(key);
    this.#byKey.set(key, present === undefined ? halt : { ...halt, since: present.since });
    if (present === undefined) this.#changes += 1;
    return present === undefined;
  }

  /** Returns true when there was something to clear. */
  clear(name: HaltName, scope: string): boolean {
    const isCleared = this.#byKey.delete(keyOf(name, scope));
    if (isCleared) this.#changes += 1;
    return isCleared;
  }

  has(name: HaltName, scope: string): boolean {
    return this.#byKey.has(keyOf(name, scope));
  }

  /** Removes halts whose `until` has passed. */
  expire(now: EpochMs): void {
    for (const [key, halt] of this.#byKey) {
      if (halt.until === undefined || halt.until > now) continue;
      this.#byKey.delete(key);
      this.#changes += 1;
    }
  }

  /** Halts that stop new exposure of this strategy (`hand`: of a person) in this market. */
  covering({ ticker, shard }: { readonly ticker: string; readonly shard: number }, strategy: string): readonly Halt[] {
    // Nearly always, and asked for every market of every turn.
    if (this.#byKey.size === 0) return NO_HALTS;
    const found: Halt[] = [];
    const scopes = [HALT_EVERYTHING, haltStrategy(strategy), haltShard(shard)];
    for (const halt of this.#byKey.values()) {
      if (scopes.includes(halt.scope) || isWithin(ticker, halt.scope)) found.push(halt);
    }
    return found;
  }

  all(): readonly Halt[] {
    return [...this.#byKey.values()];
  }
}

const NO_HALTS: readonly Halt[] = [];

function keyOf(name: HaltName, scope: string): string {
  return `${name} ${scope}`;
}
