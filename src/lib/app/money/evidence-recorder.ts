/**
 * Writes down what the gates of promotion look at while a session runs (E-13): how old the data behind its quotes is, and what
 * is at risk in each event at times to close that are fixed beforehand. After the turn's intents have left: no order waits.
 */
import type { EventTailNote } from '../../adapters/store/evidence-rows.ts';
import type { MoneyWriter } from '../../adapters/store/money-writer.ts';
import type { Engine } from '../../core/engine.ts';
import { horizonAt } from '../../core/honesty/horizons.ts';
import type { MarketState } from '../../core/market-state.ts';
import { LOOK_MS, lookOf } from '../../core/promotion/data-age.ts';
import { eventTailOf } from '../../core/promotion/event-tail.ts';
import { quotedAges } from '../../core/promotion/quoted-ages.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { SessionPart } from '../session/session-part.ts';

export interface EvidenceRecorderOptions {
  readonly engine: Engine;
  readonly account: string;
  readonly journal: { readonly money: { readonly evidence: Pick<MoneyWriter['evidence'], 'write'> } };
  readonly warn: (text: string) => void;
}

/** A fair value that is older says nothing of now. */
const FAIR_MS_MAX = 5_000;

export class EvidenceRecorder implements SessionPart {
  readonly #options: EvidenceRecorderOptions;
  /** By event: the time to close that was written last. */
  readonly #written = new Map<string, number>();
  #lookedAt = 0;
  #hasFailed = false;

  constructor(options: EvidenceRecorderOptions) {
    this.#options = options;
  }

  tick(at: EpochMs): void {
    if (this.#hasFailed) return;
    const { account, journal, warn } = this.#options;
    const notes = { looks: this.#looks(at), tails: this.#tails(at) };
    if (notes.looks.length === 0 && notes.tails.length === 0) return;
    const problem = journal.money.evidence.write(account, notes, at);
    if (problem === undefined) return;
    // Trading does not end for it here: a journal that cannot be written fails the next commit too, and that one stops it.
    this.#hasFailed = true;
    warn(`what the gates of promotion look at is no longer written down: ${problem.message}`);
  }

  #looks(at: EpochMs) {
    if (at - this.#lookedAt < LOOK_MS) return [];
    this.#lookedAt = at;
    return lookOf(quotedAges(this.#options.engine, at));
  }

  #tails(at: EpochMs): EventTailNote[] {
    const { engine } = this.#options;
    const events = new Set<string>();
    const tails: EventTailNote[] = [];
    for (const { eventTicker: event, states } of engine.portfolio.events()) {
      events.add(event);
      const held = [...states].filter(({ market: { ticker } }) => isHeld(engine, ticker));
      const horizonS = horizonOf(held, at);
      if (horizonS === undefined || this.#written.get(event) === horizonS) continue;
      const tail = eventTailOf(
        held.map((state) => ({
          ...{ ticker: state.market.ticker, holding: engine.ledger.holding(state.market.ticker) },
          chance: chanceOf(state, at),
        })),
        held.some(({ market }) => market.isMutuallyExclusive),
      );
      if (tail === undefined) continue;
      this.#written.set(event, horizonS);
      tails.push({ ...tail, event, horizonS, at });
    }
    for (const event of this.#written.keys()) if (!events.has(event)) this.#written.delete(event);
    return tails;
  }
}

function isHeld(engine: Engine, ticker: string): boolean {
  return engine.ledger.holding(ticker).position !== 0 && !engine.ledger.isSettled(ticker);
}

/** The time to close that the first of them to close has just passed. */
function horizonOf(held: readonly MarketState[], at: EpochMs): number | undefined {
  const closes = held.map(({ market }) => market.closeAt);
  return closes.length === 0 ? undefined : horizonAt(epochMs(Math.min(...closes)), at);
}

function chanceOf({ decision }: MarketState, at: EpochMs): number | undefined {
  return decision === undefined || at - decision.at > FAIR_MS_MAX ? undefined : decision.fair?.probability;
}
