/**
 * Carries asks by hand through an engine, and knows when each is over. The same ask, told twice, is carried out once: a
 * caller whose line broke may ask again.
 *
 * What it waits for is proof (reliability.md 2). When none comes in time the end is `unknown`, never a guess.
 */
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent, FillSeen, OrderChanged, OrderCreated } from '../../core/events.ts';
import { roomFor } from '../../core/hand/hand-room.ts';
import type { HandAnswer, HandAsk, HandOrder } from '../../core/hand/hand-types.ts';
import { filledOf, hasEnded, NEVER, type Order, owedOf, remainingOf } from '../../core/orders/order.ts';
import { type Microdollars, microdollars, moneyOf } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import type { HandCheck, HandEnd, HandMarketFacts, HandOrderFacts, HandReply } from './hand-reply.ts';

export interface HandWorkOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  /** Makes known what the ask is about; `isForReal`: it is sent next. Rejects with a KmmError when that cannot be. */
  readonly prepare: (ask: HandAsk, isForReal: boolean) => Promise<void>;
  /** For the record, before anything is decided. */
  readonly note: (ask: HandAsk, by: string) => void;
  /** Exchange time within which proof is waited for. */
  readonly boundMs: number;
}

interface Work {
  readonly ask: HandAsk;
  readonly reply: Promise<HandReply>;
  answer?: HandAnswer;
  outcome?: OrderCreated['outcome'] | OrderChanged['outcome'];
  readonly fills: Map<string, FillSeen>;
  wake: () => void;
}

/** Asks that are remembered after their end. */
const KEPT = 256;

export class HandWork {
  readonly #options: HandWorkOptions;
  readonly #works = new Map<string, Work>();

  constructor(options: HandWorkOptions) {
    this.#options = options;
  }

  /** What would come of it now. Sends nothing. Rejects as `prepare` does. */
  async consider(ask: HandAsk): Promise<HandReply> {
    const { engine, clock, prepare } = this.#options;
    await prepare(ask, false);
    const verdict = engine.consider(ask, clock.now());
    const market = this.#factsOf(ask);
    const known = market === undefined ? {} : { market };
    if (verdict.kind === 'refused') return { kind: 'refused', refusal: verdict.refusal, ...known };
    return { kind: 'permitted', ...(verdict.figures && { figures: verdict.figures }), ...known };
  }

  /** What would come of this order now, and how much of it would pass. Sends nothing. Rejects as `prepare` does. */
  async check(ask: HandOrder): Promise<HandCheck> {
    const { engine, clock } = this.#options;
    const reply = await this.consider(ask);
    const { orderSize } = engine.config.parameters.risk;
    return { reply, ...roomFor(ask, (one) => engine.consider(one, clock.now()), orderSize) };
  }

  /** Rejects as `prepare` does; nothing was sent then. */
  carryOut(ask: HandAsk, by: string): Promise<HandReply> {
    const known = this.#works.get(ask.id);
    if (known !== undefined) return known.reply;
    const { promise, resolve } = Promise.withResolvers<HandReply>();
    const work: Work = { ask, reply: promise, fills: new Map(), wake: () => {} };
    this.#works.set(ask.id, work);
    for (const id of this.#works.keys()) if (this.#works.size > KEPT) this.#works.delete(id);
    resolve(this.#run(work, by));
    return promise;
  }

  /** What came of an ask, now or later; undefined for one that was never heard of. */
  status(id: string): Promise<HandReply> | undefined {
    return this.#works.get(id)?.reply;
  }

  /** Every event that the engine was told. */
  noteEvent(event: EngineEvent): void {
    if (this.#works.size === 0) return;
    if (event.type === 'create_outcome' || event.type === 'change_outcome') {
      // A lease may be renewed while something else is asked: each answer goes to its own question.
      const work = this.#workOn(event.clientOrderId, event.type === 'create_outcome' ? 'order' : event.change);
      if (work !== undefined) work.outcome = event.outcome;
    } else if (event.type === 'fill') {
      const order = this.#options.engine.orders.byOrderId(event.orderId);
      if (order !== undefined) this.#workOn(order.clientOrderId)?.fills.set(event.tradeId, event);
    }
  }

  /** Call after every turn. */
  look(): void {
    for (const answer of this.#options.engine.takeAnswers()) {
      const work = this.#works.get(answer.id);
      if (work !== undefined) work.answer = answer;
    }
    for (const work of this.#works.values()) if (this.#isOver(work)) work.wake();
  }

  /** Nothing more will be sent or heard: whoever waits is told what is known. */
  abandon(): void {
    for (const work of this.#works.values()) work.wake();
  }

  /** As far as it is known now. */
  replyTo(id: string): HandReply | undefined {
    const work = this.#works.get(id);
    return work === undefined ? undefined : this.#replyOf(work);
  }

  async #run(work: Work, by: string): Promise<HandReply> {
    const { clock, emit, prepare, note, boundMs } = this.#options;
    const { ask } = work;
    await prepare(ask, true);
    note(ask, by);
    let stopTimer: () => void = () => {};
    await new Promise<void>((resolve) => {
      work.wake = resolve;
      stopTimer = clock.after(boundMs, resolve);
      emit({ type: 'hand_asked', at: clock.now(), ask, by });
    });
    stopTimer();
    return this.#replyOf(work);
  }

  #workOn(clientOrderId: string, kind?: HandAsk['kind']): Work | undefined {
    // The newest: an order may be placed, amended and cancelled by hand one after the other.
    return [...this.#works.values()].findLast(({ ask, answer }) => {
      const isOnIt = answer?.kind === 'sent' && answer.clientOrderId === clientOrderId;
      return isOnIt && (kind === undefined || ask.kind === kind);
    });
  }

  #isOver({ answer, outcome, ask }: Work): boolean {
    if (answer === undefined) return false;
    if (answer.kind === 'refused') return true;
    const order = this.#options.engine.orders.byClientId(answer.clientOrderId);
    if (order === undefined) return true;
    if (hasEnded(order)) return owedOf(order) === 0;
    if (outcome === undefined || order.state === 'unknown' || order.state === 'sending') return false;
    if (ask.kind === 'order') return !order.isQuestioned;
    if (outcome.kind === 'dropped') return true;
    // A cancel that was carried out ends its order; all else it says is a question, until the exchange's record answers it.
    return ask.kind !== 'cancel' && order.pending === undefined && !order.isQuestioned;
  }

  #replyOf(work: Work): HandReply {
    const { engine } = this.#options;
    const { answer } = work;
    if (answer?.kind === 'refused') return { kind: 'refused', refusal: answer.refusal };
    const cash = [...engine.ledger.cashByShard()].map(([shard, amount]) => ({ shard, cash: amount }));
    if (answer === undefined) return { kind: 'ended', end: { kind: 'not_sent', reason: 'no turn was made' }, cash };
    const order = engine.orders.byClientId(answer.clientOrderId);
    return {
      kind: 'ended',
      end: endOf(work, order),
      ...(order !== undefined && { order: orderFacts(order, work.fills) }),
      ...(answer.figures && { figures: answer.figures }),
      cash,
    };
  }

  #factsOf(ask: HandAsk): HandMarketFacts | undefined {
    const { engine } = this.#options;
    const { orders } = engine;
    const order = ask.kind === 'order' ? undefined : (orders.byOrderId(ask.orderId) ?? orders.byClientId(ask.orderId));
    const ticker = ask.kind === 'order' ? ask.ticker : order?.ticker;
    const market = ticker === undefined ? undefined : engine.market(ticker)?.market;
    if (market === undefined) return undefined;
    const book = engine.books.get(market.ticker)?.book;
    const { bestBid, bestAsk } = book?.isValid ? book : {};
    return {
      ...{ ticker: market.ticker, title: market.title, shard: market.shard, closeAt: market.closeAt },
      ...(bestBid !== undefined && { bestBid }),
      ...(bestAsk !== undefined && { bestAsk }),
    };
  }
}

/** By what is proved of the order, and only then by what a reply said. */
function endOf({ ask, outcome }: Work, order: Order | undefined): HandEnd {
  // An order that was refused may be there all the same (reliability.md section 2).
  const isRefused = ask.kind !== 'order' || order?.state === 'refused';
  if (outcome?.kind === 'refused' && isRefused)
    return { kind: 'refused', code: outcome.code, message: outcome.message };
  if (outcome?.kind === 'dropped') return { kind: 'not_sent', reason: outcome.reason };
  if (order === undefined) return { kind: 'done' };
  if (order.state === 'absent') return { kind: 'not_sent', reason: 'the exchange never received it' };
  const isProved = hasEnded(order) || (ask.kind !== 'cancel' && order.state === 'working' && !order.isQuestioned);
  if (isProved && (ask.kind === 'order' || order.pending === undefined)) return { kind: 'done' };
  return { kind: 'unknown', reason: order.reason ?? 'no answer yet' };
}

function orderFacts(order: Order, fills: ReadonlyMap<string, FillSeen>): HandOrderFacts {
  let traded = 0;
  let fees = 0;
  for (const { price, size, fee } of fills.values()) {
    traded += moneyOf(price, size);
    fees += fee;
  }
  const { clientOrderId, orderId, ticker, shard, side, price, state, reason, expiresAt } = order;
  const isResting = !hasEnded(order) && order.takerFee === undefined && expiresAt !== NEVER;
  return {
    ...{ clientOrderId, ticker, shard, side, price, state },
    ...(orderId !== undefined && { orderId }),
    ...(reason !== undefined && { reason }),
    filled: filledOf(order),
    remaining: hasEnded(order) ? (0 as ReturnType<typeof remainingOf>) : remainingOf(order),
    ...(isResting && { expiresAt }),
    traded: microdollars(traded) as Microdollars,
    fees: microdollars(fees),
  };
}
