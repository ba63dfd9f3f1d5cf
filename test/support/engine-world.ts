/**
 * An engine, a small truthful exchange, and what can go wrong between them: late, lost and reordered messages, fills at
 * any moment, gaps, reconnects. Properties take it through lists of steps.
 */
import fc from 'fast-check';
import { LINEAR_CENT, TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import type { Intent } from '../../src/lib/core/intents.ts';
import type { Market } from '../../src/lib/core/market.ts';
import { centicontracts, epochMs } from '../../src/lib/core/units.ts';
import { dollars, emptyStory, type Happening, MARKET, type Story } from './engine.ts';
import { clampedTo, standing } from './standings.ts';
import { type Fate, TinyExchange } from './tiny-exchange.ts';

/** Two markets of which one at most ends YES, and one by itself. */
export const WORLD_MARKETS: readonly Market[] = [
  { ...MARKET, ticker: 'A', eventTicker: 'E1', isMutuallyExclusive: true },
  { ...MARKET, ticker: 'B', eventTicker: 'E1', isMutuallyExclusive: true, grid: TAPERED_DECI_CENT },
  { ...MARKET, ticker: 'C', eventTicker: 'E2', isMutuallyExclusive: false, grid: LINEAR_CENT },
];

/** Tight enough to be met all the time. */
export const WORLD_LIMITS = {
  marketLoss: dollars(14),
  eventLoss: dollars(18),
  totalLoss: dollars(26),
  position: centicontracts(2_500),
};

/** Nothing is longer on its way than this. */
const WIRE_MS_MAX = 2_000;

export type Step =
  | { readonly do: 'move'; readonly market: number; readonly mid: number; readonly half: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'arrive'; readonly pick: number; readonly fate: Fate; readonly isLate: boolean }
  | { readonly do: 'reply'; readonly pick: number }
  | { readonly do: 'fill'; readonly pick: number; readonly part: number }
  | { readonly do: 'deliver'; readonly count: number }
  | { readonly do: 'standing'; readonly permille: number; readonly isBenched: boolean }
  | { readonly do: 'list' | 'ask' | 'gap' | 'reconnect' | 'pause' | 'resume' };

/** Steps, each with or without a turn after it. */
export function anyStory(): fc.Arbitrary<(readonly [Step, boolean])[]> {
  return fc.array(fc.tuple(anyStep(), fc.boolean()), { minLength: 20, maxLength: 120 });
}

function anyStep(): fc.Arbitrary<Step> {
  const pick = fc.nat(20);
  const fate = fc.constantFrom<Fate>('told', 'told', 'told', 'told', 'lost', 'refused');
  const word = fc.constantFrom('list', 'list', 'ask', 'ask', 'gap', 'reconnect', 'pause', 'resume', 'resume');
  const [market, mid, half] = [fc.nat(2), fc.integer({ min: 3, max: 97 }), fc.integer({ min: 1, max: 8 })];
  const [ms, part, count] = [
    fc.constantFrom(10, 300, 1_500, 4_000),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 6 }),
  ];
  return fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('move'), market, mid, half }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms }) },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('arrive'), pick, fate, isLate: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('reply'), pick }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('fill'), pick, part }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver'), count }) },
    { weight: 3, arbitrary: fc.record({ do: word }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('standing'), permille: fc.nat(1_000), isBenched: fc.boolean() }),
    },
  );
}

export class World {
  readonly exchange = new TinyExchange();
  readonly teller: Story;
  /** The visible best prices. */
  readonly tops = new Map<string, { readonly bid: number; readonly ask: number }>();
  /** Answers on their way back. */
  readonly #replies: Happening[] = [];
  readonly #isPrompt: boolean;

  /** `isPrompt`: amends and cancels are carried out and answered at once; only creates take their time. */
  constructor({ isPrompt }: { readonly isPrompt: boolean }) {
    this.#isPrompt = isPrompt;
    this.teller = emptyStory({ risk: WORLD_LIMITS, quoting: { cleanMs: 500, leaseMs: 30_000 }, cash: 10_000 });
    for (const market of WORLD_MARKETS) this.teller.market(market);
    for (const index of WORLD_MARKETS.keys()) this.#move(index, 50, 4);
  }

  take(step: Step): void {
    const { exchange, teller } = this;
    switch (step.do) {
      case 'move':
        this.#move(step.market, step.mid, step.half);
        break;
      case 'wait':
        this.#wait(step.ms);
        break;
      case 'arrive':
        this.#replies.push(...exchange.arrive(step.pick % Math.max(1, exchange.wire.length), step.fate));
        if (this.#isPrompt || !step.isLate) this.#hear(...this.#replies.splice(-1));
        break;
      case 'reply':
        this.#hear(...this.#replies.splice(step.pick % Math.max(1, this.#replies.length), 1));
        break;
      case 'fill':
        this.#fill(step.pick, step.part);
        break;
      case 'deliver':
        teller.tell(...exchange.stream.splice(0, step.count));
        break;
      case 'list': {
        const orders = exchange.resting().map((order) => exchange.record(order));
        teller.tell({ type: 'orders_listed', askedAt: teller.at, orders });
        break;
      }
      case 'ask':
        this.#ask();
        break;
      case 'gap':
        teller.gap();
        break;
      case 'reconnect':
        teller.disconnect().connect();
        break;
      case 'standing': {
        const benched = step.isBenched ? 'as composed' : null;
        teller.tell({ type: 'standing', standings: [clampedTo(step.permille, { benched })] });
        break;
      }
      case 'pause':
      case 'resume':
        teller.tell({ type: 'control', verb: step.do, by: 'test' });
        break;
      default:
        step satisfies never;
    }
  }

  turn(): readonly Intent[] {
    const intents = this.teller.turn();
    this.exchange.send(intents, this.teller.at);
    if (this.#isPrompt) this.#settleChanges();
    return intents;
  }

  /** From now on all goes well, for half a minute. */
  heal(): void {
    const { exchange, teller } = this;
    this.take({ do: 'reconnect' });
    this.take({ do: 'resume' });
    teller.tell({ type: 'standing', standings: [standing()] });
    for (const index of WORLD_MARKETS.keys()) this.#move(index, 50, 4);
    for (let second = 0; second < 30; second += 1) {
      while (exchange.wire.length > 0) this.#replies.push(...exchange.arrive(0, 'told'));
      this.#hear(...this.#replies.splice(0));
      teller.tell(...exchange.stream.splice(0));
      this.take({ do: 'ask' });
      this.take({ do: 'list' });
      // Three at once without a proof halt everything until a person has looked.
      teller.tell({ type: 'control', verb: 'clear', halt: 'UNKNOWN', by: 'test' });
      this.#wait(1_000);
      this.turn();
    }
  }

  #wait(ms: number): void {
    const { exchange, teller } = this;
    this.#hear(...this.#replies.splice(0));
    exchange.arriveOverdue(epochMs(teller.at + ms - WIRE_MS_MAX));
    teller.wait(ms);
    exchange.expire(teller.at);
  }

  #fill(pick: number, part: number): void {
    const resting = this.exchange.resting();
    const order = resting[pick % Math.max(1, resting.length)];
    if (order !== undefined) this.exchange.fill(order, Math.ceil((order.remaining * part) / 4));
  }

  /** What the engine is in doubt about is asked for by id, and what is not found by its market's listing. */
  #ask(): void {
    const { exchange, teller } = this;
    for (const { clientOrderId, ticker } of teller.engine.orders.questions()) {
      const order = exchange.orders.get(clientOrderId);
      if (order !== undefined) teller.tell({ type: 'own_order', order: exchange.record(order), source: 'rest' });
      else {
        const resting = exchange.resting().filter((one) => one.ticker === ticker);
        const orders = resting.map((one) => exchange.record(one));
        teller.tell({ type: 'orders_listed', askedAt: teller.at, ticker, orders });
      }
    }
  }

  /** The stream is ordered, and never behind the reply of an amend: what filled before it was told before it. */
  #hear(...replies: readonly Happening[]): void {
    for (const reply of replies) {
      if (reply.type === 'change_outcome') this.teller.tell(...this.exchange.stream.splice(0));
      this.teller.tell(reply);
    }
  }

  #settleChanges(): void {
    const next = () => this.exchange.wire.findIndex(({ intent }) => intent.kind !== 'create');
    for (let index = next(); index !== -1; index = next()) this.#hear(...this.exchange.arrive(index, 'told'));
  }

  #move(index: number, mid: number, half: number): void {
    const { ticker } = WORLD_MARKETS[index] as Market;
    const [bid, ask] = [Math.max(100, (mid - half) * 100), Math.min(9_900, (mid + half) * 100)];
    this.tops.set(ticker, { bid, ask });
    this.teller.moveTo(bid, ask, ticker);
  }
}
