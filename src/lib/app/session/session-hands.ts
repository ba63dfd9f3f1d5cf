/** What a trading session does by hand: orders in any market, which it then follows like its own, and cash between shards. */
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { HandAsk } from '../../core/hand/hand-types.ts';
import type { Clock } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import { FlattenWork } from '../hand/flatten-work.ts';
import { noteAsk, unknownMarket } from '../hand/hand-notes.ts';
import type { CashMove, MoveReport } from '../hand/hand-reply.ts';
import { HandWork } from '../hand/hand-work.ts';
import { moveCash } from '../hand/move-cash.ts';
import type { MarketFollower } from './markets/market-follower.ts';
import type { Desk } from './orders/desk.ts';

export interface SessionHandsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly journal: JournalFile;
  readonly desk: Desk;
  /** Exchange time per real time. */
  readonly speed: number;
  readonly emit: (event: EngineEvent) => void;
  readonly follower: MarketFollower;
  /** The feed of `tickers` is wanted beside what is quoted. */
  readonly want: () => void;
}

/** Within which an ask by hand is proved, or told as unknown. */
const HAND_MS = 15_000;

export class SessionHands {
  readonly hand: HandWork;
  readonly flatten: FlattenWork;
  readonly #tickers = new Set<string>();
  readonly #options: SessionHandsOptions;

  constructor(options: SessionHandsOptions) {
    const { engine, clock, emit, journal, speed } = options;
    this.#options = options;
    this.hand = new HandWork({
      ...{ engine, clock, emit, boundMs: HAND_MS * speed },
      prepare: (ask, isForReal) => this.#prepare(ask, isForReal),
      note: (ask, by) => noteAsk(journal, ask, by, clock.now()),
    });
    const prepare = (ticker: string, isForReal: boolean) => this.#follow(ticker, isForReal, true);
    this.flatten = new FlattenWork({ engine, clock, journal, emit, prepare });
  }

  /** Throws KMM_TRANSFERS_INACTIVE, KMM_TRANSFER_REFUSED, KMM_CASH_SHARD, KMM_UNREACHABLE. */
  readonly moveCash = (move: CashMove): Promise<MoveReport> => {
    const { desk, clock, emit, speed } = this.#options;
    return moveCash({ rest: desk.rest, wire: desk.paced, clock, emit, speed }, move);
  };

  /** Markets that an order by hand was asked for in and that are not over. */
  tickers(): ReadonlySet<string> {
    const { engine } = this.#options;
    for (const ticker of this.#tickers) if (engine.market(ticker) === undefined) this.#tickers.delete(ticker);
    return this.#tickers;
  }

  async #prepare(ask: HandAsk, isForReal: boolean): Promise<void> {
    if (ask.kind === 'order') await this.#follow(ask.ticker, isForReal, ask.life.kind !== 'take');
  }

  /** The market is followed like the others, so that its book and what its position is worth are known. */
  async #follow(ticker: string, isForReal: boolean, isResting: boolean): Promise<void> {
    const { engine, desk, follower, want } = this.#options;
    if (engine.market(ticker) === undefined) await follower.adopt(ticker);
    const market = engine.market(ticker)?.market;
    if (market === undefined) throw await unknownMarket(desk, ticker);
    if (!isForReal) return;
    if (!this.#tickers.has(ticker)) {
      this.#tickers.add(ticker);
      want();
    }
    if (!isResting) return;
    const problem = await desk.groups.ensure([market.shard]);
    if (problem !== undefined) throw new KmmError('KMM_UNREACHABLE', `no order group could be made: ${problem}`);
  }
}
