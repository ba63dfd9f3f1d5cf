/**
 * Asks again and again whether the exchange trades: no message of the stream says so. A shard that does not trade halts
 * its markets; when it goes on, the account is read first, for a pause takes our orders with it (kalshi/api.md 3.2).
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { Clock } from '../../../ports.ts';
import type { CatchUp } from '../catch-up.ts';
import type { Loops } from '../loops.ts';

export interface PauseWatchOptions {
  readonly engine: Engine;
  readonly rest: Pick<KalshiRest, 'exchangeStatus'>;
  readonly clock: Clock;
  readonly loops: Loops;
  readonly catchUp: Pick<CatchUp, 'require'>;
  readonly emit: (event: EngineEvent) => void;
}

/** A halt that has a name within half a minute (reliability.md I13). */
const LOOK_MS = 10_000;

export class PauseWatch {
  readonly #options: PauseWatchOptions;
  /** Shards that do not trade. */
  readonly #paused = new Set<number>();

  constructor(options: PauseWatchOptions) {
    this.#options = options;
  }

  /** Looks at once, and goes on. The returned function ends it. */
  start(): () => void {
    void this.#look();
    return this.#options.loops.every('exchange status', LOOK_MS, () => this.#look());
  }

  /** Without an answer all stays as it is. */
  async #look(): Promise<void> {
    const { rest, engine } = this.#options;
    const status = await rest.exchangeStatus();
    if (!status.ok) return;
    const { shards: stated } = status.value;
    for (const shard of new Set([...engine.markets()].map(({ market }) => market.shard))) {
      const { isExchangeActive, isTradingActive } = stated.find((one) => one.shard === shard) ?? status.value;
      if (!(isExchangeActive && isTradingActive)) this.#tell(shard, false);
      else if (this.#paused.has(shard)) this.#tell(shard, true);
    }
  }

  /** A pause is told each time: markets that came meanwhile are in it as well. */
  #tell(shard: number, isTrading: boolean): void {
    const { clock, catchUp, emit } = this.#options;
    if (isTrading) {
      this.#paused.delete(shard);
      catchUp.require();
    } else this.#paused.add(shard);
    emit({ type: 'exchange_status_changed', at: clock.now(), isTrading, shard });
  }
}
