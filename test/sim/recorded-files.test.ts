/** The background on real recordings: what the venue shows is what was recorded, and our orders trade in it. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { EngineEvent, Level } from '../../src/lib/core/events.ts';
import {
  type Centicontracts,
  complement,
  type EpochMs,
  epochMs,
  parsePrice,
  parseSize,
  type Side,
} from '../../src/lib/core/units.ts';
import { recordedWorld } from '../../src/lib/sim/world.ts';
import { sharedPath } from '../support/shared.ts';
import { contractsOf, dollars } from './support/small-world.ts';

const FILE = sharedPath('data/kxbtc15m_l2/kxbtc15m_l2_20260513T125943Z.jsonl.gz');
const TICKER = 'KXBTC15M-26MAY130915-15';
const CLOSE = epochMs(Date.parse('2026-05-13T13:15:00Z'));

type Rows = readonly (readonly [string, string])[];
interface Line {
  readonly recv_ns: number;
  readonly event?: {
    readonly type: string;
    readonly msg: Record<string, string> & { readonly yes_dollars_fp?: Rows; readonly no_dollars_fp?: Rows };
  };
}

/** Reads what the test needs and nothing else; the adapter's translation has tests of its own. */
function* eventsOf(path: string): Generator<EngineEvent> {
  for (const text of gunzipSync(readFileSync(path)).toString().split('\n')) {
    if (text === '') continue;
    const { recv_ns, event }: Line = JSON.parse(text);
    if (event?.msg.market_ticker === TICKER) yield* translated(epochMs(Math.floor(recv_ns / 1e6)), event);
  }
}

function* translated(at: EpochMs, { type, msg }: NonNullable<Line['event']>): Generator<EngineEvent> {
  const feed = { conn: 1, sid: 1, seq: 1 };
  const price = (text = '') => parsePrice(text) ?? fail(text);
  const size = (text = '') => parseSize(text) ?? fail(text);
  if (type === 'orderbook_snapshot') {
    const levels = (rows: Rows = [], isNo: boolean): Level[] =>
      rows.map(([p, s]) => ({ price: isNo ? complement(price(p)) : price(p), size: size(s) }));
    const [bids, asks] = [levels(msg.yes_dollars_fp, false), levels(msg.no_dollars_fp, true)];
    yield { type: 'book_snapshot', at, feed, ticker: TICKER, bids, asks };
  } else if (type === 'orderbook_delta') {
    const isYes = msg.side === 'yes';
    const own = price(msg.price_dollars);
    const side: Side = isYes ? 'bid' : 'ask';
    yield {
      type: 'book_delta',
      at,
      feed,
      ticker: TICKER,
      side,
      price: isYes ? own : complement(own),
      delta: size(msg.delta_fp),
    };
  } else if (type === 'ticker') {
    const [bid, ask] = [price(msg.yes_bid_dollars), price(msg.yes_ask_dollars)];
    const [bidSize, askSize] = [size(msg.yes_bid_size_fp), size(msg.yes_ask_size_fp)];
    const totals = { volume: size(msg.volume_fp), openInterest: size(msg.open_interest_fp) };
    yield {
      type: 'ticker',
      at,
      ticker: TICKER,
      lastPrice: price(msg.price_dollars),
      bid,
      ask,
      bidSize,
      askSize,
      ...totals,
    };
  }
}

function fail(text: string): never {
  throw new Error(`not a number: ${text}`);
}

function replay(path: string) {
  const events = [...eventsOf(path)];
  const startAt = events[0]?.at ?? CLOSE;
  const world = recordedWorld({
    seed: 1,
    startAt,
    events: events.values(),
    markets: [{ ticker: TICKER, closeAt: CLOSE, result: 'yes' }],
  });
  world.openAccount('ann', [{ shard: 2, cash: dollars(10_000) }]);
  return { world, events, startAt };
}

describe.skipIf(FILE === undefined)('a recorded KXBTC15M window', () => {
  it('is shown level by level as it was recorded, from 15 s after the open to the close', () => {
    const { world, events } = replay(FILE as string);
    const shown = { bid: new Map<number, number>(), ask: new Map<number, number>() };
    const recorded = { bid: new Map<number, number>(), ask: new Map<number, number>() };
    let checked = 0;
    for (const [index, event] of events.entries()) {
      if (event.at >= CLOSE) break;
      keepRecorded(recorded, event);
      if (events[index + 1]?.at === event.at) continue;
      if (event.at >= world.now) world.advanceTo(event.at);
      for (const fact of world.drain()) {
        if (fact.type === 'book') reset(shown, world.book(TICKER));
        else if (fact.type === 'level') add(shown[fact.side], fact.price, fact.delta);
      }
      if (index % 500 < 3) {
        expect(shown).toEqual(recorded);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(50);
  });

  it('fills both sides of a maker at the touch, and settles on what was recorded', () => {
    const { world, startAt } = replay(FILE as string);
    for (let at = startAt + 1_000; at < CLOSE; at += 2_000) {
      world.advanceTo(epochMs(at));
      for (const order of world.orders('ann')) if (order.status === 'resting') world.cancel('ann', order.orderId);
      const { bids = [], asks = [] } = world.book(TICKER) ?? {};
      for (const [side, best] of [
        ['bid', bids[0]],
        ['ask', asks[0]],
      ] as const) {
        if (best === undefined) continue;
        const terms = { timeInForce: 'good_till_canceled', selfTradePrevention: 'maker', isPostOnly: true } as const;
        world.create('ann', { ticker: TICKER, side, price: best.price, size: contractsOf(5), ...terms });
      }
    }
    const sides = world.fills('ann').map((fill) => fill.side);
    expect(sides.filter((side) => side === 'bid').length).toBeGreaterThan(10);
    expect(sides.filter((side) => side === 'ask').length).toBeGreaterThan(10);
    world.advanceTo(epochMs(CLOSE + 60_000));
    expect(world.orders('ann').every((order) => order.status !== 'resting')).toBe(true);
    expect(world.market(TICKER)).toMatchObject({ result: 'yes', market: { status: 'finalized' } });
    expect(world.positions('ann')).toEqual([]);
    expect(world.nextAt()).toBeUndefined();
  });
});

interface Sides {
  readonly bid: Map<number, number>;
  readonly ask: Map<number, number>;
}

function keepRecorded(sides: Sides, event: EngineEvent): void {
  if (event.type === 'book_snapshot') reset(sides, event);
  else if (event.type === 'book_delta') add(sides[event.side], event.price, event.delta);
}

function reset(
  { bid, ask }: Sides,
  book: { readonly bids: readonly Level[]; readonly asks: readonly Level[] } | undefined,
): void {
  bid.clear();
  ask.clear();
  for (const { price, size } of book?.bids ?? []) bid.set(price, size);
  for (const { price, size } of book?.asks ?? []) ask.set(price, size);
}

function add(levels: Map<number, number>, price: number, delta: Centicontracts): void {
  const size = (levels.get(price) ?? 0) + delta;
  if (size === 0) levels.delete(price);
  else levels.set(price, size);
}
