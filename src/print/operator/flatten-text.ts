/** A way out of a position, for people and for scripts. */
import { amountText, clockText, contractsText, type Glyphs, positionText, priceText } from '../../format.ts';
import type { FlattenAsk, FlattenEnd, FlattenPreview, FlattenView } from '../../lib/core/flatten/flatten-types.ts';
import { type Centicontracts, formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';

/** Position and mark, what leaving now would cost, what it would do first. */
export function flattenPreviewLines(preview: FlattenPreview, ask: FlattenAsk, signs: Glyphs): string[] {
  const { ticker, position, mark, bestBid, bestAsk, payNow, first, reason } = preview;
  const [bid, offer] = [bestBid, bestAsk].map((price) => priceText(price, signs));
  const now = payNow === undefined ? 'cannot be told: nobody is there' : `at most ${amountText(payNow)}`;
  const step =
    first === undefined
      ? `nothing yet: ${reason}`
      : `${first.kind === 'take' ? 'take' : 'rest, post-only:'} ${first.side} ${contractsText(first.size, signs)} at ${priceText(first.price, signs)} ${signs.cent}`;
  return [
    `${ticker}: position ${positionText(position)}, mark ${priceText(mark, signs)} ${signs.cent}, YES ${bid} / ${offer} ${signs.cent}`,
    `  worst cost ${amountText(ask.costMax)}, the bound; all of it at the best price now costs ${now}`,
    `  first ${step}`,
  ];
}

export function flattenProgressText({ position, spent, reason, endsAt }: FlattenView): string {
  return `${positionText(position)} left, cost ${amountText(spent)} so far, ends by ${clockText(endsAt)}; ${reason}`;
}

const ENDS: Readonly<Record<FlattenEnd, string>> = {
  flat: 'flat',
  bound: 'what is left of the cost buys nothing more',
  time: 'its time is over',
  closed: 'the market is closed, or frozen before its close',
  halted: 'a halt came between',
  called_off: 'called off',
};

export function flattenEndText({ ticker, end, position, startPosition, spent }: FlattenView, signs: Glyphs): string {
  const left = `${positionText(position)} of ${positionText(startPosition)} left`;
  const how = end === undefined ? 'goes on in the trader' : ENDS[end];
  const sign = end === 'flat' ? signs.tick : signs.cross;
  return `${sign} ${ticker}: ${how}; ${left}, cost ${amountText(spent)}. Next: kmm resume PAUSED --scope ${ticker}`;
}

/** Of a preview, or of one that was begun: what does not apply is null. */
export function flattenRecord(view: FlattenAsk & Partial<FlattenView> & Partial<FlattenPreview>) {
  const {
    ticker,
    costMax,
    isPaying,
    withinMs,
    position,
    startPosition,
    mark,
    payNow,
    first,
    spent,
    phase,
    end,
    reason,
  } = view;
  const size = (value: Centicontracts | undefined) => (value === undefined ? null : formatSize(value));
  return {
    ...{ ticker, costDollarsMax: formatMoney(costMax), isPaying, withinSeconds: withinMs / 1_000 },
    ...{ position: size(position), startPosition: size(startPosition ?? position) },
    mark: mark === undefined ? null : formatPrice(mark),
    payNowDollars: payNow === undefined ? null : formatMoney(payNow),
    first:
      first === undefined
        ? null
        : { kind: first.kind, side: first.side, price: formatPrice(first.price), size: formatSize(first.size) },
    costDollars: spent === undefined ? null : formatMoney(spent),
    ...{ phase: phase ?? null, end: end ?? null, reason: reason ?? null },
  };
}
