/** Out of a position, bounded: one story each for how it works, waits and ends, and a property for what it never does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/lib/core/engine.ts';
import type { FlattenAsk } from '../../../src/lib/core/flatten/flatten-types.ts';
import type { HaltName } from '../../../src/lib/core/risk/halts.ts';
import { centicontracts, type EpochMs, microdollars, signOf } from '../../../src/lib/core/units.ts';
import { dollars, LOST, lineOf, MINUTE_MS, orderIdOf, quotingStory, type Story } from '../../support/engine.ts';
import { anyStory, WORLD_MARKETS, World } from '../../support/engine-world.ts';
import { TICKER } from '../../support/orders.ts';

const ASK: FlattenAsk = { id: 'f-1', ticker: TICKER, costMax: dollars(1), isPaying: false, withinMs: 4 * MINUTE_MS };

/** Four contracts long at 48 ¢, or short at 52 ¢, in a book of 44 / 56 ¢, and nothing of ours rests any more. */
function holding(side: 'bid' | 'ask' = 'bid', over: Partial<FlattenAsk> = {}): Story {
  const teller = quotingStory().wait(1_000);
  teller.fill(side, 400);
  flatten(teller, over);
  teller.quote();
  return teller;
}

function flatten(teller: Story, over: Partial<FlattenAsk> = {}, isOff = false): Story {
  return teller.tell({ type: 'flatten_asked', ask: { ...ASK, ...over }, by: 'ann', ...(isOff && { isOff }) });
}

function haltIn(teller: Story, name: HaltName, scope: string): Story {
  return teller.tell({ type: 'halt_changed', halt: { name, scope, since: teller.at, reason: 'x' }, isOn: true });
}

const view = (teller: Story) => teller.engine.flattens.views().at(-1);
const later = (teller: Story, ms = 1_000) => teller.wait(ms).book();

/** Our newest order fills so much, at its own price. */
function fillNewest(teller: Story, size: number, fee = 0): void {
  const { clientOrderId, side, price, ticker } = teller.asked.findLast(({ kind }) => kind === 'create') as never as {
    clientOrderId: string;
    side: 'bid' | 'ask';
    price: EpochMs;
    ticker: string;
  };
  teller.tell({
    ...{
      type: 'fill',
      tradeId: `t-${teller.told.length}`,
      orderId: orderIdOf(clientOrderId),
      clientOrderId,
      ticker,
      side,
    },
    ...{ price: price as never, size: centicontracts(size), isTaker: fee > 0, fee: microdollars(fee) },
  });
}

describe('a flatten', () => {
  it('has the market to itself: quotes go first, and nothing is sent while one of them may still fill', () => {
    const teller = quotingStory().wait(1_000);
    teller.fill('bid', 400);
    flatten(teller);
    const cancels = teller.turn();
    expect(cancels.map(lineOf)).toEqual(['cancel bid 4800 × 600', 'cancel ask 5200 × 1000']);
    expect([teller.gate(), view(teller)?.reason]).toEqual([
      'flatten',
      'waiting: other orders of ours on this side may fill',
    ]);
    expect(teller.lines()).toEqual([]);
    for (const cancel of cancels) teller.accept(cancel);
    expect(teller.lines()).toEqual(['create ask 5000 × 400']);
  });

  it.each([
    ['long', 'bid', 'create ask 5000 × 400', 'ask'],
    ['short', 'ask', 'create bid 5000 × 400', 'bid'],
  ] as const)('of a %s position rests at the mark, post-only, and ends flat and paused', (_, side, first, exit) => {
    const teller = holding(side);
    expect(later(teller).quote().map(lineOf)).toEqual([first]);
    fillNewest(teller, 100);
    expect(view(teller)).toMatchObject({ phase: 'working', mark: 5_000, spent: 0 });
    expect(teller.resting()).toEqual([`${exit} 5000 × 300 working`]);
    fillNewest(teller, 300);
    later(teller).turn();
    expect(view(teller)).toMatchObject({ phase: 'over', end: 'flat', position: 0, spent: 0 });
    expect(teller.halts()).toEqual([`PAUSED ${TICKER}`]);
    expect(later(teller, 60_000).lines()).toEqual([]);
  });

  it('joins the best of the others where that is nearer, and presses to one tick from the other side at half time', () => {
    const teller = holding();
    teller.moveTo(4_400, 4_700).quote();
    expect(teller.resting()).toEqual(['ask 4700 × 400 working']);
    teller.wait(121_000).moveTo(4_400, 4_700);
    expect(teller.quote().map(lineOf)).toEqual(['amend ask 4500 × 400']);
  });

  it('takes what is on offer when its time is over, after its order is proved gone, and only what the bound allows', () => {
    // Mark 50, best bid 44: 6 ¢ a contract and 2 ¢ of fee.
    const teller = holding('bid', { costMax: dollars(0.2) });
    later(teller).quote();
    later(teller, 241_000);
    expect(teller.quote().map(lineOf)).toEqual(['cancel ask 5000 × 400']);
    const [taking] = later(teller).turn();
    expect(taking).toMatchObject({
      kind: 'create',
      side: 'ask',
      price: 4_400,
      size: 200,
      takes: 'immediate_or_cancel',
    });
    teller.created(taking as never, {
      ...{ kind: 'accepted', orderId: orderIdOf(taking?.clientOrderId ?? '') },
      ...{ filled: centicontracts(200), remaining: centicontracts(0) },
    });
    // The fill itself is not seen yet: what it owes is counted at the worst, and its size as gone.
    expect(later(teller).lines()).toEqual(['create ask 5000 × 200']);
    fillNewestTaking(teller, taking as never, 200, 34_600);
    expect(view(teller)).toMatchObject({ phase: 'paying', spent: 154_600, position: 200 });
  });

  it('pays at once when that is asked for, again and again until it is flat', () => {
    const teller = holding('bid', { isPaying: true });
    const [first] = later(teller).turn();
    expect(first).toMatchObject({ price: 4_400, size: 400, takes: 'immediate_or_cancel' });
    const orderId = orderIdOf(first?.clientOrderId ?? '');
    teller.created(first as never, {
      kind: 'accepted',
      orderId,
      filled: centicontracts(100),
      remaining: centicontracts(0),
    });
    fillNewestTaking(teller, first as never, 100, 18_000);
    expect(later(teller, 500).lines()).toEqual([]);
    expect(later(teller, 500).lines()).toEqual(['create ask 4400 × 300']);
  });

  it('works on a book with one side: it rests at the last known mark, and pays when somebody comes', () => {
    const teller = quotingStory().wait(1_000);
    teller.fill('bid', 400);
    teller.book([], [[5_600, 10_000]]);
    flatten(teller, { isPaying: true, costMax: dollars(2) });
    teller.quote();
    expect(
      teller
        .wait(1_000)
        .book([], [[5_600, 10_000]])
        .quote()
        .map(lineOf),
    ).toEqual(['create ask 5000 × 400']);
    teller.wait(1_000).moveTo(3_000, 5_600);
    expect(teller.quote().map(lineOf)).toEqual(['cancel ask 5000 × 400']);
    expect(teller.wait(1_000).moveTo(3_000, 5_600).lines()).toEqual(['create ask 3000 × 400']);
  });

  it('sends nothing on a book that is not valid, takes its order off it, and goes on when it is whole again', () => {
    const teller = holding();
    later(teller).quote();
    teller.wait(1_000).gap().level('bid', 4_300, 100);
    expect(teller.quote().map(lineOf)).toEqual(['cancel ask 5000 × 400']);
    expect(view(teller)?.reason).toMatch(/^waiting: the book is not valid/);
    later(teller).turn();
    expect(later(teller, 3_000).lines()).toEqual(['create ask 5000 × 400']);
  });

  it('waits for an order whose fate is not known, and counts it in full', () => {
    const teller = holding();
    const [sent] = later(teller).turn();
    teller.created(sent as never, LOST);
    expect(later(teller, 5_000).lines()).toEqual([]);
    expect(view(teller)?.reason).toMatch(/^waiting: /);
  });

  it('ends when what is left of its cost buys nothing', () => {
    const teller = holding('bid', { costMax: microdollars(100), isPaying: true }).moveTo(4_400, 5_600);
    // At the mark a maker pays nothing here, so it may rest there; below it it may do nothing.
    expect(teller.quote().map(lineOf)).toEqual(['create ask 5000 × 400']);
    later(teller, 241_000).quote();
    later(teller).turn();
    expect(view(teller)).toMatchObject({ phase: 'over', end: 'time', spent: 0, position: 400 });
  });

  it.each<[string, (teller: Story) => void, string]>([
    ['a kill', (teller) => void teller.tell({ type: 'control', verb: 'kill', by: 'ann' }), 'halted'],
    ['kmm stop', (teller) => void teller.tell({ type: 'control', verb: 'stop', by: 'ann' }), 'halted'],
    ['a kill of what people ask for', (teller) => void haltIn(teller, 'KILLED', 'strategy:hand'), 'halted'],
    ['a tripped group of its shard', (teller) => void haltIn(teller, 'GROUP', 'shard:0'), 'halted'],
    ['kmm flatten --off', (teller) => void flatten(teller, {}, true), 'called_off'],
    ['the freeze before the close', (teller) => void teller.wait(14 * MINUTE_MS).book(), 'closed'],
  ])('is ended by %s, with its order cancelled', (_, happen, end) => {
    const teller = holding();
    later(teller).quote();
    happen(teller);
    expect(teller.quote().map(lineOf)).toEqual(['cancel ask 5000 × 400']);
    later(teller).turn();
    expect(view(teller)).toMatchObject({ phase: 'over', end });
  });

  it('goes on through a pause of everything, and renews its lease', () => {
    const teller = holding('bid', { withinMs: 10 * MINUTE_MS });
    teller.tell({ type: 'control', verb: 'pause', by: 'ann' });
    later(teller).quote();
    expect(later(teller, 91_000).quote().map(lineOf)).toEqual(['amend ask 5000 × 400']);
  });

  it.each<[string, (teller: Story) => void, HaltName | string]>([
    ['nothing is held', () => {}, 'size'],
    ['everything is halted', (teller) => void teller.tell({ type: 'control', verb: 'kill', by: 'ann' }), 'KILLED'],
    ['the market is frozen', (teller) => void teller.wait(14 * MINUTE_MS), 'WINDOW'],
  ])('is refused when %s', (what, happen, word) => {
    const teller = quotingStory().wait(1_000);
    if (what !== 'nothing is held') teller.fill('bid', 400);
    happen(teller);
    const verdict = teller.engine.flattens.consider(ASK, teller.at);
    expect(verdict).toMatchObject({ kind: 'refused', refusal: { word } });
    flatten(teller).turn();
    expect(teller.engine.flattens.views()).toEqual([]);
  });

  it('is previewed without a change: position, mark, what leaving now costs, what would be sent first', () => {
    const teller = quotingStory().wait(1_000);
    teller.fill('bid', 400);
    teller.tell({ type: 'control', verb: 'pause', by: 'ann' }).quote();
    for (const intent of teller.turn()) teller.accept(intent);
    const verdict = teller.engine.flattens.consider({ ...ASK, isPaying: true }, teller.at);
    expect(verdict).toMatchObject({ kind: 'permitted', preview: { position: 400, mark: 5_000, bestBid: 4_400 } });
    expect(teller.engine.flattens.views()).toEqual([]);
  });
});

function fillNewestTaking(
  teller: Story,
  { clientOrderId }: { clientOrderId: string },
  size: number,
  fee: number,
): void {
  teller.tell({
    ...{
      type: 'fill',
      tradeId: `t-${clientOrderId}`,
      orderId: orderIdOf(clientOrderId),
      clientOrderId,
      ticker: TICKER,
    },
    ...{ side: 'ask', price: 4_400 as never, size: centicontracts(size), isTaker: true, fee: microdollars(fee) },
  });
}

describe('whatever happens while it works', () => {
  it('it never turns a position round nor adds to it, by the truth of the exchange, and its cost stays in the bound', () => {
    const seen = new Set<string>();
    const COST = dollars(0.4);
    fc.assert(
      fc.property(anyStory(), anyStory(), fc.boolean(), (before, during, isPaying) => {
        const world = new World({ isPrompt: false });
        const { exchange, teller } = world;
        for (const [step, hasTurn] of before) {
          world.take(step);
          if (hasTurn) world.turn();
        }
        for (const { ticker } of WORLD_MARKETS) {
          const ask = { id: ticker, ticker, costMax: COST, isPaying, withinMs: 20_000 };
          teller.tell({ type: 'flatten_asked', ask, by: 'ann' });
        }
        const check = () => {
          for (const intent of world.turn()) {
            if (intent.kind === 'cancel' || !intent.clientOrderId.includes('-flatten-')) continue;
            seen.add('takes' in intent && intent.takes !== undefined ? 'take' : intent.kind);
            const { side, ticker } = intent;
            const held = -signOf(side) * exchange.position(ticker);
            const onSide = exchange.resting().filter((order) => order.ticker === ticker && order.side === side);
            const others = onSide.filter(({ clientOrderId }) => clientOrderId !== intent.clientOrderId);
            const known = intent.kind === 'amend' ? intent.filled : 0;
            const filled = (exchange.orders.get(intent.clientOrderId)?.filled ?? known) - known;
            const reach = others.reduce((sum, { remaining }) => sum + remaining, 0) + intent.size - filled;
            expect(reach).toBeLessThanOrEqual(held);
          }
          for (const { spent, costMax, end } of teller.engine.flattens.views()) {
            expect(spent).toBeLessThanOrEqual(costMax);
            if (end !== undefined) seen.add(end);
          }
        };
        for (const [step] of during) {
          world.take(step);
          check();
        }
        // The tape has the asks, so a replay takes the same steps.
        const again = new Engine(teller.engine.config);
        const told = JSON.parse(JSON.stringify(teller.told)) as typeof teller.told;
        expect(told.flatMap((event) => again.apply(event))).toEqual(teller.asked);
      }),
      { numRuns: 150 },
    );
    const words = ['create', 'amend', 'take', 'flat'];
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
  });
});
