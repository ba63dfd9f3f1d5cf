/**
 * What rests already and what is held counts in its markets, whoever placed it: both are met before anything new is
 * weighed against them.
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { Clock } from '../../../ports.ts';
import { KmmError } from '../../errors/errors.ts';
import { unreachable } from '../../exchange/unreachable.ts';
import type { MarketFollower } from '../markets/market-follower.ts';

export interface MeetOptions {
  readonly engine: Engine;
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  readonly follower: MarketFollower;
}

/** Call once the ledger is restored. Throws KMM_UNREACHABLE, KMM_KEY_REFUSED, KMM_CLOCK. */
export async function meetAccount(options: MeetOptions): Promise<void> {
  const { engine, follower } = options;
  const resting = await meetOrders(options);
  const { ledger } = engine;
  const held = [...ledger.tickers()].filter((ticker) => ledger.holding(ticker).position !== 0);
  for (const ticker of new Set([...held, ...resting.map((order) => order.ticker)])) {
    await follower.adopt(ticker);
    if (engine.market(ticker) !== undefined) continue;
    const text = `the terms of ${ticker} cannot be read, and what is held or rests there counts in the limits`;
    throw new KmmError('KMM_UNREACHABLE', text);
  }
}

/** Of everyone on the account. Throws as above. */
export async function meetOrders({ rest, clock, emit }: Pick<MeetOptions, 'rest' | 'clock' | 'emit'>) {
  const askedAt = clock.now();
  const listed = await rest.orders({ status: 'resting' });
  if (!listed.ok) throw unreachable('the orders cannot be listed', listed.error);
  emit({ type: 'orders_listed', at: clock.now(), askedAt, orders: listed.value });
  return listed.value;
}

/** The market that the event says something of ours about, where nobody has met it yet. */
export function unmetMarkets(event: EngineEvent, engine: Engine): readonly string[] {
  return tickersIn(event).filter((ticker) => engine.market(ticker) === undefined);
}

function tickersIn(event: EngineEvent): readonly string[] {
  switch (event.type) {
    case 'own_order':
      return [event.order.ticker];
    case 'fill':
      return [event.ticker];
    case 'orders_listed':
      return event.orders.map(({ ticker }) => ticker);
    default:
      return [];
  }
}
