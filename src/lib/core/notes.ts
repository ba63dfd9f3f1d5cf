/** What the engine has to say to people, and the halts it says most about. Owned by the engine, drained by the session. */
import type { Control, ExchangeStatusChanged } from './events.ts';
import { never } from './invariant.ts';
import type { MarketTable } from './market-table.ts';
import { HALT_EVERYTHING, type Halt, type HaltName, Halts } from './risk/halts.ts';
import type { EpochMs } from './units.ts';
import type { LogLine } from './view.ts';

export class Notes {
  #lines: LogLine[] = [];

  say(at: EpochMs, level: LogLine['level'], text: string): void {
    this.#lines.push({ at, level, text });
  }

  /** The lines since the last call. */
  take(): readonly LogLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}

/** Halts that are said aloud when they come and go, and that make every market be decided anew. */
export class HaltBoard {
  readonly halts = new Halts();
  readonly #notes: Notes;
  readonly #markets: MarketTable;

  constructor(notes: Notes, markets: MarketTable) {
    this.#notes = notes;
    this.#markets = markets;
  }

  raise(name: HaltName, scope: string, at: EpochMs, reason: string, until?: EpochMs): void {
    const halt: Halt = { name, scope, since: at, reason, ...(until !== undefined && { until }) };
    // What the operator asked for is no bad news.
    const level = name === 'STOPPING' || name === 'PAUSED' ? 'info' : 'error';
    if (this.halts.raise(halt)) this.#notes.say(at, level, `halt ${name} (${scope}): ${reason}`);
    this.#markets.touchAll();
  }

  /** A shard that does not trade halts its markets, the whole exchange all of them. */
  exchange({ isTrading, shard, at }: ExchangeStatusChanged): void {
    const who = shard === undefined ? 'the exchange' : `shard ${shard}`;
    for (const scope of shard === undefined ? [HALT_EVERYTHING] : this.#markets.tickersOn(shard)) {
      if (isTrading) this.clear('CLOSED', scope, at);
      else this.raise('CLOSED', scope, at, `${who} has paused trading`);
    }
  }

  /** The operator's word. */
  control({ verb, ticker, halt, by, at }: Control): void {
    const scope = ticker ?? HALT_EVERYTHING;
    switch (verb) {
      case 'pause':
        this.raise('PAUSED', scope, at, `paused by ${by}`);
        return;
      case 'resume':
        this.clear('PAUSED', scope, at);
        return;
      case 'stop':
        this.raise('STOPPING', HALT_EVERYTHING, at, `stopped by ${by}`);
        return;
      case 'kill':
        this.raise('KILLED', HALT_EVERYTHING, at, `killed by ${by}`);
        return;
      case 'clear':
        if (halt !== undefined) this.clear(halt, scope, at);
        return;
      default:
        never(verb);
    }
  }

  clear(name: HaltName, scope: string, at: EpochMs): void {
    if (this.halts.clear(name, scope)) this.#notes.say(at, 'info', `halt ${name} (${scope}) cleared`);
    this.#markets.touchAll();
  }
}
