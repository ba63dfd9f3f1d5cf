/** Hand orders for people: as they think of them (YES or NO, bought or sold), and for scripts: exact decimals. */
import { amountText, clockText, contractsText, type Glyphs, priceText } from '../../format.ts';
import type { HandMarketFacts, HandOrderFacts, HandReply } from '../../lib/app/hand/hand-reply.ts';
import { type Direction, directionOf, type Outcome, priceOf } from '../../lib/app/hand/hand-words.ts';
import type { HandFigures, HandOrder } from '../../lib/core/hand/hand-types.ts';
import {
  type Centicents,
  type Centicontracts,
  formatMoney,
  formatPrice,
  formatSize,
  moneyOf,
  PRICE_ONE,
  type Side,
} from '../../lib/core/units.ts';

type Order = Pick<HandOrder, 'ticker' | 'side' | 'price' | 'size'>;

/** "buy 10 NO of KX… at 37 ¢". */
export function orderText({ ticker, side, price, size }: Order, outcome: Outcome, signs: Glyphs): string {
  const verb = directionOf(side, outcome);
  return `${verb} ${contractsText(size, signs)} ${outcome.toUpperCase()} of ${ticker} at ${centsOf(price, outcome, signs)}`;
}

/** What it is, what it costs and what it may cost, line by line. */
export function previewLines(
  order: HandOrder,
  outcome: Outcome,
  figures: HandFigures | undefined,
  market: HandMarketFacts | undefined,
  signs: Glyphs,
): string[] {
  const other: Outcome = 'yes';
  const inBook =
    outcome === 'no' ? ` (in the book: ${orderText(order, other, signs).replace(` of ${order.ticker}`, '')})` : '';
  const lines = [`${orderText(order, outcome, signs)}${inBook}`];
  if (market !== undefined) {
    const [bid, ask] = [market.bestBid, market.bestAsk].map((price) => priceText(price, signs));
    lines.push(
      `  ${market.title}: YES ${bid} / ${ask} ${signs.cent}, shard ${market.shard}, closes ${clockText(market.closeAt)}`,
    );
  }
  if (figures === undefined) return lines;
  const { cash, fee, worst, losses, limits, expiresAt } = figures;
  const life =
    expiresAt === undefined ? 'takes what is there, rests not' : `rests post-only until ${clockText(expiresAt)}`;
  lines.push(
    `  cash ${amountText(cash)}, fee at most ${amountText(fee)}, worst loss of it ${amountText(worst)}; ${life}`,
    `  with it the worst of market ${used(losses.market, limits.market)}, event ${used(losses.event, limits.event)}, total ${used(losses.total, limits.total)}`,
  );
  return lines;
}

/** "rests: buy 10 NO …, order x, until …", "bought 10 NO … at 37 ¢ on average, fee 0.12". */
export function endText(order: HandOrderFacts, outcome: Outcome, signs: Glyphs): string {
  const { ticker, side, filled, remaining, orderId, clientOrderId, expiresAt, traded, fees } = order;
  const done =
    filled === 0
      ? ''
      : `${directionOf(side, outcome) === 'buy' ? 'bought' : 'sold'} ${contractsText(filled, signs)} ${outcome.toUpperCase()} of ${ticker}${averageText(order, outcome, signs)}, fee ${amountText(fees)}`;
  const until = expiresAt === undefined ? '' : `, until ${clockText(expiresAt)}`;
  const rest =
    remaining === 0
      ? ''
      : `rests: ${orderText({ ...order, size: remaining }, outcome, signs)}, order ${orderId ?? clientOrderId}${until}`;
  const text = [done, rest].filter((part) => part !== '').join('; ');
  return text === ''
    ? `order ${orderId ?? clientOrderId} of ${ticker} is over: ${order.reason ?? order.state}${traded === 0 ? '' : ''}`
    : text;
}

/** For --json: NO is said as a person means it, and what the book sees stands beside it. */
export function orderRecord(order: Order, outcome: Outcome) {
  const { ticker, side, price, size } = order;
  return {
    ticker,
    action: directionOf(side, outcome),
    side: outcome,
    count: formatSize(size),
    price: formatPrice(priceOf(price, outcome)),
    bookSide: side,
    bookPrice: formatPrice(price),
  };
}

export function figuresRecord(figures: HandFigures | undefined) {
  if (figures === undefined) return null;
  const { cash, fee, worst, losses, limits, expiresAt } = figures;
  const dollars = (one: HandFigures['losses']) => ({
    market: formatMoney(one.market),
    event: formatMoney(one.event),
    total: formatMoney(one.total),
  });
  return {
    ...{ cashDollars: formatMoney(cash), feeDollarsMax: formatMoney(fee), worstLossDollars: formatMoney(worst) },
    ...{ worstLossesDollars: dollars(losses), limitsDollars: dollars(limits) },
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  };
}

export function endRecord({ order }: Extract<HandReply, { kind: 'ended' }>) {
  if (order === undefined) return null;
  return {
    orderId: order.orderId ?? null,
    clientOrderId: order.clientOrderId,
    state: order.state,
    reason: order.reason ?? null,
    filled: formatSize(order.filled),
    remaining: formatSize(order.remaining),
    tradedDollars: formatMoney(order.traded),
    feesDollars: formatMoney(order.fees),
    expiresAt: order.expiresAt === undefined ? null : new Date(order.expiresAt).toISOString(),
  };
}

/** A position as people think of it: "NO 10". */
export function outcomeOf(position: Centicontracts): Outcome {
  return position < 0 ? 'no' : 'yes';
}

/** An order shown for what it opens: a bid buys YES, an ask buys NO. */
export function outcomeOfSide(side: Side): Outcome {
  return side === 'bid' ? 'yes' : 'no';
}

export function centsOf(price: Centicents, outcome: Outcome, signs: Glyphs): string {
  return `${priceText(priceOf(price, outcome), signs)} ${signs.cent}`;
}

export type { Direction };

function averageText({ traded, filled }: HandOrderFacts, outcome: Outcome, signs: Glyphs): string {
  if (traded === 0) return '';
  const paid = outcome === 'yes' ? traded : moneyOf(PRICE_ONE, filled) - traded;
  return ` at ${priceText(Math.round(paid / filled) as Centicents, signs)} ${signs.cent} on average`;
}

function used(loss: HandFigures['cash'], limit: HandFigures['cash']): string {
  return `${amountText(loss)} of ${amountText(limit)}`;
}
