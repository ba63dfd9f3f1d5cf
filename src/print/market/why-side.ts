/** One side of a decision in a line: price, edge and fee, then what was done about it. */
import { contractsText, type Glyphs, priceText, timeText } from '../../format.ts';
import type { DecisionRecord, SideRecord } from '../../lib/app/why/decision-record.ts';
import type { Suppression } from '../../lib/core/quoting/quote.ts';
import { type Side, signOf } from '../../lib/core/units.ts';

/** "bid  45.2 → grid 45, edge 1.4, maker fee 0.4, 1 ≥ 0.5; on the book at 45, 88 ahead (at 14:02:58): kept, 0.3 ¢ < 0.5 ¢; nothing sent". */
export function sideLine(side: Side, sideRecord: SideRecord, record: DecisionRecord, signs: Glyphs): string {
  const parts = [wantedText(side, sideRecord, record, signs), actText(sideRecord, signs)];
  return `${side}  ${parts.filter((part) => part !== '').join('; ')}`;
}

function wantedText(side: Side, wanted: SideRecord, record: DecisionRecord, signs: Glyphs): string {
  const { raw, suppression, limit } = wanted;
  if (raw === undefined) return '';
  const price = wanted.price ?? wanted.rejectedPrice;
  const grid = price === undefined ? '' : ` ${arrow(signs)} grid ${priceText(price, signs)}`;
  const start = `${cents(raw)}${grid}`;
  if (suppression === 'strategy' || suppression === 'off_grid' || suppression === 'post_only') {
    return `${start}: ${SUPPRESSED[suppression]}`;
  }
  const isLeftOut = !wanted.isShown && suppression === undefined && wanted.reason !== '';
  const refused = limit === undefined ? wanted.reason : `refused by the risk gate: ${wanted.reason}`;
  const verdict = isLeftOut ? `; ${refused}` : '';
  return [start, ...edgeTexts(side, wanted, record, signs)].join(', ') + verdict;
}

/** Edge over the reservation price, what it pays for, and what is left of it against the least that must be. */
function edgeTexts(side: Side, wanted: SideRecord, record: DecisionRecord, signs: Glyphs): readonly string[] {
  const price = wanted.price ?? wanted.rejectedPrice;
  const { ruleEdgeDollars: left, feeDollars: fee } = wanted;
  const { reservation, minimumEdgeDollars: minimum } = record;
  if (price === undefined || left === undefined || fee === undefined) return [];
  if (reservation === undefined || minimum === undefined) return [];
  const least = Math.max(0, minimum - (record.numbers?.incentiveDollars ?? 0));
  const edge = signOf(side) * (reservation * 10_000 - price);
  const adverse = record.numbers?.adverseDollars ?? 0;
  const surcharge = record.numbers?.adverseSurchargeDollars ?? 0;
  const sign = wanted.suppression === 'edge' ? '<' : atLeast(signs);
  return [
    `edge ${cents(edge)}`,
    `maker fee ${centsOf(fee)}${surchargeText(record)}`,
    ...(adverse === 0 && surcharge === 0 ? [] : [`adverse move ${centsOf(adverse)}${pickedText(surcharge)}`]),
    `${centsOf(left)} ${sign} ${centsOf(least)}${wanted.suppression === 'edge' ? ': not worth showing' : ''}`,
  ];
}

/** What the fee is more than the formula's, where the exchange has charged more within the day. */
function surchargeText({ numbers }: DecisionRecord): string {
  const surcharge = numbers?.feeSurchargeDollars ?? 0;
  return surcharge === 0 ? '' : ` (${centsOf(surcharge)} of it as charged above the prediction)`;
}

/** What the adverse move is more than quotes are priced for, by the last fills. */
function pickedText(surcharge: number): string {
  return surcharge === 0 ? '' : ` and ${centsOf(surcharge)} more as the last fills showed`;
}

function actText({ act, reason, standing, ahead, price, size, isShown, raw }: SideRecord, signs: Glyphs): string {
  const place =
    ahead === undefined ? '' : `, ${contractsText(ahead.contracts, signs)} ahead (at ${timeText(ahead.at)})`;
  const order =
    standing === undefined ? '' : `${contractsText(standing.remaining, signs)} @ ${priceText(standing.price, signs)}`;
  const wanted = `${contractsText(size, signs)} @ ${priceText(price, signs)}`;
  const why = reason.replace(/^(kept|waiting): /, '').replaceAll('¢', signs.cent);
  switch (act) {
    case 'new':
      return `nothing on the book: ${wanted} sent`;
    case 'kept':
      // Held by a gate: what stands stays, and the gate has said why.
      if (!isShown) return `${order} on the book${place}: left as it is, nothing sent`;
      return `${order} on the book${place}: kept, change ${why}, nothing sent`;
    case 'patient':
      return `${order} on the book${place}: kept, ${why}, nothing sent`;
    case 'moved':
    case 'refilled':
    case 'reduced':
      return `${order} on the book${place}: ${why}, ${wanted} sent`;
    case 'renewed':
      return `${order} on the book${place}: kept, its lease renewed`;
    case 'waiting':
      return `${order === '' ? 'nothing on the book' : `${order} on the book${place}`}: ${isShown ? `waits, ${why}` : 'its cancel is under way'}`;
    case 'cancelled':
      return `${order} on the book${place}: cancelled`;
    case 'none':
      return raw === undefined ? 'nothing on the book, nothing sent' : 'nothing sent';
    default:
      return act satisfies never;
  }
}

export const SUPPRESSED: Readonly<Record<Exclude<Suppression, 'edge'>, string>> = {
  strategy: 'the strategy wants no order on this side',
  off_grid: 'beyond the last price the market accepts',
  post_only: 'no price is left that does not cross the best of the other side',
};

/** Centicents with a decimal. */
export function cents(centicents: number): string {
  const text = (centicents / 100).toFixed(1);
  return text === '-0.0' ? '0.0' : text;
}

/** Dollars as cents with a decimal. */
export function centsOf(dollars: number): string {
  return cents(dollars * 10_000);
}

export function arrow(signs: Glyphs): string {
  return signs.dash === '-' ? '->' : '→';
}

function atLeast(signs: Glyphs): string {
  return signs.dash === '-' ? '>=' : '≥';
}
