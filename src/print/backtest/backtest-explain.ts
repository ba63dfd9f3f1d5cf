/** `kmm backtest explain`, for people and as a record: the decision as `kmm why` tells one, then what was asked for and filled. */
import { contractsText, dateTimeText, isoText, priceText } from '../../format.ts';
import type { Explanation } from '../../lib/app/backtest/explain.ts';
import { formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';
import { decisionRecord, haltRecord } from '../market/why-record.ts';
import { decisionLines, preciseText, type WhyStyle } from '../market/why-text.ts';

type Asked = Explanation['asked'][number];
type Fill = Explanation['fills'][number];

const FILLS_SHOWN = 6;

export function explainLines({ run, mode, ticker, at, decided, asked, fills }: Explanation, style: WhyStyle): string[] {
  const { zone } = style;
  const title = `${ticker}  ${dateTimeText(at, zone)}  backtest ${run} (${mode})`;
  if (decided === undefined) return [`${title}: nothing had been decided of it by then`];
  const { record, halts, at: decidedAt, turn } = decided;
  return [
    `${title}, decided ${preciseText(decidedAt, zone)}, turn ${turn}`,
    ...decisionLines({ record, halts, decidedAt }, style),
    ...fills.slice(-FILLS_SHOWN).map((fill) => fillText(fill, style)),
    ...asked.map((one) => askedText(one, style)),
  ];
}

function askedText({ at, intent }: Asked, { signs, zone }: WhyStyle): string {
  const { kind, side, clientOrderId } = intent;
  const what =
    intent.kind === 'create' || intent.kind === 'amend'
      ? ` ${contractsText(intent.size, signs)} @ ${priceText(intent.price, signs)}`
      : '';
  return `  ${preciseText(at, zone)} asked: ${kind} ${side}${what}  (${clientOrderId})`;
}

function fillText(fill: Fill, { signs, zone }: WhyStyle): string {
  const { at, side, size, price, fee, by, aheadAtStart, restingSince } = fill;
  const what = `${side === 'bid' ? 'bought' : 'sold'} ${contractsText(size, signs)} @ ${priceText(price, signs)}`;
  const place = `at its price since ${preciseText(restingSince, zone)}, ${contractsText(aheadAtStart, signs)} ahead then`;
  return `  ${preciseText(at, zone)} filled by ${by}: ${what}, fee $${formatMoney(fee)}; ${place}`;
}

export function explainRecord({ run, mode, ticker, at, decided, asked, fills }: Explanation) {
  return {
    ...{ type: 'backtest_explain' as const, run, mode, ticker, at: isoText(at) },
    ...{ turn: decided?.turn ?? null, decidedAt: decided === undefined ? null : isoText(decided.at) },
    decision: decided === undefined ? null : decisionRecord(decided.record),
    halts: decided?.halts.map(haltRecord) ?? [],
    asked: asked.map(({ at: when, intent }) => ({
      ...{ at: isoText(when), kind: intent.kind, side: intent.side, clientOrderId: intent.clientOrderId },
      price: 'price' in intent ? formatPrice(intent.price) : null,
      size: 'size' in intent ? formatSize(intent.size) : null,
    })),
    fills: fills.map(({ at: when, side, price, size, fee, by, aheadAtStart, restingSince, clientOrderId }) => ({
      ...{
        at: isoText(when),
        side,
        price: formatPrice(price),
        size: formatSize(size),
        feeDollars: formatMoney(fee),
        by,
      },
      ...{ aheadAtStart: formatSize(aheadAtStart), restingSince: isoText(restingSince), clientOrderId },
    })),
  };
}
