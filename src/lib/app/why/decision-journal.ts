/**
 * Writes down what each market decided, when it says something new or sends something, and once a minute besides. After the
 * turn's intents have left: no order ever waits for it.
 */
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { Engine } from '../../core/engine.ts';
import type { Market } from '../../core/market.ts';
import type { Orders } from '../../core/orders/orders.ts';
import type { Decision, StandingOrder } from '../../core/quoting/decide.ts';
import type { Centicontracts, EpochMs } from '../../core/units.ts';
import type { SessionPart } from '../session/session-part.ts';
import { type DecisionRecord, hasMoved, meaningOf, type QueuePlace, recordOf } from './decision-record.ts';
import { encodeRecord } from './decision-text.ts';

/** Rows are told anew when they are so old, though they say nothing new; and sooner when wanted prices have changed. */
const REFRESH_MS = 60_000;
const REFRESH_MOVED_MS = 20_000;
/** Between two markets whose old rows are taken away: all have their turn within the hour. */
const PRUNE_MS = 5_000;

export interface DecisionJournalOptions {
  readonly engine: Engine;
  readonly journal: Pick<JournalFile, 'recordDecision' | 'flushDecisions' | 'pruneDecisions'>;
  readonly warn: (text: string) => void;
}

interface Written {
  /** The engine's last decision that was looked at, and the one that was written. */
  decision: Decision | undefined;
  readonly written: Decision | undefined;
  readonly meaning: string;
  readonly at: EpochMs;
}

export class DecisionJournal implements SessionPart {
  readonly #options: DecisionJournalOptions;
  readonly #written = new Map<string, Written>();
  #prunedAt = 0;
  #hasFailed = false;

  constructor(options: DecisionJournalOptions) {
    this.#options = options;
  }

  turned(at: EpochMs): void {
    this.#guarded(() => {
      let count = 0;
      for (const { market, decision } of this.#options.engine.markets()) {
        count += 1;
        const written = this.#written.get(market.ticker);
        if (written === undefined || written.decision !== decision) this.#look(market, decision, written, at);
      }
      if (count < this.#written.size) this.#leave(at);
    });
  }

  tick(at: EpochMs): void {
    const { journal } = this.#options;
    this.#guarded(() => {
      journal.flushDecisions();
      if (at - this.#prunedAt < PRUNE_MS) return;
      this.#prunedAt = at;
      journal.pruneDecisions(at);
    });
  }

  #look(market: Market, decision: Decision | undefined, written: Written | undefined, at: EpochMs): void {
    const { engine } = this.#options;
    const { ticker } = market;
    const halts = engine.halts.covering(market, engine.config.parameters.strategy);
    const meaning = meaningOf(decision, halts);
    const sends = decision !== undefined && decision.changes.length > 0;
    if (written !== undefined) {
      written.decision = decision;
      const refreshMs = hasMoved(decision, written.written) ? REFRESH_MOVED_MS : REFRESH_MS;
      if (!sends && written.meaning === meaning && at - written.at < refreshMs) return;
    }
    this.#written.set(ticker, { decision, written: decision, meaning, at });
    const { parameters } = engine.config;
    this.#write(ticker, at, recordOf(decision, { halts, parameters, aheadOf: placeIn(engine.orders) }));
  }

  /** The engine has forgotten a market: what was written last no longer holds. */
  #leave(at: EpochMs): void {
    for (const ticker of this.#written.keys()) {
      if (this.#options.engine.market(ticker) !== undefined) continue;
      this.#written.delete(ticker);
      this.#write(ticker, at, { posture: 'left', halts: [], position: 0 as Centicontracts });
    }
  }

  #write(ticker: string, at: EpochMs, record: DecisionRecord): void {
    const { engine, journal } = this.#options;
    journal.recordDecision({ ticker, turn: engine.turn, at, decision: encodeRecord(record, at) });
  }

  /** Trading does not end for it here: a journal that cannot be written fails the next commit too, and that one stops it. */
  #guarded(write: () => void): void {
    if (this.#hasFailed) return;
    try {
      write();
    } catch (error) {
      this.#hasFailed = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.warn(`what is decided is no longer written down: ${reason}`);
    }
  }
}

/** As the reconciliation loop last heard it, each minute; unknown of an order that has lost its place since. */
export function placeIn(orders: Orders): (order: StandingOrder) => QueuePlace | undefined {
  return ({ clientOrderId, price }) => {
    const order = orders.byClientId(clientOrderId);
    if (order?.ahead === undefined || order.aheadAt === undefined || order.price !== price) return undefined;
    return { contracts: order.ahead, at: order.aheadAt };
  };
}
