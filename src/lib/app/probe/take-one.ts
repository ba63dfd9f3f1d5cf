/** One contract bought at the ask, so that there is a fill to see the fee of. Its cost is shown and asked for first. */
import { randomUUID } from 'node:crypto';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { HandOrder } from '../../core/hand/hand-types.ts';
import { type Centicents, formatMoney, formatPrice, ONE_CONTRACT, PRICE_ONE } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { unreachable } from '../exchange/unreachable.ts';
import { endError, refusalError } from '../hand/hand-errors.ts';
import type { HandSession } from '../hand/hand-session.ts';
import type { ProbeMarket } from './probe-market.ts';

export interface TakeOptions {
  readonly hand: HandSession;
  readonly rest: KalshiRest;
  readonly market: ProbeMarket;
  readonly by: string;
  readonly confirm: (question: string) => Promise<void>;
}

/** Offers go while one looks at them: then the next is asked for, each with its own price. */
const TRIES = 3;

/** Throws KMM_NOT_CONFIRMED, and whatever the gate or the exchange says no with; nothing rests then. */
export async function takeOne(options: TakeOptions): Promise<void> {
  for (let left = TRIES - 1; ; left -= 1) {
    const error = await takeBestAsk(options);
    if (error === undefined) return;
    if (error.code !== 'KMM_ORDER_UNFILLED' || left === 0) throw error;
  }
}

/** What an order that was sent came to, if that is no fill. */
async function takeBestAsk({ hand, rest, market, by, confirm }: TakeOptions): Promise<KmmError | undefined> {
  const { ticker } = market;
  const price = await bestAsk(rest, ticker);
  const ask: HandOrder = {
    ...{ kind: 'order', id: randomUUID(), ticker, side: 'bid', price, size: ONE_CONTRACT },
    life: { kind: 'take', takes: 'immediate_or_cancel' },
  };
  const considered = await hand.consider(ask);
  if (considered.kind === 'refused') throw refusalError(considered.refusal);
  const cost = considered.kind === 'permitted' ? considered.figures?.cash : undefined;
  const dollars = cost === undefined ? 'an unknown sum' : `$${formatMoney(cost)}`;
  await confirm(`buy 1 YES of ${ticker} at $${formatPrice(price)} at most, for ${dollars} with its fee`);
  const reply = await hand.carryOut(ask, by);
  if (reply.kind === 'refused') throw refusalError(reply.refusal);
  return reply.kind === 'ended' ? endError(reply, ask) : undefined;
}

/** Throws KMM_ORDER_UNFILLED with nothing on offer, KMM_UNREACHABLE. */
export async function bestAsk(rest: KalshiRest, ticker: string): Promise<Centicents> {
  const book = await rest.orderbook(ticker);
  if (!book.ok) throw unreachable(`the book of ${ticker} cannot be read`, book.error);
  const offered = book.value.asks.filter(({ size }) => size > 0).map(({ price }) => price);
  const best = Math.min(PRICE_ONE, ...offered) as Centicents;
  if (best === PRICE_ONE) throw new KmmError('KMM_ORDER_UNFILLED', `nothing is on offer in ${ticker}`);
  return best;
}
