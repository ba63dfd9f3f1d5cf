/** Short recordings for stories about the background: prices in cents, sizes in contracts, times in seconds. */
import type { EngineEvent, Level } from '../../../src/lib/core/events.ts';
import { centicontracts, epochMs, type Side } from '../../../src/lib/core/units.ts';
import { openExchange } from '../../../src/lib/sim/exchange/state.ts';
import { type RecordedMarket, startRecording } from '../../../src/lib/sim/recording.ts';
import { SimWorld } from '../../../src/lib/sim/sim-world.ts';
import { recordedWorld } from '../../../src/lib/sim/world.ts';
import { contractsOf, dollars, price, START } from './small-world.ts';

export const RECORDED = 'KXBTC15M-26SEP282045-45';
const RECORDED_SHARD = 2;
export const RECORDED_CLOSE = epochMs(START + 60_000);

type Rows = readonly (readonly [cents: number, contracts: number])[];

let seq = 0;
function base(second: number) {
  seq += 1;
  const at = epochMs(START + Math.round(second * 1_000));
  return { at, ticker: RECORDED, feed: { conn: 1, sid: 2, seq } };
}

function levels(rows: Rows): Level[] {
  return rows.map(([cents, contracts]) => ({ price: price(cents), size: contractsOf(contracts) }));
}

export function snapshot(second: number, bids: Rows, asks: Rows): EngineEvent {
  return { type: 'book_snapshot', ...base(second), bids: levels(bids), asks: levels(asks) };
}

export function delta(second: number, side: Side, cents: number, contracts: number): EngineEvent {
  return { type: 'book_delta', ...base(second), side, price: price(cents), delta: contractsOf(contracts) };
}

/** The running volume, and the price of the last trade in it. */
export function ticker(second: number, lastCents: number, volume: number): EngineEvent {
  const { at } = base(second);
  const none = { bid: price(0), ask: price(100), bidSize: centicontracts(0), askSize: centicontracts(0) };
  const totals = { lastPrice: price(lastCents), volume: contractsOf(volume), openInterest: contractsOf(volume / 2) };
  return { type: 'ticker', at, ticker: RECORDED, ...none, ...totals };
}

export function print(second: number, cents: number, contracts: number, takerSide: Side): EngineEvent {
  const trade = { price: price(cents), size: contractsOf(contracts), takerSide, tradeId: `print-${second}` };
  return { type: 'trade', ...base(second), ...trade };
}

/** A world on these events with Ann and Bob in it, at the moment of the first. */
export function recorded(events: readonly EngineEvent[], market: Partial<RecordedMarket> = {}) {
  const world = recordedWorld({
    seed: 1,
    startAt: START,
    events: events.values(),
    markets: [{ ticker: RECORDED, closeAt: RECORDED_CLOSE, ...market }],
  });
  for (const id of ['ann', 'bob']) world.openAccount(id, [{ shard: RECORDED_SHARD, cash: dollars(1_000) }]);
  world.advanceTo(START);
  return world;
}

/** The same with the exchange's own records at hand, for what no command can bring about. */
export function recordedExchange(events: readonly EngineEvent[]) {
  const exchange = openExchange({ startAt: START, seed: 1 });
  startRecording(exchange, [{ ticker: RECORDED, closeAt: RECORDED_CLOSE }], events.values());
  const world = new SimWorld(exchange, []);
  world.openAccount('ann', [{ shard: RECORDED_SHARD, cash: dollars(1_000) }]);
  world.advanceTo(START);
  return { world, exchange };
}

export type World = ReturnType<typeof recordedWorld>;

export function advanceTo(world: World, second: number): void {
  world.advanceTo(epochMs(START + Math.round(second * 1_000)));
}
