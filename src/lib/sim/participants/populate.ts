/** Puts the world's own flow into a market that opens: its makers, its noise traders, its informed traders. */
import type { Microdollars } from '../../core/units.ts';
import { openAccount } from '../exchange/account.ts';
import type { Account, Listing } from '../exchange/records.ts';
import { type ExchangeState, SHARDS } from '../exchange/state.ts';
import type { ScheduledMarket } from '../markets/program.ts';
import type { SplittableStream } from '../random.ts';
import { Desk } from './desk.ts';
import { startMaker } from './maker.ts';
import type { ParticipantsProfile } from './profile.ts';
import { startInformedTrader, startNoiseTrader } from './takers.ts';

/** $100 million on every shard: the world's own flow does not run dry. */
const CASH = 100_000_000_000_000 as Microdollars;
/** No account of a user can have such a name. */
const PREFIX = 'world/';

export function populate(
  exchange: ExchangeState,
  listing: Listing,
  market: ScheduledMarket,
  profile: ParticipantsProfile,
  stream: SplittableStream,
): void {
  const own = stream.split(market.ticker);
  const desk = (name: string): Desk => new Desk(exchange, flowAccount(exchange, name), listing);
  for (const maker of profile.makers) startMaker(desk(maker.name), market, maker, own.split(maker.name));
  startNoiseTrader(desk('noise'), profile.noise, own.split('noise'));
  startInformedTrader(desk('informed'), market, profile.informed, own.split('informed'));
}

export function isFlowAccount(accountId: string): boolean {
  return accountId.startsWith(PREFIX);
}

function flowAccount(exchange: ExchangeState, name: string): Account {
  const deposits = SHARDS.map((shard) => ({ shard, cash: CASH }));
  return openAccount(exchange, PREFIX + name, deposits, { isTold: false });
}
